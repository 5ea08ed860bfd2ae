import assert from "node:assert/strict";

import type { DynamoDb } from "../../../local/dynamodb";
import type { JsonObject, RequestContext } from "../../../local/service";
import { newDynamoDb, ORDERS, PLACE, simpleTable } from "./fixture";

const ARN = "arn:aws:dynamodb:eu-central-1:123456789012:table";
const context: RequestContext = {
    ...PLACE,
    caller: { kind: "developer", arn: "", userId: "", accessKeyId: "" },
    requestId: "1",
    headers: {},
    sourceIp: "127.0.0.1",
    waitForClock: (promise) => promise,
};

describe("DynamoDB access", () => {
    let dynamoDb: DynamoDb;

    beforeEach(async () => {
        dynamoDb = newDynamoDb();
        await dynamoDb.run("CreateTable", ORDERS);
        await dynamoDb.run("CreateTable", simpleTable("things"));
    });

    function access(operation: string, input: JsonObject): unknown {
        const found = dynamoDb.service.operations[operation]?.access;
        assert.ok(typeof found === "function");
        return found(input, context);
    }

    it("is asked for the table and the partition key", () => {
        const expected = {
            action: "dynamodb:GetItem",
            resource: `${ARN}/things`,
            conditions: { "dynamodb:LeadingKeys": ["a"] },
        };
        const Key = { pk: { S: "a" } };
        assert.deepEqual(access("GetItem", { TableName: "things", Key }), [expected]);
        assert.deepEqual(access("GetItem", { TableName: `${ARN}/things`, Key }), [expected]);
        assert.deepEqual(access("GetItem", { TableName: "nowhere", Key }), [
            { action: "dynamodb:GetItem", resource: `${ARN}/nowhere` },
        ]);
    });

    it("is asked for the index that is queried or scanned", () => {
        const query = {
            TableName: "orders",
            IndexName: "by-state",
            KeyConditionExpression: "#s = :s",
            ExpressionAttributeNames: { "#s": "state" },
            ExpressionAttributeValues: { ":s": { S: "open" } },
        };
        const resource = `${ARN}/orders/index/by-state`;
        assert.deepEqual(access("Query", query), [
            { action: "dynamodb:Query", resource, conditions: { "dynamodb:LeadingKeys": ["open"] } },
        ]);
        assert.deepEqual(access("Query", { TableName: "orders", IndexName: "by-state" }), [
            { action: "dynamodb:Query", resource },
        ]);
        assert.deepEqual(access("Scan", { TableName: "orders" }), [
            { action: "dynamodb:Scan", resource: `${ARN}/orders` },
        ]);
    });

    it("is asked for each table of a batch and each action of a transaction", () => {
        const Item = { pk: { S: "a" } };
        const batch = { RequestItems: { things: [{ PutRequest: { Item } }], orders: [] } };
        assert.deepEqual(access("BatchWriteItem", batch), [
            {
                action: "dynamodb:BatchWriteItem",
                resource: `${ARN}/things`,
                conditions: { "dynamodb:LeadingKeys": ["a"] },
            },
            { action: "dynamodb:BatchWriteItem", resource: `${ARN}/orders` },
        ]);
        const items = [
            { Put: { TableName: "things", Item } },
            { ConditionCheck: { TableName: "things", Key: { pk: { S: "b" } } } },
        ];
        const inTransaction = (action: string, key: string) => ({
            action: `dynamodb:${action}`,
            resource: `${ARN}/things`,
            conditions: { "dynamodb:LeadingKeys": [key], "dynamodb:EnclosingOperation": ["TransactWriteItems"] },
        });
        assert.deepEqual(access("TransactWriteItems", { TransactItems: items }), [
            inTransaction("PutItem", "a"),
            inTransaction("ConditionCheckItem", "b"),
        ]);
    });

    it("has no resource where AWS knows none", () => {
        assert.deepEqual(access("ListTables", {}), [{ action: "dynamodb:ListTables", resource: "*" }]);
    });
});
