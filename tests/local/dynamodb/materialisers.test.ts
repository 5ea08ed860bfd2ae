import assert from "node:assert/strict";

import type { Properties, Resource } from "../../../graph/model";
import { newDynamoDb, run } from "./fixture";

const ARN = "arn:aws:dynamodb:eu-central-1:123456789012:table/shop-orders";

function resource(type: string, inputs: Properties, outputs: Properties): Resource {
    return {
        urn: `urn:pulumi:dev::shop::${type}::orders`,
        type,
        name: "orders",
        custom: true,
        inputs,
        outputs,
        id: "shop-orders",
        dependencies: [],
        propertyDependencies: {},
        protect: false,
        retainOnDelete: false,
        aliases: [],
        ignoreChanges: [],
        expanded: false,
    };
}

describe("DynamoDB resources of a graph", () => {
    it("become tables and items", async () => {
        const dynamoDb = newDynamoDb();
        const create = async (type: string, inputs: Properties, outputs: Properties): Promise<void> => {
            const materialiser = dynamoDb.materialisers[type];
            assert.ok(materialiser !== undefined, type);
            await materialiser.create(resource(type, inputs, outputs));
        };
        await create(
            "aws:dynamodb/table:Table",
            {
                attributes: [
                    { name: "pk", type: "S" },
                    { name: "sk", type: "S" },
                    { name: "date", type: "N" },
                ],
                hashKey: "pk",
                rangeKey: "sk",
                billingMode: "PAY_PER_REQUEST",
                globalSecondaryIndexes: [
                    {
                        name: "by-sk",
                        hashKey: "sk",
                        rangeKey: "date",
                        projectionType: "INCLUDE",
                        nonKeyAttributes: ["amount"],
                    },
                ],
                localSecondaryIndexes: [{ name: "by-date", rangeKey: "date", projectionType: "ALL" }],
                ttl: { attributeName: "expires", enabled: true },
                streamEnabled: true,
                streamViewType: "NEW_IMAGE",
                pointInTimeRecovery: { enabled: true },
                deletionProtectionEnabled: true,
                tags: { team: "sales" },
            },
            { name: "shop-orders", arn: ARN, streamArn: `${ARN}/stream/2025-12-24T00:00:00.000` },
        );
        const item = { pk: { S: "a" }, sk: { S: "b" } };
        await create("aws:dynamodb/tableItem:TableItem", { tableName: "shop-orders", item: JSON.stringify(item) }, {});

        const TableName = "shop-orders";
        const { Table: table } = await run(dynamoDb, "DescribeTable", { TableName });
        const { GlobalSecondaryIndexes: global, ...rest } = table as Record<string, unknown>;
        assert.deepEqual((global as Record<string, unknown>[])[0]?.["Projection"], {
            ProjectionType: "INCLUDE",
            NonKeyAttributes: ["amount"],
        });
        assert.equal(rest["TableArn"], ARN);
        assert.equal(rest["LatestStreamArn"], `${ARN}/stream/2025-12-24T00:00:00.000`);
        assert.equal(rest["DeletionProtectionEnabled"], true);
        assert.equal(rest["ItemCount"], 1);
        const ttl = await run(dynamoDb, "DescribeTimeToLive", { TableName });
        assert.deepEqual(ttl["TimeToLiveDescription"], { TimeToLiveStatus: "ENABLED", AttributeName: "expires" });
        const backups = await run(dynamoDb, "DescribeContinuousBackups", { TableName });
        assert.match(JSON.stringify(backups), /"PointInTimeRecoveryStatus":"ENABLED"/);
        const tags = await run(dynamoDb, "ListTagsOfResource", { ResourceArn: ARN });
        assert.deepEqual(tags["Tags"], [{ Key: "team", Value: "sales" }]);
        const Key = item;
        assert.deepEqual((await run(dynamoDb, "GetItem", { TableName, Key }))["Item"], item);
        await dynamoDb.close();
    });

    it("keep the provisioned throughput", async () => {
        const dynamoDb = newDynamoDb();
        await dynamoDb.materialisers["aws:dynamodb/table:Table"]?.create(
            resource(
                "aws:dynamodb/table:Table",
                { attributes: [{ name: "pk", type: "S" }], hashKey: "pk", readCapacity: 2, writeCapacity: 3 },
                { name: "shop-orders", arn: ARN },
            ),
        );
        const { Table: table } = await run(dynamoDb, "DescribeTable", { TableName: "shop-orders" });
        const throughput = { NumberOfDecreasesToday: 0, ReadCapacityUnits: 2, WriteCapacityUnits: 3 };
        assert.deepEqual((table as Record<string, unknown>)["ProvisionedThroughput"], throughput);
    });
});
