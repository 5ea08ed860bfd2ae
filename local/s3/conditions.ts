import { refusals } from "./errors";
import type { StoredObject } from "./model";

type Headers = Record<string, string>;

/**
 * Whether a reader should get the object, or has it already.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html
 * @throws ServiceError PreconditionFailed
 */
export function isModifiedFor(headers: Headers, { etag, modifiedAt }: StoredObject): boolean {
    const second = Math.floor(modifiedAt / 1000) * 1000;
    const since = Date.parse(headers["if-unmodified-since"] ?? "");
    const match = headers["if-match"];
    if (match !== undefined) {
        if (!names(match, etag)) throw refusals.preconditionFailed("If-Match");
    } else if (second > since) {
        throw refusals.preconditionFailed("If-Unmodified-Since");
    }
    const noneMatch = headers["if-none-match"];
    if (noneMatch !== undefined) return !names(noneMatch, etag);
    return !(second <= Date.parse(headers["if-modified-since"] ?? ""));
}

/**
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes.html
 * @throws ServiceError PreconditionFailed, or NoSuchKey
 */
export function checkWrite(headers: Headers, key: string, existing: StoredObject | undefined): void {
    const noneMatch = headers["if-none-match"];
    if (noneMatch !== undefined && noneMatch !== "*") {
        throw refusals.notImplemented("an If-None-Match header of a write that is not *");
    }
    if (noneMatch === "*" && existing !== undefined) throw refusals.preconditionFailed("If-None-Match");
    const match = headers["if-match"];
    if (match === undefined) return;
    if (existing === undefined) throw refusals.noSuchKey(key);
    if (!names(match, existing.etag)) throw refusals.preconditionFailed("If-Match");
}

/** @throws ServiceError PreconditionFailed, where the source of a copy is not as it should be. */
export function checkCopySource(headers: Headers, source: StoredObject): void {
    const prefix = "x-amz-copy-source-";
    const conditions = Object.entries(headers).filter(([name]) => name.startsWith(`${prefix}if-`));
    const asRead = Object.fromEntries(conditions.map(([name, value]) => [name.slice(prefix.length), value]));
    if (!isModifiedFor(asRead, source)) throw refusals.preconditionFailed("x-amz-copy-source-If-None-Match");
}

export interface Range {
    from: number;
    /** Inclusive. */
    to: number;
}

/**
 * @returns undefined where the whole object is meant, or the header cannot be read.
 * @throws ServiceError InvalidRange
 */
export function rangeOf(header: string | undefined, size: number): Range | undefined {
    const [, first = "", last = ""] = /^bytes=(\d*)-(\d*)$/.exec(header ?? "") ?? [];
    if (header === undefined || (first === "" && last === "")) return undefined;
    const from = first === "" ? Math.max(0, size - Number(last)) : Number(first);
    const to = first === "" || last === "" ? size - 1 : Math.min(Number(last), size - 1);
    if (first !== "" && last !== "" && Number(last) < Number(first)) return undefined;
    if (from >= size || (first === "" && Number(last) === 0)) throw refusals.invalidRange(header, size);
    return { from, to };
}

function names(header: string, etag: string): boolean {
    const bare = (text: string): string => text.trim().replace(/^W\//, "").replace(/"/g, "");
    return header.split(",").some((each) => each.trim() === "*" || bare(each) === bare(etag));
}
