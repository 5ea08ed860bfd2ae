import batchGetItem from "dynalite/actions/batchGetItem";
import batchWriteItem from "dynalite/actions/batchWriteItem";
import deleteItem from "dynalite/actions/deleteItem";
import getItem from "dynalite/actions/getItem";
import putItem from "dynalite/actions/putItem";
import query from "dynalite/actions/query";
import scan from "dynalite/actions/scan";
import updateItem from "dynalite/actions/updateItem";
import { checkTypes, checkValidations, type Validation } from "dynalite/validations";
import batchGetItemInput from "dynalite/validations/batchGetItem";
import batchWriteItemInput from "dynalite/validations/batchWriteItem";
import createTableInput from "dynalite/validations/createTable";
import deleteItemInput from "dynalite/validations/deleteItem";
import getItemInput from "dynalite/validations/getItem";
import listTablesInput from "dynalite/validations/listTables";
import putItemInput from "dynalite/validations/putItem";
import queryInput from "dynalite/validations/query";
import scanInput from "dynalite/validations/scan";
import updateItemInput from "dynalite/validations/updateItem";
import updateTableInput from "dynalite/validations/updateTable";

import { ServiceError } from "../errors";
import type { JsonObject } from "../service";
import { rememberExpressions } from "./expression-cache";
import { MAX_ITEM_BYTES } from "./limits";
import type { StoreView } from "./store-view";

rememberExpressions();

const actions = {
    BatchGetItem: batchGetItem,
    BatchWriteItem: batchWriteItem,
    DeleteItem: deleteItem,
    GetItem: getItem,
    PutItem: putItem,
    Query: query,
    Scan: scan,
    UpdateItem: updateItem,
};

const validations = {
    BatchGetItem: batchGetItemInput,
    BatchWriteItem: batchWriteItemInput,
    CreateTable: createTableInput,
    DeleteItem: deleteItemInput,
    GetItem: getItemInput,
    ListTables: listTablesInput,
    PutItem: putItemInput,
    Query: queryInput,
    Scan: scanInput,
    UpdateItem: updateItemInput,
    UpdateTable: updateTableInput,
} satisfies Record<string, Validation>;

export type ItemOperation = keyof typeof actions;

/** Checked parameters of an operation, with its expressions parsed. */
export type Parameters = Record<string, unknown>;

/**
 * Checks the input of an operation as DynamoDB does, and returns a copy without what dynalite does not know.
 * @throws ServiceError `ValidationException` or `SerializationException`.
 */
export function validated<T = Parameters>(operation: keyof typeof validations, input: JsonObject): T {
    const { types, custom } = validations[operation];
    try {
        const parameters = checkTypes({ ...input }, types);
        checkValidations(parameters, types, custom, { options: { maxItemSize: MAX_ITEM_BYTES } });
        // dynalite has just checked every member against the operation's shape, which T describes.
        return parameters as T;
    } catch (error) {
        throw asServiceError(error);
    }
}

/**
 * Runs an operation on the view, to its end.
 * @throws ServiceError as DynamoDB answers it.
 */
export function perform(operation: ItemOperation, view: StoreView, parameters: Parameters): JsonObject {
    let output: JsonObject | undefined;
    let failure: unknown;
    actions[operation](view, parameters, (error, value) => {
        failure = error;
        output = value;
    });
    view.flow();
    if (failure !== undefined && failure !== null) throw asServiceError(failure);
    if (output === undefined) throw new Error(`${operation} did not finish.`);
    return output;
}

/** dynalite's errors carry the body that AWS would send. */
function asServiceError(error: unknown): unknown {
    if (!(error instanceof Error) || !("body" in error)) return error;
    const { body } = error;
    if (typeof body !== "object" || body === null || !("__type" in body)) return error;
    const name = String(body.__type).replace(/^.*#/, "");
    return new ServiceError(name, error.message === "" ? messageOf(body) : error.message);
}

function messageOf(body: object): string {
    return "message" in body && typeof body.message === "string" ? body.message : "";
}
