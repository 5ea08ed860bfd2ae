import assert from "node:assert/strict";

import type { DynamoDb } from "../../../local/dynamodb";
import { newDynamoDb, refused, run, simpleTable } from "./fixture";

const table = "things";

describe("DynamoDB items", () => {
    let dynamoDb: DynamoDb;
    const call = (operation: string, input: object) => run(dynamoDb, operation, { TableName: table, ...input });
    const put = (item: object, more: object = {}) => call("PutItem", { Item: item, ...more });
    const get = async (pk: string) => (await call("GetItem", { Key: { pk: { S: pk } } }))["Item"];

    beforeEach(async () => {
        dynamoDb = newDynamoDb();
        await dynamoDb.run("CreateTable", simpleTable(table));
    });

    it("keeps what was put, with numbers in their shortest form", async () => {
        const item = {
            pk: { S: "a" },
            n: { N: "10.50" },
            deep: { M: { list: { L: [{ BOOL: true }, { NULL: true }] } } },
        };
        assert.deepEqual(await put(item), {});
        assert.deepEqual(await get("a"), { ...item, n: { N: "10.5" } });
        assert.equal(await get("b"), undefined);
    });

    it("does not change what a caller put when the caller's object changes", async () => {
        const item = { pk: { S: "a" }, list: { L: [{ S: "one" }] } };
        await put(item);
        item.list.L.push({ S: "two" });
        assert.deepEqual(await get("a"), { pk: { S: "a" }, list: { L: [{ S: "one" }] } });
    });

    it("writes only when the condition holds", async () => {
        await put({ pk: { S: "a" }, version: { N: "1" } });
        const condition = { ConditionExpression: "attribute_not_exists(pk)" };
        await refused(
            put({ pk: { S: "a" } }, condition),
            "ConditionalCheckFailedException",
            /^The conditional request failed$/,
        );
        assert.deepEqual(await get("a"), { pk: { S: "a" }, version: { N: "1" } });
        await put({ pk: { S: "b" } }, condition);
        assert.deepEqual(await get("b"), { pk: { S: "b" } });
    });

    it("returns the item that failed the condition when asked to", async () => {
        await put({ pk: { S: "a" }, version: { N: "3" } });
        const failing = {
            Key: { pk: { S: "a" } },
            ConditionExpression: "version = :v",
            ExpressionAttributeValues: { ":v": { N: "2" } },
        };
        const withItem = { ...failing, ReturnValuesOnConditionCheckFailure: "ALL_OLD" };
        for (const operation of ["DeleteItem", "UpdateItem"]) {
            const error = await refused(call(operation, withItem), "ConditionalCheckFailedException");
            assert.deepEqual(error.fields, { Item: { pk: { S: "a" }, version: { N: "3" } } });
        }
        const silent = await refused(call("DeleteItem", failing), "ConditionalCheckFailedException");
        assert.deepEqual(silent.fields, {});
        await refused(
            call("DeleteItem", { ...failing, ReturnValuesOnConditionCheckFailure: "SOME" }),
            "ValidationException",
            /returnValuesOnConditionCheckFailure/,
        );
    });

    it("updates by expressions and returns what was asked for", async () => {
        const update = (expression: string, values: object, more: object = {}) =>
            call("UpdateItem", {
                Key: { pk: { S: "a" } },
                UpdateExpression: expression,
                ExpressionAttributeValues: values,
                ...more,
            });
        await update("SET tags = :t, hits = :n", { ":t": { L: [{ S: "x" }] }, ":n": { N: "1" } });
        const { Attributes: changed } = await update(
            "SET hits = hits + :n, tags = list_append(tags, :t), made = if_not_exists(made, :n) ADD kinds :k",
            { ":n": { N: "0.2" }, ":t": { L: [{ S: "y" }] }, ":k": { SS: ["k"] } },
            { ReturnValues: "UPDATED_NEW" },
        );
        assert.deepEqual(changed, {
            hits: { N: "1.2" },
            tags: { L: [{ S: "x" }, { S: "y" }] },
            made: { N: "0.2" },
            kinds: { SS: ["k"] },
        });
        await refused(
            update("SET nowhere.leaf = :n", { ":n": { N: "1" } }),
            "ValidationException",
            /document path provided in the update expression is invalid/,
        );
        await refused(update("SET pk = :n", { ":n": { S: "b" } }), "ValidationException", /part of the key/);
    });

    it("evaluates an update on the item as it was before", async () => {
        const numbers = (...list: number[]) => ({ L: list.map((n) => ({ N: String(n) })) });
        await put({ pk: { S: "a" }, present: { N: "1" }, series: numbers(0, 1, 2, 3) });
        await call("UpdateItem", {
            Key: { pk: { S: "a" } },
            UpdateExpression: "REMOVE series[0], series[2] SET former = present, series[3] = :n ADD present :n",
            ExpressionAttributeValues: { ":n": { N: "5" } },
        });
        assert.deepEqual(await get("a"), {
            pk: { S: "a" },
            former: { N: "1" },
            present: { N: "6" },
            series: numbers(1, 5),
        });
    });

    it("refuses items above 400 KB, and unknown tables", async () => {
        const large = { pk: { S: "a" }, text: { S: "x".repeat(400 * 1024) } };
        await refused(put(large), "ValidationException", /Item size has exceeded the maximum allowed size/);
        const elsewhere = { TableName: "nowhere", Item: { pk: { S: "a" } } };
        await refused(
            dynamoDb.run("PutItem", elsewhere),
            "ResourceNotFoundException",
            /^Requested resource not found$/,
        );
        await refused(dynamoDb.run("Nonsense", {}), "UnknownOperationException");
    });

    it("serves batches", async () => {
        const writes = ["a", "b", "c"].map((pk) => ({ PutRequest: { Item: { pk: { S: pk } } } }));
        assert.deepEqual(await run(dynamoDb, "BatchWriteItem", { RequestItems: { [table]: writes } }), {
            UnprocessedItems: {},
        });
        const keys = ["a", "c", "missing"].map((pk) => ({ pk: { S: pk } }));
        const { Responses: responses } = await run(dynamoDb, "BatchGetItem", {
            RequestItems: { [table]: { Keys: keys } },
        });
        const found = (responses as Record<string, { pk: { S: string } }[]>)[table] ?? [];
        assert.deepEqual(found.map(({ pk }) => pk.S).sort(), ["a", "c"]);
        const twice = [writes[0], writes[0]];
        await refused(
            dynamoDb.run("BatchWriteItem", { RequestItems: { [table]: twice } }),
            "ValidationException",
            /contains duplicates/,
        );
        const many = Array.from({ length: 13 }, (_, pk) => ({ PutRequest: { Item: { pk: { S: String(pk) } } } }));
        await dynamoDb.run("CreateTable", simpleTable("other"));
        await refused(
            dynamoDb.run("BatchWriteItem", { RequestItems: { [table]: many, other: many } }),
            "ValidationException",
            /Too many items/,
        );
    });

    it("leaves what is above 16 MB of a batch unprocessed", async () => {
        const keys = Array.from({ length: 50 }, (_, pk) => ({ pk: { S: String(pk) } }));
        for (const key of keys) await put({ ...key, text: { S: "x".repeat(390 * 1024) } });
        const output = await run(dynamoDb, "BatchGetItem", { RequestItems: { [table]: { Keys: keys } } });
        const { Responses: found, UnprocessedKeys: left } = output as Record<string, Record<string, never>>;
        const counts = [found?.[table]?.["length"], (left?.[table]?.["Keys"] as unknown as unknown[]).length];
        assert.deepEqual(counts, [42, 8]);
    });

    it("takes a table's ARN for its name", async () => {
        const arn = `arn:aws:dynamodb:eu-central-1:123456789012:table/${table}`;
        await dynamoDb.run("PutItem", { TableName: arn, Item: { pk: { S: "a" } } });
        assert.deepEqual(await get("a"), { pk: { S: "a" } });
        const output = await run(dynamoDb, "BatchGetItem", { RequestItems: { [arn]: { Keys: [{ pk: { S: "a" } }] } } });
        assert.deepEqual(output["Responses"], { [arn]: [{ pk: { S: "a" } }] });
        const foreign = arn.replace("eu-central-1", "us-east-1");
        await refused(
            dynamoDb.run("GetItem", { TableName: foreign, Key: { pk: { S: "a" } } }),
            "ResourceNotFoundException",
        );
    });
});
