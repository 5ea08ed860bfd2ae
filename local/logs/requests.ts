import type { JsonObject } from "../service";
import { invalidMember, invalidParameter } from "./refusals";

/** Reads members of requests, as https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/ constrains them. */

/** Absent when the request has none. */
export function optionalText(input: JsonObject, member: string): string | undefined {
    const value = input[member];
    if (value === undefined || value === null) return undefined;
    if (typeof value !== "string") throw invalidParameter(`${member} must be a string.`);
    return value;
}

function named(member: string, value: string | undefined, pattern: RegExp, shown: string): string {
    if (value === undefined) throw invalidMember(member, undefined, "Member must not be null");
    if (value === "") throw invalidMember(member, value, "Member must have length greater than or equal to 1");
    if (value.length > 512) throw invalidMember(member, value, "Member must have length less than or equal to 512");
    if (!pattern.test(value)) {
        throw invalidMember(member, value, `Member must satisfy regular expression pattern: ${shown}`);
    }
    return value;
}

export function logGroupName(input: JsonObject): string {
    const value = optionalText(input, "logGroupName");
    return named("logGroupName", value, /^[.\-_/#A-Za-z0-9]+$/, "[\\.\\-_/#A-Za-z0-9]+");
}

export function logStreamName(input: JsonObject, member = "logStreamName"): string {
    return named(member, optionalText(input, member), /^[^:*]+$/, "[^:*]*");
}

/** The group that `logGroupName` names, or `logGroupIdentifier`, which may be its ARN. */
export function logGroupOf(input: JsonObject): string {
    const identifier = optionalText(input, "logGroupIdentifier");
    if (identifier === undefined) return logGroupName(input);
    if (optionalText(input, "logGroupName") !== undefined) {
        throw invalidParameter("Give either logGroupName or logGroupIdentifier, not both.");
    }
    return logGroupName({ logGroupName: nameInArn(identifier) });
}

/** `arn:aws:logs:<region>:<account>:log-group:<name>` with or without `:*`; anything else is taken for a name. */
export function nameInArn(arn: string): string {
    return /^arn:[^:]+:logs:[^:]*:[^:]*:log-group:([^:]+)(:\*)?$/.exec(arn)?.[1] ?? arn;
}

/** Absent when the request has none. */
export function optionalTime(input: JsonObject, member: string): number | undefined {
    const value = input[member];
    if (value === undefined || value === null) return undefined;
    if (typeof value !== "number" || value < 0) {
        throw invalidMember(member, value, "Member must have value greater than or equal to 0");
    }
    return value;
}

/** `limit`; by default its highest value. */
export function limit(input: JsonObject, highest: number): number {
    const value = input["limit"] ?? highest;
    if (typeof value !== "number" || !Number.isInteger(value) || value < 1) {
        throw invalidMember("limit", value, "Member must have value greater than or equal to 1");
    }
    if (value > highest) throw invalidMember("limit", value, `Member must have value less than or equal to ${highest}`);
    return value;
}

export function tags(input: JsonObject, member = "tags"): Record<string, string> {
    const value = input[member] ?? {};
    if (typeof value !== "object" || Array.isArray(value) || value === null) {
        throw invalidParameter(`${member} must be a map of strings.`);
    }
    return Object.fromEntries(Object.entries(value).map(([key, text]) => [key, String(text)]));
}

/** Absent when the request has none. */
export function optionalTexts(input: JsonObject, member: string): string[] | undefined {
    const value = input[member];
    if (value === undefined || value === null) return undefined;
    if (!Array.isArray(value)) throw invalidParameter(`${member} must be a list of strings.`);
    return value.map(String);
}

/** One page of a list sorted by `key`; the token names the key that the next page follows. */
export function page<T>(
    items: T[],
    key: (item: T) => string,
    input: JsonObject,
    highest: number,
): { items: T[]; nextToken?: string } {
    const size = limit(input, highest);
    const token = optionalText(input, "nextToken");
    const after = token === undefined ? -1 : items.findIndex((item) => tokenOf(key(item)) === token);
    if (token !== undefined && after < 0) throw invalidParameter("The specified nextToken is invalid.");
    const shown = items.slice(after + 1, after + 1 + size);
    const last = shown.at(-1);
    return last === undefined || after + 1 + size >= items.length
        ? { items: shown }
        : { items: shown, nextToken: tokenOf(key(last)) };
}

function tokenOf(key: string): string {
    return Buffer.from(key).toString("base64");
}
