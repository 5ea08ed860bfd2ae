import { ServiceError } from "../errors";
import type { JsonObject } from "../service";
import type { IndexDescription, ProvisionedThroughput, TableDescription } from "./model";
import { isObject, type Place, tableArn } from "./names";
import type { Table } from "./table";
import { describeGlobalIndex, describeThroughput, type IndexInput } from "./table-description";

/** What dynalite checks of UpdateTable's input. */
export interface UpdateTableInput {
    BillingMode?: "PROVISIONED" | "PAY_PER_REQUEST";
    ProvisionedThroughput?: ProvisionedThroughput;
    GlobalSecondaryIndexUpdates?: {
        Create?: IndexInput;
        Update?: { IndexName: string; ProvisionedThroughput: ProvisionedThroughput };
        Delete?: { IndexName: string };
    }[];
}

/** For the checks of dynalite, which asks for a throughput of each new index even where the table is on demand. */
export function withIndexThroughput(input: JsonObject): JsonObject {
    const updates = input["GlobalSecondaryIndexUpdates"];
    if (!Array.isArray(updates)) return input;
    const anyThroughput = { ReadCapacityUnits: 1, WriteCapacityUnits: 1 };
    return {
        ...input,
        GlobalSecondaryIndexUpdates: updates.map((update: unknown) =>
            isObject(update) && isObject(update["Create"])
                ? { ...update, Create: { ProvisionedThroughput: anyThroughput, ...update["Create"] } }
                : update,
        ),
    };
}

/** Changes the billing mode, or the table's provisioned throughput. */
export function updateThroughput(table: Table, input: UpdateTableInput, now: number): void {
    const { description } = table;
    const mode = input.BillingMode ?? description.BillingModeSummary?.BillingMode ?? "PROVISIONED";
    if (mode === "PAY_PER_REQUEST" && input.ProvisionedThroughput !== undefined) {
        throw invalid(
            "Neither ReadCapacityUnits nor WriteCapacityUnits can be specified when BillingMode is PAY_PER_REQUEST",
        );
    }
    if (input.BillingMode === "PAY_PER_REQUEST") {
        description.BillingModeSummary = { BillingMode: mode, LastUpdateToPayPerRequestDateTime: now / 1000 };
        description.ProvisionedThroughput = describeThroughput();
        for (const index of description.GlobalSecondaryIndexes ?? [])
            index.ProvisionedThroughput = describeThroughput();
    } else if (input.BillingMode === "PROVISIONED" && description.BillingModeSummary !== undefined) {
        description.BillingModeSummary.BillingMode = "PROVISIONED";
    }
    if (input.ProvisionedThroughput !== undefined) {
        description.ProvisionedThroughput = describeThroughput(input.ProvisionedThroughput);
    }
}

/** Creates, changes and deletes global indexes; a new index holds the table's items at once. */
export function updateIndexes(table: Table, input: UpdateTableInput, definitions: unknown, place: Place): void {
    const { description } = table;
    for (const { Create: create, Update: update, Delete: remove } of input.GlobalSecondaryIndexUpdates ?? []) {
        if (create !== undefined) createIndex(table, create, definitions, place);
        if (update !== undefined) {
            existing(description, update.IndexName).ProvisionedThroughput = describeThroughput(
                update.ProvisionedThroughput,
            );
        }
        if (remove !== undefined) {
            const gone = existing(description, remove.IndexName);
            const left = (description.GlobalSecondaryIndexes ?? []).filter((index) => index !== gone);
            if (left.length > 0) description.GlobalSecondaryIndexes = left;
            else delete description.GlobalSecondaryIndexes;
            table.indexes.delete(remove.IndexName);
        }
    }
}

function createIndex(table: Table, input: IndexInput, definitions: unknown, place: Place): void {
    const { description } = table;
    if (table.indexes.has(input.IndexName)) {
        throw invalid(`Attempting to create an index which already exists: ${input.IndexName}`);
    }
    addDefinitions(description, definitions);
    for (const { AttributeName: name } of input.KeySchema) {
        if (description.AttributeDefinitions.some((definition) => definition.AttributeName === name)) continue;
        throw invalid(
            `Some index key attributes are not defined in AttributeDefinitions. Keys: [${name}], AttributeDefinitions: ` +
                `[${description.AttributeDefinitions.map((definition) => definition.AttributeName).join(", ")}]`,
        );
    }
    const onDemand = description.BillingModeSummary?.BillingMode === "PAY_PER_REQUEST";
    const index = describeGlobalIndex(input, tableArn(description.TableName, place));
    if (onDemand) index.ProvisionedThroughput = describeThroughput();
    description.GlobalSecondaryIndexes = [...(description.GlobalSecondaryIndexes ?? []), index];
    table.addIndex(index);
}

function addDefinitions(description: TableDescription, definitions: unknown): void {
    for (const definition of Array.isArray(definitions) ? definitions : []) {
        if (!isObject(definition)) continue;
        const { AttributeName: name, AttributeType: type } = definition;
        if (typeof name !== "string" || (type !== "S" && type !== "N" && type !== "B")) continue;
        if (description.AttributeDefinitions.some((known) => known.AttributeName === name)) continue;
        description.AttributeDefinitions = [
            ...description.AttributeDefinitions,
            { AttributeName: name, AttributeType: type },
        ];
    }
}

function existing(description: TableDescription, name: string): IndexDescription {
    const index = description.GlobalSecondaryIndexes?.find((each) => each.IndexName === name);
    if (index !== undefined) return index;
    throw new ServiceError("ResourceNotFoundException", `Requested resource not found: Index: ${name} not found`);
}

function invalid(message: string): ServiceError {
    return new ServiceError("ValidationException", `One or more parameter values were invalid: ${message}`);
}
