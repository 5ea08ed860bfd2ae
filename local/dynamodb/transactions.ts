import { createHash } from "node:crypto";

import { capacityUnits, createKey, itemSize } from "dynalite/db";

import type { Clock } from "../clock";
import { ServiceError } from "../errors";
import type { JsonObject } from "../service";
import type { Records, Store } from "../store";
import { perform, validated } from "./engine";
import { isConditionFailure, performWrite } from "./items";
import { MAX_TRANSACTION_ACTIONS, MAX_TRANSACTION_BYTES } from "./limits";
import type { Item } from "./model";
import { type Place, withTableName } from "./names";
import type { ItemWrite, Storage } from "./storage";
import { StoreView } from "./store-view";
import type { Table } from "./table";
import { type TransactionAction, transactionActions } from "./transaction-actions";

/** How long a ClientRequestToken makes a repetition of TransactWriteItems have no further effect. */
const TOKEN_LIFE_MS = 10 * 60 * 1000;

interface Reason {
    Code: string;
    Message?: string;
    Item?: Item;
}

/** What a request with a token did. */
interface Completed {
    request: string;
    expires: number;
    output: JsonObject;
}

/** One action after it was tried. */
interface Attempt {
    action: TransactionAction;
    writes: ItemWrite[];
    /** The item before and after; for a ConditionCheck and for reads they are the same. */
    before: Item | undefined;
    after: Item | undefined;
    reason: Reason;
    output: JsonObject;
}

/**
 * TransactWriteItems and TransactGetItems:
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/transaction-apis.html
 */
export class Transactions {
    /** By token, in the order of their completion. */
    readonly #completed: Map<string, Completed>;
    readonly #kept: Records<Completed>;

    constructor(
        private readonly storage: Storage,
        private readonly place: Place,
        private readonly clock: Clock,
        store: Store,
    ) {
        this.#kept = store.records("dynamodb/transactions");
        this.#completed = new Map(this.#kept.load().sort(([, a], [, b]) => a.expires - b.expires));
    }

    write(input: JsonObject): JsonObject {
        const actions = this.#actions(input, ["ConditionCheck", "Put", "Delete", "Update"]);
        const token = clientRequestToken(input);
        const request = token === undefined ? "" : fingerprint(input["TransactItems"]);
        const earlier = token === undefined ? undefined : this.#earlier(token, request);
        if (earlier !== undefined) return earlier;

        const attempts = actions.map((action) => this.#try(action));
        checkDistinct(attempts, this.storage.tables);
        checkSize(attempts);
        cancelUnlessAllSucceeded(attempts);
        const output = withCapacity({}, input, attempts, "WriteCapacityUnits");
        this.storage.commit(attempts.flatMap(({ writes }) => writes));
        if (token !== undefined) {
            const completed = { request, expires: this.clock.now() + TOKEN_LIFE_MS, output };
            this.#completed.set(token, completed);
            this.#kept.put(token, completed);
        }
        return output;
    }

    get(input: JsonObject): JsonObject {
        const attempts = this.#actions(input, ["Get"]).map((action) => this.#try(action));
        checkSize(attempts);
        cancelUnlessAllSucceeded(attempts);
        const responses = attempts.map(({ output }) => (output["Item"] === undefined ? {} : { Item: output["Item"] }));
        return withCapacity({ Responses: responses }, input, attempts, "ReadCapacityUnits");
    }

    #actions(input: JsonObject, kinds: TransactionAction["kind"][]): TransactionAction[] {
        const actions = transactionActions(input, kinds, MAX_TRANSACTION_ACTIONS);
        for (const action of actions) {
            action.input = withTableName(action.input, this.place);
            if (!this.storage.tables.has(String(action.input["TableName"]))) {
                // Wrong parameters are reported before a table that does not exist.
                validated(action.operation, action.input);
                throw new ServiceError("ResourceNotFoundException", "Requested resource not found");
            }
        }
        return actions;
    }

    /** What a request with this token did, unless that is too long ago. */
    #earlier(token: string, request: string): JsonObject | undefined {
        for (const [old, { expires }] of this.#completed) {
            if (expires > this.clock.now()) break;
            this.#completed.delete(old);
            this.#kept.delete(old);
        }
        const completed = this.#completed.get(token);
        if (completed === undefined || completed.request === request) return completed?.output;
        throw new ServiceError(
            "IdempotentParameterMismatchException",
            "DynamoDB rejected the request because you retried a request with a different payload but with an " +
                "idempotent token that was already used.",
        );
    }

    #try(action: TransactionAction): Attempt {
        const view = new StoreView(this.storage.tables);
        // Each action has its own view: they concern different items, so none may see what another writes.
        try {
            const output =
                action.operation === "GetItem"
                    ? perform("GetItem", view, validated("GetItem", action.input))
                    : performWrite(action.operation, view, action.input);
            const [write] = view.writes;
            const writes = action.kind === "ConditionCheck" ? [] : view.writes;
            const before = view.lastRead;
            const after = writes.length === 0 ? before : write?.newItem;
            return { action, writes, before, after, reason: { Code: "None" }, output };
        } catch (error) {
            const reason = reasonOf(error, action);
            return { action, writes: [], before: view.lastRead, after: view.lastRead, reason, output: {} };
        }
    }
}

