import { ServiceError } from "../errors";
import type { JsonObject } from "../service";
import { isObject } from "./names";

/** One member of `TransactItems`. */
export interface TransactionAction {
    kind: "Put" | "Update" | "Delete" | "ConditionCheck" | "Get";
    /** The operation on one item that does the same; a condition check is a deletion that is not committed. */
    operation: "PutItem" | "UpdateItem" | "DeleteItem" | "GetItem";
    input: JsonObject;
}

const OPERATIONS = {
    Put: "PutItem",
    Update: "UpdateItem",
    Delete: "DeleteItem",
    ConditionCheck: "DeleteItem",
    Get: "GetItem",
} as const;

/** @throws ServiceError `ValidationException` when `TransactItems` is not a list of such actions. */
export function transactionActions(
    input: JsonObject,
    kinds: TransactionAction["kind"][],
    most: number,
): TransactionAction[] {
    const items = input["TransactItems"];
    if (!Array.isArray(items)) throw constraint("null", "Member must not be null");
    if (items.length === 0) throw constraint("'[]'", "Member must have length greater than or equal to 1");
    if (items.length > most) throw constraint("'[…]'", `Member must have length less than or equal to ${most}`);
    return items.map((item: unknown, index) => parse(item, kinds, index));
}

function parse(item: unknown, kinds: TransactionAction["kind"][], index: number): TransactionAction {
    const given = isObject(item) ? kinds.filter((kind) => isObject(item[kind])) : [];
    const [kind] = given;
    if (!isObject(item) || kind === undefined || given.length > 1) {
        throw invalid("TransactItems can only contain one of Check, Put, Update or Delete");
    }
    const content = item[kind];
    if (!isObject(content)) throw invalid("TransactItems can only contain one of Check, Put, Update or Delete");
    const member = `transactItems.${index + 1}.member.${kind.charAt(0).toLowerCase()}${kind.slice(1)}`;
    if (kind === "ConditionCheck") checkPresent(content, "ConditionExpression", member);
    if (kind === "Update") checkPresent(content, "UpdateExpression", member);
    return { kind, operation: OPERATIONS[kind], input: content };
}

function checkPresent(content: JsonObject, name: string, path: string): void {
    if (typeof content[name] === "string") return;
    throw invalid(
        `1 validation error detected: Value null at '${path}.${name.charAt(0).toLowerCase()}${name.slice(1)}' ` +
            "failed to satisfy constraint: Member must not be null",
    );
}

function constraint(value: string, rule: string): ServiceError {
    return invalid(
        `1 validation error detected: Value ${value} at 'transactItems' failed to satisfy constraint: ${rule}`,
    );
}

function invalid(message: string): ServiceError {
    return new ServiceError("ValidationException", message);
}
