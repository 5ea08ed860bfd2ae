import { HttpProblem } from "../http/problem";
import type { OrderIndex } from "./keys";

/** Where a page of an index ended: DynamoDB's LastEvaluatedKey. */
export type PageKey = Record<string, string>;

/** As an opaque text for the caller. */
export function toCursor(key: PageKey): string {
    return Buffer.from(JSON.stringify(key)).toString("base64url");
}

/**
 * Reads a cursor that a caller sends back. It must be of the same partition: a made-up one shows nobody else's orders.
 * @throws HttpProblem 400
 */
export function fromCursor(cursor: string, index: OrderIndex, partition: string): PageKey {
    const wrong = new HttpProblem(400, "invalid-cursor", "cursor must be the nextCursor of an earlier page.", {
        errors: [{ field: "cursor", message: "must be the nextCursor of an earlier page" }],
    });
    let parsed: unknown;
    try {
        parsed = JSON.parse(Buffer.from(cursor, "base64url").toString("utf8"));
    } catch {
        throw wrong;
    }
    if (typeof parsed !== "object" || parsed === null) throw wrong;
    const names = ["pk", "sk", index.pk, index.sk];
    const entries = Object.entries(parsed);
    const isKey =
        entries.length === names.length &&
        entries.every(([name, value]) => names.includes(name) && typeof value === "string" && value !== "");
    const key = Object.fromEntries(entries) as PageKey;
    if (!isKey || key[index.pk] !== partition) throw wrong;
    return key;
}
