import {
    ConditionalCheckFailedException,
    CreateTableCommand,
    DescribeTableCommand,
    DynamoDBClient,
    TransactionCanceledException,
    waitUntilTableExists,
} from "@aws-sdk/client-dynamodb";
import {
    BatchWriteCommand,
    DynamoDBDocumentClient,
    GetCommand,
    paginateQuery,
    PutCommand,
    TransactWriteCommand,
    UpdateCommand,
} from "@aws-sdk/lib-dynamodb";
import assert from "node:assert/strict";

import { RealClock } from "../../../local/clock";
import { DynamoDb } from "../../../local/dynamodb";
import { developerOnly, type Endpoint, startEndpoint } from "../../../local/endpoint/server";
import { ORDERS, PLACE } from "./fixture";

describe("DynamoDB through the SDK", () => {
    const TableName = "orders";
    let dynamoDb: DynamoDb;
    let endpoint: Endpoint;
    let client: DynamoDBClient;
    let documents: DynamoDBDocumentClient;

    before(async () => {
        dynamoDb = new DynamoDb({ clock: new RealClock(), ...PLACE });
        const services = [dynamoDb.service];
        endpoint = await startEndpoint({ port: 0, ...PLACE, iam: developerOnly, services, routes: [] });
        client = new DynamoDBClient({
            region: PLACE.region,
            endpoint: endpoint.url,
            credentials: { accessKeyId: "AKIADEVELOPER", secretAccessKey: "secret" },
        });
        documents = DynamoDBDocumentClient.from(client);
        await client.send(
            new CreateTableCommand({
                TableName,
                BillingMode: "PAY_PER_REQUEST",
                KeySchema: [
                    { AttributeName: "customer", KeyType: "HASH" },
                    { AttributeName: "id", KeyType: "RANGE" },
                ],
                AttributeDefinitions: [
                    { AttributeName: "customer", AttributeType: "S" },
                    { AttributeName: "id", AttributeType: "S" },
                ],
            }),
        );
    });

    after(async () => {
        client.destroy();
        await endpoint.close();
        await dynamoDb.close();
    });

    it("creates tables that its waiters find", async () => {
        await waitUntilTableExists({ client, maxWaitTime: 30 }, { TableName });
        const { Table: table } = await client.send(new DescribeTableCommand({ TableName }));
        assert.ok(table?.CreationDateTime instanceof Date);
        assert.equal(table.KeySchema?.length, ORDERS.KeySchema.length);
    });

    it("keeps documents, with binary values and sets", async () => {
        const item = { customer: "ann", id: "1", bytes: new Uint8Array([1, 2, 255]), set: new Set(["x"]), none: null };
        await documents.send(new PutCommand({ TableName, Item: item }));
        const { Item: found } = await documents.send(new GetCommand({ TableName, Key: { customer: "ann", id: "1" } }));
        assert.deepEqual(found, item);
    });

    it("throws the SDK's own errors, with their members", async () => {
        const key = { customer: "ann", id: "err" };
        await documents.send(new PutCommand({ TableName, Item: { ...key, version: 1 } }));
        const update = new UpdateCommand({
            TableName,
            Key: key,
            UpdateExpression: "ADD version :one",
            ConditionExpression: "version = :two",
            ExpressionAttributeValues: { ":one": 1, ":two": 2 },
            ReturnValuesOnConditionCheckFailure: "ALL_OLD",
        });
        await assert.rejects(documents.send(update), (error) => {
            assert.ok(error instanceof ConditionalCheckFailedException);
            assert.equal(error.message, "The conditional request failed");
            assert.deepEqual(error.Item?.["version"], { N: "1" });
            return true;
        });
        const transaction = new TransactWriteCommand({
            TransactItems: [
                { Put: { TableName, Item: { customer: "ann", id: "other" } } },
                { ConditionCheck: { TableName, Key: key, ConditionExpression: "attribute_not_exists(id)" } },
            ],
        });
        await assert.rejects(documents.send(transaction), (error) => {
            assert.ok(error instanceof TransactionCanceledException);
            assert.deepEqual(
                error.CancellationReasons?.map(({ Code }) => Code),
                ["None", "ConditionalCheckFailed"],
            );
            return true;
        });
    });

    it("pages through a query", async () => {
        const ids = Array.from({ length: 25 }, (_, index) => String(index).padStart(2, "0"));
        const writes = ids.map((id) => ({ PutRequest: { Item: { customer: "bob", id } } }));
        await documents.send(new BatchWriteCommand({ RequestItems: { [TableName]: writes } }));
        const found: unknown[] = [];
        const query = {
            TableName,
            KeyConditionExpression: "customer = :c",
            ExpressionAttributeValues: { ":c": "bob" },
        };
        for await (const page of paginateQuery({ client: documents, pageSize: 10 }, query)) {
            found.push(...(page.Items ?? []).map((item) => item["id"]));
        }
        assert.deepEqual(found, ids);
    });
});
