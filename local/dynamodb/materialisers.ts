import type { GraphValue, Properties, Resource } from "../../graph/model";
import type { JsonObject, Materialisers } from "../service";
import { isObject, requiredText } from "./names";
import type { Tables } from "./tables";

type Run = (operation: string, input: JsonObject) => JsonObject;

/** Creates tables and items as a graph declares them. A table that exists already keeps what it holds. */
export function materialisers(tables: Tables, run: Run): Materialisers {
    return {
        "aws:dynamodb/table:Table": {
            create: (resource) => declareTable(tables, run, resource),
            update: (resource) => declareTable(tables, run, resource),
            delete: ({ outputs }) => tables.remove(requiredText(outputs, "name")),
        },
        "aws:dynamodb/tableItem:TableItem": {
            once: true,
            create: ({ inputs }) => void run("PutItem", itemInput(inputs)),
            update: ({ inputs }) => void run("PutItem", itemInput(inputs)),
            delete: ({ inputs }) => deleteItem(tables, run, inputs),
        },
    };
}

function declareTable(tables: Tables, run: Run, { inputs, outputs }: Resource): void {
    const name = requiredText(outputs, "name");
    tables.declare(tableInput(name, inputs), streamLabel(outputs["streamArn"]));
    const { ttl, pointInTimeRecovery: recovery } = inputs;
    if (isObject(ttl) && ttl["enabled"] === true) {
        const specification = { AttributeName: ttl["attributeName"], Enabled: true };
        run("UpdateTimeToLive", { TableName: name, TimeToLiveSpecification: specification });
    }
    if (isObject(recovery) && recovery["enabled"] === true) {
        const days = recovery["recoveryPeriodInDays"];
        run("UpdateContinuousBackups", {
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

function itemInput(inputs: Properties): JsonObject {
    return { TableName: requiredText(inputs, "tableName"), Item: parsedItem(inputs) };
}

function deleteItem(tables: Tables, run: Run, inputs: Properties): void {
    const name = requiredText(inputs, "tableName");
    if (!tables.has(name)) return;
    const item = parsedItem(inputs);
    const keys = tables.find(name).description.KeySchema.map(({ AttributeName: key }) => [key, item[key]]);
    run("DeleteItem", { TableName: name, Key: Object.fromEntries(keys) });
}

function parsedItem(inputs: Properties): JsonObject {
    const item: unknown = JSON.parse(requiredText(inputs, "item"));
    if (isObject(item)) return item;
    throw new Error("its item is no JSON object");
}
