import assert from "node:assert/strict";
import fc from "fast-check";

import type { DynamoDb, Item } from "../../../local/dynamodb";
import { newDynamoDb, ORDERS, refused, run } from "./fixture";

function order(customer: string, id: string, date: number, state = "open"): Item {
    return {
        customer: { S: customer },
        id: { S: id },
        date: { N: String(date) },
        state: { S: state },
        amount: { N: "5" },
        note: { S: `note of ${id}` },
    };
}

describe("DynamoDB queries and indexes", () => {
    let dynamoDb: DynamoDb;
    const put = (item: Item) => dynamoDb.run("PutItem", { TableName: "orders", Item: item });
    const query = (input: object) => run(dynamoDb, "Query", { TableName: "orders", ...input });
    const byState = (state: string) => ({
        IndexName: "by-state",
        KeyConditionExpression: "#s = :s",
        ExpressionAttributeNames: { "#s": "state" },
        ExpressionAttributeValues: { ":s": { S: state } },
    });
    const ids = (output: { Items?: unknown }) => (output.Items as Item[]).map((item) => item["id"]?.S);

    /** All pages of a query. */
    async function pages(input: object, limit: number): Promise<(string | undefined)[][]> {
        const found: (string | undefined)[][] = [];
        let start: object = {};
        for (;;) {
            const output = await query({ ...input, Limit: limit, ...start });
            found.push(ids(output));
            if (output["LastEvaluatedKey"] === undefined) return found;
            start = { ExclusiveStartKey: output["LastEvaluatedKey"] };
        }
    }

    beforeEach(async () => {
        dynamoDb = newDynamoDb();
        await dynamoDb.run("CreateTable", ORDERS);
    });

    it("reads a partition in the order of its sort keys, both ways", async () => {
        for (const id of ["b", "a", "aa", "c"]) await put(order("ann", id, 1));
        await put(order("bob", "x", 1));
        const ofAnn = {
            KeyConditionExpression: "customer = :c",
            ExpressionAttributeValues: { ":c": { S: "ann" } },
        };
        assert.deepEqual(ids(await query(ofAnn)), ["a", "aa", "b", "c"]);
        assert.deepEqual(ids(await query({ ...ofAnn, ScanIndexForward: false })), ["c", "b", "aa", "a"]);
        const prefixed = {
            KeyConditionExpression: "customer = :c AND begins_with(id, :p)",
            ExpressionAttributeValues: { ":c": { S: "ann" }, ":p": { S: "a" } },
        };
        assert.deepEqual(ids(await query(prefixed)), ["a", "aa"]);
    });

    it("counts what it scanned before the filter", async () => {
        for (const [index, id] of ["a", "b", "c"].entries()) await put(order("ann", id, index));
        const output = await query({
            KeyConditionExpression: "customer = :c",
            FilterExpression: "#d > :d",
            ExpressionAttributeNames: { "#d": "date" },
            ExpressionAttributeValues: { ":c": { S: "ann" }, ":d": { N: "0" } },
            Select: "COUNT",
        });
        assert.deepEqual(output, { Count: 2, ScannedCount: 3 });
    });

    it("pages through a global index by number, including equal sort keys", async () => {
        for (const [id, date] of Object.entries({ a: 10, b: 9, c: -3, d: 9, e: 0.5 })) await put(order(id, id, date));
        await put(order("z", "closed", 1, "closed"));
        const found = await pages(byState("open"), 2);
        assert.deepEqual(
            found.map((page) => page.length),
            [2, 2, 1],
        );
        const flat = found.flat();
        assert.deepEqual([flat[0], flat[1], flat[4]], ["c", "e", "a"]);
        assert.deepEqual(flat.slice(2, 4).sort(), ["b", "d"]);
        const back = await pages({ ...byState("open"), ScanIndexForward: false }, 2);
        assert.deepEqual(back.flat(), flat.reverse());
    });

    it("gives what the index projects, and follows updates and deletions", async () => {
        await put(order("ann", "a", 1));
        const { customer, id, date, amount } = order("ann", "a", 1);
        const projected = { customer, id, date, amount, state: { S: "open" } };
        assert.deepEqual((await query(byState("open")))["Items"], [projected]);
        const Key = { customer: { S: "ann" }, id: { S: "a" } };
        await dynamoDb.run("UpdateItem", {
            TableName: "orders",
            Key,
            UpdateExpression: "SET #s = :s REMOVE amount",
            ExpressionAttributeNames: { "#s": "state" },
            ExpressionAttributeValues: { ":s": { S: "closed" } },
        });
        assert.deepEqual((await query(byState("open")))["Items"], []);
        const closed = { customer, id, date, state: { S: "closed" } };
        assert.deepEqual((await query(byState("closed")))["Items"], [closed]);
        await dynamoDb.run("DeleteItem", { TableName: "orders", Key });
        assert.deepEqual((await query(byState("closed")))["Items"], []);
    });

    it("fetches from the table what a local index does not project", async () => {
        await put(order("ann", "a", 2));
        await put(order("ann", "b", 1));
        const byDate = {
            IndexName: "by-date",
            KeyConditionExpression: "customer = :c",
            ExpressionAttributeValues: { ":c": { S: "ann" } },
        };
        const keysOnly = await query(byDate);
        assert.deepEqual(keysOnly["Items"], [
            { customer: { S: "ann" }, id: { S: "b" }, date: { N: "1" } },
            { customer: { S: "ann" }, id: { S: "a" }, date: { N: "2" } },
        ]);
        const whole = await query({ ...byDate, Select: "ALL_ATTRIBUTES" });
        assert.deepEqual(whole["Items"], [order("ann", "b", 1), order("ann", "a", 2)]);
        const notes = await query({ ...byDate, ProjectionExpression: "note" });
        assert.deepEqual(notes["Items"], [{ note: { S: "note of b" } }, { note: { S: "note of a" } }]);
    });

    it("refuses consistent reads of a global index, and unknown indexes", async () => {
        await refused(
            query({ ...byState("open"), ConsistentRead: true }),
            "ValidationException",
            /Consistent reads are not supported on global secondary indexes/,
        );
        await refused(
            query({ ...byState("open"), IndexName: "missing" }),
            "ValidationException",
            /does not have the specified index/,
        );
    });

    it("scans every item once, however it is paged and segmented", async () => {
        await fc.assert(
            fc.asyncProperty(
                fc.uniqueArray(fc.string({ minLength: 1, maxLength: 8 }), { maxLength: 40 }),
                fc.integer({ min: 1, max: 7 }),
                fc.integer({ min: 1, max: 4 }),
                async (names, limit, segments) => {
                    dynamoDb = newDynamoDb();
                    await dynamoDb.run("CreateTable", ORDERS);
                    for (const name of names) await put(order(name, name, 1));
                    const found: (string | undefined)[] = [];
                    for (let segment = 0; segment < segments; segment++) {
                        let start: object = {};
                        for (;;) {
                            const output = await run(dynamoDb, "Scan", {
                                TableName: "orders",
                                Limit: limit,
                                ...(segments > 1 ? { Segment: segment, TotalSegments: segments } : {}),
                                ...start,
                            });
                            found.push(...ids(output));
                            if (output["LastEvaluatedKey"] === undefined) break;
                            start = { ExclusiveStartKey: output["LastEvaluatedKey"] };
                        }
                    }
                    assert.deepEqual(found.sort(), [...names].sort());
                },
            ),
            { numRuns: 50 },
        );
    });

    it("ends a page at 1 MB", async () => {
        const note = { S: "x".repeat(300 * 1024) };
        for (const id of ["a", "b", "c", "d", "e"]) await put({ ...order("ann", id, 1), note });
        const first = await run(dynamoDb, "Scan", { TableName: "orders" });
        assert.equal(first["Count"], 4);
        const rest = await run(dynamoDb, "Scan", { TableName: "orders", ExclusiveStartKey: first["LastEvaluatedKey"] });
        assert.equal(rest["Count"], 1);
        assert.equal(rest["LastEvaluatedKey"], undefined);
    });
});
