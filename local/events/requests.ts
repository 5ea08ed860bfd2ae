import type { JsonObject } from "../service";
import { invalid, invalidMember } from "./refusals";

const MOST_ITEMS = 100;
const NAME = /^[.\-_A-Za-z0-9]+$/;

/** Absent when the request has none. */
export function optionalText(input: JsonObject, member: string, most = Infinity): string | undefined {
    const value = input[member];
    if (value === undefined || value === null || value === "") return undefined;
    if (typeof value !== "string") throw invalidMember(member, value, "Member must be a string");
    if (value.length > most) {
        throw invalidMember(member, value, `Member must have length less than or equal to ${most}`);
    }
    return value;
}

export function requiredText(input: JsonObject, member: string, most?: number): string {
    const value = optionalText(input, member, most);
    if (value !== undefined) return value;
    throw input[member] === ""
        ? invalidMember(member, "", "Member must have length greater than or equal to 1")
        : invalidMember(member, undefined, "Member must not be null");
}

/** A name of letters, digits, `.`, `-` and `_`. */
export function requiredName(input: JsonObject, member: string, most: number): string {
    const value = requiredText(input, member, most);
    if (NAME.test(value)) return value;
    throw invalidMember(member, value, "Member must satisfy regular expression pattern: [\\.\\-_A-Za-z0-9]+");
}

export function oneOf<T extends string>(input: JsonObject, member: string, values: readonly T[]): T | undefined {
    const value = optionalText(input, member);
    const found = values.find((each) => each === value);
    if (value !== undefined && found === undefined) {
        throw invalidMember(member, value, `Member must satisfy enum value set: [${values.join(", ")}]`);
    }
    return found;
}

export function optionalInteger(
    input: JsonObject,
    member: string,
    [least, most]: [number, number],
): number | undefined {
    const value = input[member];
    if (value === undefined || value === null) return undefined;
    if (typeof value !== "number" || !Number.isInteger(value) || value < least) {
        throw invalidMember(member, value, `Member must have value greater than or equal to ${least}`);
    }
    if (value > most) throw invalidMember(member, value, `Member must have value less than or equal to ${most}`);
    return value;
}

/** Milliseconds since 1970-01-01 UTC. */
export function requiredTime(input: JsonObject, member: string): number {
    const value = input[member];
    if (typeof value !== "number") throw invalidMember(member, value, "Member must not be null");
    return value * 1000;
}

export function list(value: unknown): unknown[] {
    return Array.isArray(value) ? value : [];
}

/** The members of an object; none where it is no object. */
export function members(value: unknown): JsonObject {
    return typeof value === "object" && value !== null && !Array.isArray(value) ? { ...value } : {};
}

export function optionalMembers(value: unknown): JsonObject | undefined {
    return value === undefined || value === null ? undefined : members(value);
}

/** Tags as the API has them: `[{ Key, Value }]`. */
export function tagsIn(input: JsonObject): [key: string, value: string][] {
    return list(input["Tags"]).map((tag) => {
        const { Key, Value } = members(tag);
        return [String(Key), String(Value)];
    });
}

/** One page of a list: 100 items at most, or `Limit`. The token names the item that the next page follows. */
export function page<T>(
    items: T[],
    key: (item: T) => string,
    input: JsonObject,
): { items: T[]; NextToken?: string | undefined } {
    const size = optionalInteger(input, "Limit", [1, MOST_ITEMS]) ?? MOST_ITEMS;
    const token = optionalText(input, "NextToken");
    const after = token === undefined ? -1 : items.findIndex((item) => tokenOf(key(item)) === token);
    if (token !== undefined && after < 0) throw invalid("Invalid NextToken.");
    const shown = items.slice(after + 1, after + 1 + size);
    const last = shown.at(-1);
    const hasMore = last !== undefined && after + 1 + size < items.length;
    return { items: shown, ...(hasMore ? { NextToken: tokenOf(key(last)) } : {}) };
}

function tokenOf(key: string): string {
    return Buffer.from(key).toString("base64");
}
