import { ServiceError } from "../errors";
import type { JsonObject } from "../service";
import { perform, validated } from "./engine";
import { MAX_BATCH_READ_BYTES, MAX_BATCH_WRITES } from "./limits";
import { isObject, type Place, tableName, withTableName } from "./names";
import type { Item } from "./model";
import type { Storage } from "./storage";
import { StoreView } from "./store-view";
import { referToItemBefore } from "./update-sections";

type SingleWrite = "PutItem" | "UpdateItem" | "DeleteItem";

/** Operations on items, one request each. */
export class Items {
    constructor(
        private readonly storage: Storage,
        private readonly place: Place,
    ) {}

    write(operation: SingleWrite, input: JsonObject): JsonObject {
        const view = new StoreView(this.storage.tables);
        const output = performWrite(operation, view, withTableName(input, this.place));
        this.storage.commit(view.writes);
        return output;
    }

    get(input: JsonObject): JsonObject {
        const view = new StoreView(this.storage.tables);
        return perform("GetItem", view, validated("GetItem", withTableName(input, this.place)));
    }

    query(input: JsonObject): JsonObject {
        return this.#readMany("Query", withTableName(input, this.place));
    }

    scan(input: JsonObject): JsonObject {
        return this.#readMany("Scan", withTableName(input, this.place));
    }

    batchGet(input: JsonObject): JsonObject {
        // dynalite ends a batch at 1 MB and one item more; DynamoDB's limit has been raised since.
        const maxItemSize = MAX_BATCH_READ_BYTES - 1024 * 1024;
        const view = new StoreView(this.storage.tables, { maxItemSize });
        return this.#batch(input, (request) => perform("BatchGetItem", view, validated("BatchGetItem", request)));
    }

    batchWrite(input: JsonObject): JsonObject {
        const view = new StoreView(this.storage.tables);
        const output = this.#batch(input, (request) => {
            const parameters = validated("BatchWriteItem", request);
            checkBatchSize(request);
            return perform("BatchWriteItem", view, parameters);
        });
        this.storage.commit(view.writes);
        return output;
    }

    #readMany(operation: "Query" | "Scan", input: JsonObject): JsonObject {
        // DynamoDB fetches from the table what a query of a local index asks for and the index does not have.
        const asked = ["ProjectionExpression", "AttributesToGet"].some((member) => input[member] !== undefined);
        const wholeLocalRows = asked || input["Select"] === "ALL_ATTRIBUTES";
        const view = new StoreView(this.storage.tables, { wholeLocalRows });
        return perform(operation, view, validated(operation, input));
    }

    /** Tables given by ARN come back by ARN. */
    #batch(input: JsonObject, run: (request: JsonObject) => JsonObject): JsonObject {
        const requested = input["RequestItems"];
        if (!isObject(requested) || !Object.keys(requested).some((name) => name.startsWith("arn:"))) return run(input);
        const given = new Map(Object.keys(requested).map((name) => [tableName(name, this.place), name]));
        const byName = Object.fromEntries([...given].map(([name, key]) => [name, requested[key]]));
        const output = run({ ...input, RequestItems: byName });
        for (const member of ["Responses", "UnprocessedKeys"]) {
            const tables = output[member];
            if (!isObject(tables)) continue;
            output[member] = Object.fromEntries(
                Object.entries(tables).map(([name, value]) => [given.get(name) ?? name, value]),
            );
        }
        return output;
    }
}

/**
 * Runs a write on the view, without committing it.
 * @throws ServiceError; the item that failed its condition is in `fields`, when the request asks for it.
 */
export function performWrite(operation: SingleWrite, view: StoreView, input: JsonObject): JsonObject {
    const wanted = input["ReturnValuesOnConditionCheckFailure"];
    if (wanted !== undefined && wanted !== "NONE" && wanted !== "ALL_OLD") {
        throw new ServiceError(
            "ValidationException",
            `1 validation error detected: Value '${String(wanted)}' at 'returnValuesOnConditionCheckFailure' failed ` +
                "to satisfy constraint: Member must satisfy enum value set: [ALL_OLD, NONE]",
        );
    }
    try {
        const parameters = validated(operation, input);
        if (operation === "UpdateItem") referToItemBefore(parameters, view.itemOf(parameters));
        return perform(operation, view, parameters);
    } catch (error) {
        const item: Item | undefined = view.lastRead;
        if (wanted !== "ALL_OLD" || item === undefined || !isConditionFailure(error)) throw error;
        throw new ServiceError(error.name, error.message, error.status, { Item: item });
    }
}

export function isConditionFailure(error: unknown): error is ServiceError {
    return error instanceof ServiceError && error.name === "ConditionalCheckFailedException";
}

function checkBatchSize(request: JsonObject): void {
    const tables = isObject(request["RequestItems"]) ? Object.values(request["RequestItems"]) : [];
    const count = tables.reduce((sum: number, writes) => sum + (Array.isArray(writes) ? writes.length : 0), 0);
    if (count <= MAX_BATCH_WRITES) return;
    throw new ServiceError("ValidationException", "Too many items requested for the BatchWriteItem call");
}
