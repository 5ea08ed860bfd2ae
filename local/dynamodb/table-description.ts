import { randomUUID } from "node:crypto";

import { ServiceError } from "../errors";
import type { JsonObject } from "../service";
import type { IndexDescription, KeySchemaElement, Projection, ProvisionedThroughput, TableDescription } from "./model";
import { isObject, type Place, tableArn } from "./names";

export interface IndexInput {
    IndexName: string;
    KeySchema: KeySchemaElement[];
    Projection: Projection;
    ProvisionedThroughput?: ProvisionedThroughput;
}

/** What dynalite checks of CreateTable's input. */
export interface CreateTableInput {
    TableName: string;
    AttributeDefinitions: TableDescription["AttributeDefinitions"];
    KeySchema: KeySchemaElement[];
    BillingMode?: "PROVISIONED" | "PAY_PER_REQUEST";
    ProvisionedThroughput?: ProvisionedThroughput;
    LocalSecondaryIndexes?: IndexInput[];
    GlobalSecondaryIndexes?: IndexInput[];
}

const STREAM_VIEW_TYPES = ["NEW_IMAGE", "OLD_IMAGE", "NEW_AND_OLD_IMAGES", "KEYS_ONLY"];

/** Describes a new table: `shape` is what dynalite has checked of the `input`. */
export function describeNew(
    shape: CreateTableInput,
    input: JsonObject,
    place: Place,
    now: number,
    streamLabel?: string,
): TableDescription {
    const arn = tableArn(shape.TableName, place);
    const created = now / 1000;
    const description: TableDescription = {
        TableName: shape.TableName,
        TableArn: arn,
        TableId: randomUUID(),
        TableStatus: "ACTIVE",
        CreationDateTime: created,
        AttributeDefinitions: shape.AttributeDefinitions,
        KeySchema: shape.KeySchema,
        ItemCount: 0,
        TableSizeBytes: 0,
        ProvisionedThroughput: describeThroughput(shape.ProvisionedThroughput),
        DeletionProtectionEnabled: input["DeletionProtectionEnabled"] === true,
    };
    if (shape.BillingMode === "PAY_PER_REQUEST") {
        description.BillingModeSummary = { BillingMode: "PAY_PER_REQUEST", LastUpdateToPayPerRequestDateTime: created };
    }
    if (shape.LocalSecondaryIndexes !== undefined) {
        description.LocalSecondaryIndexes = shape.LocalSecondaryIndexes.map((index) => describeIndex(index, arn));
    }
    if (shape.GlobalSecondaryIndexes !== undefined) {
        description.GlobalSecondaryIndexes = shape.GlobalSecondaryIndexes.map((index) =>
            describeGlobalIndex(index, arn),
        );
    }
    const { StreamSpecification: stream, SSESpecification: sse, TableClass: tableClass } = input;
    if (isObject(stream) && stream["StreamEnabled"] === true) describeStream(description, stream, now, streamLabel);
    if (isObject(sse)) describeSse(description, sse, place);
    if (typeof tableClass === "string") description.TableClassSummary = { TableClass: tableClass };
    if (isObject(input["OnDemandThroughput"])) description.OnDemandThroughput = input["OnDemandThroughput"];
    return description;
}

export function describeThroughput(throughput?: ProvisionedThroughput): ProvisionedThroughput {
    const { ReadCapacityUnits = 0, WriteCapacityUnits = 0 } = throughput ?? {};
    return { NumberOfDecreasesToday: 0, ReadCapacityUnits, WriteCapacityUnits };
}

export function describeGlobalIndex(index: IndexInput, arnOfTable: string): IndexDescription {
    return {
        ...describeIndex(index, arnOfTable),
        IndexStatus: "ACTIVE",
        ProvisionedThroughput: describeThroughput(index.ProvisionedThroughput),
    };
}

/**
 * Adds an enabled stream.
 * @param label Part of the stream's ARN; default: the time, as on AWS.
 */
export function describeStream(
    description: TableDescription,
    specification: JsonObject,
    now: number,
    label?: string,
): void {
    const viewType = specification["StreamViewType"];
    if (typeof viewType !== "string" || !STREAM_VIEW_TYPES.includes(viewType)) {
        throw new ServiceError(
            "ValidationException",
            "One or more parameter values were invalid: StreamViewType must be one of " +
                `${STREAM_VIEW_TYPES.join(", ")} when StreamEnabled is true`,
        );
    }
    const streamLabel = label ?? new Date(now).toISOString().slice(0, -1);
    description.StreamSpecification = { StreamEnabled: true, StreamViewType: viewType };
    description.LatestStreamLabel = streamLabel;
    description.LatestStreamArn = `${description.TableArn}/stream/${streamLabel}`;
}

/** Keys owned by AWS, the default, are not described. */
export function describeSse(description: TableDescription, specification: JsonObject, place: Place): void {
    delete description.SSEDescription;
    if (specification["Enabled"] !== true) return;
    const key = specification["KMSMasterKeyId"];
    description.SSEDescription = {
        Status: "ENABLED",
        SSEType: "KMS",
        KMSMasterKeyArn:
            typeof key === "string" && key.startsWith("arn:")
                ? key
                : `arn:aws:kms:${place.region}:${place.account}:${typeof key === "string" ? `key/${key}` : "alias/aws/dynamodb"}`,
    };
}

function describeIndex(index: IndexInput, arnOfTable: string): IndexDescription {
    const { IndexName, KeySchema, Projection } = index;
    return {
        IndexName,
        IndexArn: `${arnOfTable}/index/${IndexName}`,
        KeySchema,
        Projection,
        IndexSizeBytes: 0,
        ItemCount: 0,
    };
}
