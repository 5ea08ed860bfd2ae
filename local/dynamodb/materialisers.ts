import type { GraphValue, Properties, Resource } from "../../graph/model";
import type { JsonObject, Materialisers } from "../service";
import { isObject, requiredText } from "./names";

type Run = (operation: string, input: JsonObject) => Promise<JsonObject>;

export interface TableCreation {
    run: Run;
    /** CreateTable, with the time that is part of the stream's ARN. */
    createTable(input: JsonObject, streamLabel: string | undefined): Promise<JsonObject>;
    /** Whether the table was there before this run. */
    has(table: string): Promise<boolean>;
}

/** Creates tables and items as a graph declares them; a table that is kept on disk is left as it is. */
export function materialisers(dynamoDb: TableCreation): Materialisers {
    return {
        "aws:dynamodb/table:Table": { create: (resource) => createTable(dynamoDb, resource) },
        "aws:dynamodb/tableItem:TableItem": { create: (resource) => createItem(dynamoDb.run, resource.inputs) },
    };
}

async function createTable({ run, createTable: create, has }: TableCreation, resource: Resource): Promise<void> {
    const { inputs, outputs } = resource;
    const name = requiredText(outputs, "name");
    if (await has(name)) return;
    await create(tableInput(name, inputs), streamLabel(outputs["streamArn"]));
    const { ttl, pointInTimeRecovery: recovery } = inputs;
    if (isObject(ttl) && ttl["enabled"] === true) {
        const specification = { AttributeName: ttl["attributeName"], Enabled: true };
        await run("UpdateTimeToLive", { TableName: name, TimeToLiveSpecification: specification });
    }
    if (isObject(recovery) && recovery["enabled"] === true) {
        const days = recovery["recoveryPeriodInDays"];
        await run("UpdateContinuousBackups", {
            TableName: name,
            PointInTimeRecoverySpecification: {
                PointInTimeRecoveryEnabled: true,
                ...(typeof days === "number" ? { RecoveryPeriodInDays: days } : {}),
            },
        });
    }
}

function tableInput(name: string, inputs: Properties): JsonObject {
    const onDemand = inputs["billingMode"] === "PAY_PER_REQUEST";
    const local = list(inputs["localSecondaryIndexes"]).map((index) => indexInput(index, inputs["hashKey"]));
    const global = list(inputs["globalSecondaryIndexes"]).map((index) => ({
        ...indexInput(index, index["hashKey"]),
        ...(onDemand ? {} : { ProvisionedThroughput: throughput(index) }),
    }));
    const { streamEnabled, streamViewType, serverSideEncryption: sse, tableClass, tags } = inputs;
    return {
        TableName: name,
        AttributeDefinitions: list(inputs["attributes"]).map((attribute) => ({
            AttributeName: attribute["name"],
            AttributeType: attribute["type"],
        })),
        KeySchema: keySchema(inputs["hashKey"], inputs["rangeKey"]),
        BillingMode: onDemand ? "PAY_PER_REQUEST" : "PROVISIONED",
        ...(onDemand ? {} : { ProvisionedThroughput: throughput(inputs) }),
        ...(local.length > 0 ? { LocalSecondaryIndexes: local } : {}),
        ...(global.length > 0 ? { GlobalSecondaryIndexes: global } : {}),
        ...(streamEnabled === true
            ? { StreamSpecification: { StreamEnabled: true, StreamViewType: streamViewType } }
            : {}),
        ...(isObject(sse) ? { SSESpecification: { Enabled: sse["enabled"], KMSMasterKeyId: sse["kmsKeyArn"] } } : {}),
        ...(typeof tableClass === "string" ? { TableClass: tableClass } : {}),
        DeletionProtectionEnabled: inputs["deletionProtectionEnabled"] === true,
        Tags: Object.entries(isObject(tags) ? tags : {}).map(([Key, Value]) => ({ Key, Value })),
    };
}

function indexInput(index: Properties, hashKey: GraphValue | undefined): JsonObject {
    const attributes = index["nonKeyAttributes"];
    return {
        IndexName: index["name"],
        KeySchema: keySchema(hashKey, index["rangeKey"]),
        Projection: {
            ProjectionType: index["projectionType"],
            ...(Array.isArray(attributes) && attributes.length > 0 ? { NonKeyAttributes: attributes } : {}),
        },
    };
}

function keySchema(hashKey: GraphValue | undefined, rangeKey: GraphValue | undefined): JsonObject[] {
    const hash = { AttributeName: hashKey, KeyType: "HASH" };
    return typeof rangeKey === "string" && rangeKey !== ""
        ? [hash, { AttributeName: rangeKey, KeyType: "RANGE" }]
        : [hash];
}

function throughput(of: Properties): JsonObject {
    return { ReadCapacityUnits: of["readCapacity"], WriteCapacityUnits: of["writeCapacity"] };
}

function list(value: GraphValue | undefined): Properties[] {
    return Array.isArray(value) ? value.filter((item): item is Properties => isObject(item)) : [];
}

/** `arn:aws:dynamodb:…:table/<name>/stream/<label>` */
function streamLabel(arn: GraphValue | undefined): string | undefined {
    return typeof arn === "string" ? arn.replace(/^.*\/stream\//, "") : undefined;
}

async function createItem(run: Run, inputs: Properties): Promise<void> {
    const item: unknown = JSON.parse(requiredText(inputs, "item"));
    await run("PutItem", { TableName: requiredText(inputs, "tableName"), Item: item });
}
