import assert from "node:assert/strict";

import { VirtualClock } from "../../../local/clock";
import type { DynamoDb, TableDescription } from "../../../local/dynamodb";
import { newDynamoDb, ORDERS, refused, run, simpleTable } from "./fixture";

const ARN = "arn:aws:dynamodb:eu-central-1:123456789012:table";

describe("DynamoDB tables", () => {
    let dynamoDb: DynamoDb;
    const clock = new VirtualClock();
    const describeTable = async (TableName: string) =>
        (await run(dynamoDb, "DescribeTable", { TableName }))["Table"] as unknown as TableDescription;

    beforeEach(() => {
        dynamoDb = newDynamoDb(clock);
    });

    it("are active at once and describe themselves", async () => {
        await dynamoDb.run("CreateTable", {
            ...ORDERS,
            StreamSpecification: { StreamEnabled: true, StreamViewType: "NEW_AND_OLD_IMAGES" },
        });
        const table = await describeTable("orders");
        assert.equal(table.TableArn, `${ARN}/orders`);
        assert.equal(table.TableStatus, "ACTIVE");
        assert.equal(table.CreationDateTime, clock.now() / 1000);
        assert.equal(table.BillingModeSummary?.BillingMode, "PAY_PER_REQUEST");
        assert.equal(table.LatestStreamArn, `${ARN}/orders/stream/2026-01-01T00:00:00.000`);
        assert.equal(table.LatestStreamLabel, "2026-01-01T00:00:00.000");
        assert.deepEqual(table.StreamSpecification, { StreamEnabled: true, StreamViewType: "NEW_AND_OLD_IMAGES" });
        assert.equal(table.GlobalSecondaryIndexes?.[0]?.IndexArn, `${ARN}/orders/index/by-state`);
        assert.equal(table.GlobalSecondaryIndexes?.[0]?.IndexStatus, "ACTIVE");
        assert.equal(table.LocalSecondaryIndexes?.[0]?.IndexName, "by-date");
        assert.equal((await describeTable(`${ARN}/orders`)).TableName, "orders");
        await refused(dynamoDb.run("CreateTable", ORDERS), "ResourceInUseException", /Table already exists: orders/);
        await refused(
            describeTable("nowhere"),
            "ResourceNotFoundException",
            /^Requested resource not found: Table: nowhere not found$/,
        );
    });

    it("are listed in pages", async () => {
        for (const name of ["ccc", "aaa", "bbb"]) await dynamoDb.run("CreateTable", simpleTable(name));
        const first = await run(dynamoDb, "ListTables", { Limit: 2 });
        assert.deepEqual(first, { TableNames: ["aaa", "bbb"], LastEvaluatedTableName: "bbb" });
        const rest = await run(dynamoDb, "ListTables", { Limit: 2, ExclusiveStartTableName: "bbb" });
        assert.deepEqual(rest, { TableNames: ["ccc"] });
    });

    it("are protected against deletion when asked to", async () => {
        await dynamoDb.run("CreateTable", simpleTable("kept", { DeletionProtectionEnabled: true }));
        await refused(
            dynamoDb.run("DeleteTable", { TableName: "kept" }),
            "ValidationException",
            /protected against deletion/,
        );
        await dynamoDb.run("UpdateTable", { TableName: "kept", DeletionProtectionEnabled: false });
        const output = await run(dynamoDb, "DeleteTable", { TableName: "kept" });
        assert.equal((output["TableDescription"] as unknown as TableDescription).TableStatus, "DELETING");
        await refused(describeTable("kept"), "ResourceNotFoundException");
    });

    it("get and lose global indexes", async () => {
        await dynamoDb.run("CreateTable", simpleTable("things"));
        await dynamoDb.run("PutItem", { TableName: "things", Item: { pk: { S: "a" }, kind: { S: "x" } } });
        await dynamoDb.run("PutItem", { TableName: "things", Item: { pk: { S: "b" } } });
        await dynamoDb.run("UpdateTable", {
            TableName: "things",
            AttributeDefinitions: [{ AttributeName: "kind", AttributeType: "S" }],
            GlobalSecondaryIndexUpdates: [
                {
                    Create: {
                        IndexName: "by-kind",
                        KeySchema: [{ AttributeName: "kind", KeyType: "HASH" }],
                        Projection: { ProjectionType: "ALL" },
                    },
                },
            ],
        });
        const { Items: items } = await run(dynamoDb, "Scan", { TableName: "things", IndexName: "by-kind" });
        assert.deepEqual(items, [{ pk: { S: "a" }, kind: { S: "x" } }]);
        assert.equal((await describeTable("things")).GlobalSecondaryIndexes?.[0]?.ItemCount, 1);
        await dynamoDb.run("UpdateTable", {
            TableName: "things",
            GlobalSecondaryIndexUpdates: [{ Delete: { IndexName: "by-kind" } }],
        });
        assert.equal((await describeTable("things")).GlobalSecondaryIndexes, undefined);
        await refused(dynamoDb.run("Scan", { TableName: "things", IndexName: "by-kind" }), "ValidationException");
    });

    it("switch streams and billing", async () => {
        await dynamoDb.run("CreateTable", simpleTable("things"));
        const stream = (StreamEnabled: boolean) =>
            dynamoDb.run("UpdateTable", {
                TableName: "things",
                StreamSpecification: { StreamEnabled, ...(StreamEnabled ? { StreamViewType: "KEYS_ONLY" } : {}) },
            });
        await stream(true);
        assert.equal((await describeTable("things")).StreamSpecification?.StreamViewType, "KEYS_ONLY");
        await refused(stream(true), "ValidationException", /already has an enabled stream/);
        await stream(false);
        assert.equal((await describeTable("things")).StreamSpecification, undefined);
        await dynamoDb.run("UpdateTable", {
            TableName: "things",
            BillingMode: "PROVISIONED",
            ProvisionedThroughput: { ReadCapacityUnits: 5, WriteCapacityUnits: 6 },
        });
        const table = await describeTable("things");
        assert.equal(table.BillingModeSummary?.BillingMode, "PROVISIONED");
        assert.equal(table.ProvisionedThroughput.WriteCapacityUnits, 6);
        await refused(
            dynamoDb.run("UpdateTable", { TableName: "things" }),
            "ValidationException",
            /At least one of ProvisionedThroughput/,
        );
    });

    it("carry tags and the setting of point-in-time recovery", async () => {
        await dynamoDb.run("CreateTable", simpleTable("things", { Tags: [{ Key: "a", Value: "1" }] }));
        const ResourceArn = `${ARN}/things`;
        await dynamoDb.run("TagResource", { ResourceArn, Tags: [{ Key: "b", Value: "2" }] });
        await dynamoDb.run("UntagResource", { ResourceArn, TagKeys: ["a"] });
        assert.deepEqual(await run(dynamoDb, "ListTagsOfResource", { ResourceArn }), {
            Tags: [{ Key: "b", Value: "2" }],
        });
        const missing = { ResourceArn: `${ARN}/nowhere` };
        await refused(dynamoDb.run("ListTagsOfResource", missing), "ResourceNotFoundException");
        const off = await run(dynamoDb, "DescribeContinuousBackups", { TableName: "things" });
        assert.match(JSON.stringify(off), /"PointInTimeRecoveryStatus":"DISABLED"/);
        const on = await run(dynamoDb, "UpdateContinuousBackups", {
            TableName: "things",
            PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true, RecoveryPeriodInDays: 7 },
        });
        assert.match(JSON.stringify(on), /"PointInTimeRecoveryStatus":"ENABLED","RecoveryPeriodInDays":7/);
    });
});