function clientRequestToken(input: JsonObject): string | undefined {
    const token = input["ClientRequestToken"];
    if (token === undefined || token === null) return undefined;
    if (typeof token === "string" && token.length >= 1 && token.length <= 36) return token;
    throw new ServiceError(
        "ValidationException",
        `1 validation error detected: Value '${String(token)}' at 'clientRequestToken' failed to satisfy constraint: ` +
            `Member must have length ${token === "" ? "greater than or equal to 1" : "less than or equal to 36"}`,
    );
}

function fingerprint(request: unknown): string {
    return createHash("sha256").update(JSON.stringify(request)).digest("base64");
}

/** @throws the error itself when it is no reason to cancel, but makes the whole request wrong. */
function reasonOf(error: unknown, action: TransactionAction): Reason {
    if (isConditionFailure(error)) {
        const reason = { Code: "ConditionalCheckFailed", Message: error.message };
        const item = error.fields["Item"];
        return item === undefined ? reason : { ...reason, Item: item as Item };
    }
    if (!(error instanceof ServiceError) || error.name !== "ValidationException") throw error;
    // Parameters that are wrong whatever the item holds refuse the request.
    validated(action.operation, action.input);
    return { Code: "ValidationError", Message: error.message };
}

/** https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TransactWriteItems.html */
function checkDistinct(attempts: Attempt[], tables: ReadonlyMap<string, Table>): void {
    const seen = new Set<string>();
    for (const { action, reason } of attempts) {
        const table = tables.get(String(action.input["TableName"]));
        // The key of an action that failed validation may not be one of the table's.
        if (table === undefined || reason.Code === "ValidationError") continue;
        const item = (action.kind === "Put" ? action.input["Item"] : action.input["Key"]) as Item;
        const id = `${table.description.TableName}~${createKey(item, table.description)}`;
        if (seen.has(id)) {
            throw new ServiceError(
                "ValidationException",
                "Transaction request cannot include multiple operations on one item",
            );
        }
        seen.add(id);
    }
}

function checkSize(attempts: Attempt[]): void {
    const bytes = attempts.reduce((sum, { after }) => sum + (after === undefined ? 0 : itemSize(after)), 0);
    if (bytes <= MAX_TRANSACTION_BYTES) return;
    throw new ServiceError(
        "ValidationException",
        "The aggregate size of the items in the transaction cannot exceed 4 MB",
    );
}

function cancelUnlessAllSucceeded(attempts: Attempt[]): void {
    const reasons = attempts.map(({ reason }) => reason);
    if (reasons.every(({ Code }) => Code === "None")) return;
    const codes = reasons.map(({ Code }) => Code).join(", ");
    throw new ServiceError(
        "TransactionCanceledException",
        `Transaction cancelled, please refer cancellation reasons for specific reasons [${codes}]`,
        400,
        { CancellationReasons: reasons },
    );
}

/** A transaction takes each unit twice: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/read-write-operations.html */
function withCapacity(
    output: JsonObject,
    input: JsonObject,
    attempts: Attempt[],
    unit: "ReadCapacityUnits" | "WriteCapacityUnits",
): JsonObject {
    const detail = input["ReturnConsumedCapacity"];
    if (detail !== "TOTAL" && detail !== "INDEXES") return output;
    const units = new Map<string, number>();
    for (const { action, before, after } of attempts) {
        const table = String(action.input["TableName"]);
        const isRead = unit === "ReadCapacityUnits";
        const consumed = 2 * Math.max(capacityUnits(before, isRead, true), capacityUnits(after, isRead, true));
        units.set(table, (units.get(table) ?? 0) + consumed);
    }
    const consumedCapacity = [...units].map(([TableName, CapacityUnits]) => {
        const total = { CapacityUnits, [unit]: CapacityUnits };
        return detail === "INDEXES" ? { TableName, ...total, Table: total } : { TableName, ...total };
    });
    return { ...output, ConsumedCapacity: consumedCapacity };
}
