import assert from "node:assert/strict";

import { VirtualClock } from "../../../local/clock";
import { DynamoDb } from "../../../local/dynamodb";
import { ServiceError } from "../../../local/errors";
import type { JsonObject } from "../../../local/service";

export const PLACE = { region: "eu-central-1", account: "123456789012" };

export function newDynamoDb(clock = new VirtualClock()): DynamoDb {
    return new DynamoDb({ clock, ...PLACE });
}

/** A table with a partition key `pk`, on demand. */
export function simpleTable(name: string, more: JsonObject = {}): JsonObject {
    return {
        TableName: name,
        BillingMode: "PAY_PER_REQUEST",
        KeySchema: [{ AttributeName: "pk", KeyType: "HASH" }],
        AttributeDefinitions: [{ AttributeName: "pk", AttributeType: "S" }],
        ...more,
    };
}

/** Orders by customer and id, with a global index by status and a local one by date. */
export const ORDERS = {
    TableName: "orders",
    BillingMode: "PAY_PER_REQUEST",
    KeySchema: [
        { AttributeName: "customer", KeyType: "HASH" },
        { AttributeName: "id", KeyType: "RANGE" },
    ],
    AttributeDefinitions: ["customer", "id", "state", "date"].map((name) => ({
        AttributeName: name,
        AttributeType: name === "date" ? "N" : "S",
    })),
    GlobalSecondaryIndexes: [
        {
            IndexName: "by-state",
            KeySchema: [
                { AttributeName: "state", KeyType: "HASH" },
                { AttributeName: "date", KeyType: "RANGE" },
            ],
            Projection: { ProjectionType: "INCLUDE", NonKeyAttributes: ["amount"] },
        },
    ],
    LocalSecondaryIndexes: [
        {
            IndexName: "by-date",
            KeySchema: [
                { AttributeName: "customer", KeyType: "HASH" },
                { AttributeName: "date", KeyType: "RANGE" },
            ],
            Projection: { ProjectionType: "KEYS_ONLY" },
        },
    ],
};

/** Plain JSON, as a client would read it. */
export function plain(value: unknown): unknown {
    return JSON.parse(JSON.stringify(value));
}

/** Runs an operation and returns its output as a client would read it. */
export async function run(dynamoDb: DynamoDb, operation: string, input: JsonObject): Promise<JsonObject> {
    return plain(await dynamoDb.run(operation, input)) as JsonObject;
}

/** Asserts that the operation is refused with this error, and returns it. */
export async function refused(promise: Promise<unknown>, name: string, message?: RegExp): Promise<ServiceError> {
    const error = await promise.then(
        () => assert.fail(`${name} was expected`),
        (reason: unknown) => reason,
    );
    assert.ok(error instanceof ServiceError, String(error));
    assert.equal(error.name, name, error.message);
    if (message !== undefined) assert.match(error.message, message);
    return error;
}
