import assert from "node:assert/strict";
import fc from "fast-check";

import { VirtualClock } from "../../../local/clock";
import type { DynamoDb, Item } from "../../../local/dynamodb";
import { ServiceError } from "../../../local/errors";
import { newDynamoDb, plain, refused, run, simpleTable } from "./fixture";

const TableName = "accounts";

describe("DynamoDB transactions", () => {
    let clock: VirtualClock;
    let dynamoDb: DynamoDb;
    const key = (pk: string) => ({ pk: { S: pk } });
    const transact = (items: object[], more: object = {}) =>
        run(dynamoDb, "TransactWriteItems", { TransactItems: items, ...more });
    const put = (pk: string, more: object = {}) => ({ Put: { TableName, Item: key(pk), ...more } });
    const add = (pk: string, amount: number, more: object = {}) => ({
        Update: {
            TableName,
            Key: key(pk),
            UpdateExpression: "ADD amount :a",
            ExpressionAttributeValues: { ":a": { N: String(amount) } },
            ...more,
        },
    });
    const check = (pk: string, condition: string, more: object = {}) => ({
        ConditionCheck: { TableName, Key: key(pk), ConditionExpression: condition, ...more },
    });
    const all = async () => {
        const { Items: items } = await run(dynamoDb, "Scan", { TableName });
        return (items as Item[]).map((item) => `${item["pk"]?.S}:${item["amount"]?.N ?? "-"}`).sort();
    };

    beforeEach(async () => {
        clock = new VirtualClock();
        dynamoDb = newDynamoDb(clock);
        await dynamoDb.run("CreateTable", simpleTable(TableName));
    });

    it("does all of it", async () => {
        await transact([put("a"), put("b"), put("gone")]);
        await transact([
            add("a", 5),
            check("b", "attribute_exists(pk)"),
            put("c"),
            { Delete: { TableName, Key: key("gone") } },
        ]);
        assert.deepEqual(await all(), ["a:5", "b:-", "c:-"]);
    });

    it("does nothing when one condition fails, and says which", async () => {
        await transact([put("a"), add("b", 7)]);
        const exists = {
            ConditionExpression: "attribute_not_exists(pk)",
            ReturnValuesOnConditionCheckFailure: "ALL_OLD",
        };
        const error = await refused(
            transact([put("new"), add("b", 1, exists), check("missing", "attribute_exists(pk)")]),
            "TransactionCanceledException",
            /^Transaction cancelled, please refer cancellation reasons for specific reasons \[None, ConditionalCheckFailed, ConditionalCheckFailed\]$/,
        );
        const Message = "The conditional request failed";
        assert.deepEqual(plain(error.fields), {
            CancellationReasons: [
                { Code: "None" },
                { Code: "ConditionalCheckFailed", Message, Item: { ...key("b"), amount: { N: "7" } } },
                { Code: "ConditionalCheckFailed", Message },
            ],
        });
        assert.deepEqual(await all(), ["a:-", "b:7"]);
    });

    it("gives errors that depend on the item as a reason", async () => {
        await transact([{ Put: { TableName, Item: { ...key("a"), amount: { S: "text" } } } }]);
        const error = await refused(transact([put("b"), add("a", 1)]), "TransactionCanceledException");
        const reasons = error.fields["CancellationReasons"];
        assert.deepEqual(reasons, [
            { Code: "None" },
            { Code: "ValidationError", Message: "An operand in the update expression has an incorrect data type" },
        ]);
    });

    it("refuses requests that make no sense", async () => {
        const cases: [object[], RegExp][] = [
            [[], /greater than or equal to 1/],
            [Array.from({ length: 101 }, (_, pk) => put(String(pk))), /less than or equal to 100/],
            [[put("a"), add("a", 1)], /cannot include multiple operations on one item/],
            [[{ ...put("a"), ...add("b", 1) }], /can only contain one of Check, Put, Update or Delete/],
            [[{}], /can only contain one of/],
            [[{ ConditionCheck: { TableName, Key: key("a") } }], /conditionExpression/],
            [[put("a", { ConditionExpression: "nonsense(" })], /Invalid ConditionExpression/],
        ];
        for (const [items, message] of cases) await refused(transact(items), "ValidationException", message);
        await refused(
            transact([put("a"), { Delete: { TableName: "nowhere", Key: key("a") } }]),
            "ResourceNotFoundException",
        );
        const large = Array.from({ length: 11 }, (_, pk) => ({
            Put: { TableName, Item: { ...key(String(pk)), text: { S: "x".repeat(399 * 1024) } } },
        }));
        await refused(transact(large), "ValidationException", /4 MB/);
        assert.deepEqual(await all(), []);
    });

    it("repeats nothing for a token within ten minutes", async () => {
        const once = { ClientRequestToken: "token" };
        await transact([add("a", 1)], once);
        await clock.advance(9 * 60_000);
        await transact([add("a", 1)], once);
        assert.deepEqual(await all(), ["a:1"]);
        await refused(transact([add("a", 2)], once), "IdempotentParameterMismatchException");
        await clock.advance(60_000);
        await transact([add("a", 2)], once);
        assert.deepEqual(await all(), ["a:3"]);
    });

    it("tries again under the same token after a cancellation", async () => {
        const item = check("b", "attribute_exists(pk)");
        await refused(transact([add("a", 1), item], { ClientRequestToken: "t" }), "TransactionCanceledException");
        await dynamoDb.run("PutItem", { TableName, Item: key("b") });
        await transact([add("a", 1), item], { ClientRequestToken: "t" });
        assert.deepEqual(await all(), ["a:1", "b:-"]);
    });

    it("reads several items as of one moment, and counts capacity twice", async () => {
        await transact([add("a", 1), add("b", 2)]);
        const output = await run(dynamoDb, "TransactGetItems", {
            TransactItems: [
                { Get: { TableName, Key: key("b"), ProjectionExpression: "amount" } },
                { Get: { TableName, Key: key("missing") } },
                { Get: { TableName, Key: key("a") } },
            ],
            ReturnConsumedCapacity: "TOTAL",
        });
        assert.deepEqual(output, {
            Responses: [{ Item: { amount: { N: "2" } } }, {}, { Item: { ...key("a"), amount: { N: "1" } } }],
            ConsumedCapacity: [{ TableName, CapacityUnits: 6, ReadCapacityUnits: 6 }],
        });
        const written = await transact([add("a", 1), put("c")], { ReturnConsumedCapacity: "TOTAL" });
        assert.deepEqual(written["ConsumedCapacity"], [{ TableName, CapacityUnits: 4, WriteCapacityUnits: 4 }]);
    });

    it("keeps the sum of all accounts under concurrent transfers and single writes", async () => {
        const names = ["a", "b", "c", "d"];
        const transfer = fc.record({
            from: fc.constantFrom(...names),
            to: fc.constantFrom(...names),
            amount: fc.integer({ min: 1, max: 80 }),
            touch: fc.boolean(),
        });
        await fc.assert(
            fc.asyncProperty(fc.array(transfer, { minLength: 1, maxLength: 30 }), async (transfers) => {
                dynamoDb = newDynamoDb(clock);
                await dynamoDb.run("CreateTable", simpleTable(TableName));
                await transact(names.map((name) => add(name, 100)));
                const sums: number[] = [];
                const sum = async (): Promise<void> => {
                    const output = await run(dynamoDb, "TransactGetItems", {
                        TransactItems: names.map((name) => ({ Get: { TableName, Key: key(name) } })),
                    });
                    const found = output["Responses"] as { Item: Item }[];
                    sums.push(found.reduce((total, { Item: item }) => total + Number(item["amount"]?.N), 0));
                };
                const outcomes = await Promise.allSettled(
                    transfers.flatMap(({ from, to, amount, touch }, index) => [
                        transact([
                            add(from, -amount, {
                                ConditionExpression: "amount >= :min",
                                ExpressionAttributeValues: { ":a": { N: `-${amount}` }, ":min": { N: String(amount) } },
                            }),
                            add(to, amount),
                            put(`log-${index}`),
                        ]),
                        touch ? run(dynamoDb, "UpdateItem", { ...add(from, 0).Update, ReturnValues: "NONE" }) : sum(),
                    ]),
                );
                await sum();
                assert.deepEqual([...new Set(sums)], [400]);
                const succeeded = outcomes.filter(
                    (outcome, index) => index % 2 === 0 && outcome.status === "fulfilled",
                );
                const logs = (await all()).filter((line) => line.startsWith("log-"));
                assert.equal(logs.length, succeeded.length, "a log entry is written exactly when the transfer is");
                for (const outcome of outcomes) {
                    if (outcome.status === "fulfilled") continue;
                    assert.ok(outcome.reason instanceof ServiceError, String(outcome.reason));
                    assert.match(outcome.reason.name, /^(TransactionCanceled|Validation)Exception$/);
                }
            }),
            { numRuns: 50 },
        );
    });
});
