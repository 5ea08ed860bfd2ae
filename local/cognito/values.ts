import { invalidParameter } from "./refusals";

/** Reads of untyped requests and graph inputs. */

type Values = Record<string, unknown>;

export function asRecord(value: unknown): Values {
    return typeof value === "object" && value !== null && !Array.isArray(value) ? { ...value } : {};
}

export function asList(value: unknown): unknown[] {
    return Array.isArray(value) ? value : [];
}

export function asTexts(value: unknown): string[] {
    return asList(value).filter((item): item is string => typeof item === "string");
}

/** Members of other types become text: attributes of users are always text. */
export function asTextMap(value: unknown): Record<string, string> {
    const entries = Object.entries(asRecord(value)).filter(([, item]) => item !== null && item !== undefined);
    return Object.fromEntries(entries.map(([name, item]) => [name, String(item)]));
}

/** Absent where the request has none, as triggers see it too. */
export function optionalTextMap(values: Values, name: string): Record<string, string> | undefined {
    return values[name] === undefined || values[name] === null ? undefined : asTextMap(values[name]);
}

/** Absent when empty. */
export function optionalText(values: Values, name: string): string | undefined {
    const value = values[name];
    if (value === undefined || value === null || value === "") return undefined;
    if (typeof value !== "string") throw invalidParameter(`${name} must be a string.`);
    return value;
}

export function requiredText(values: Values, name: string): string {
    const value = optionalText(values, name);
    if (value !== undefined) return value;
    const member = `${name.charAt(0).toLowerCase()}${name.slice(1)}`;
    throw invalidParameter(
        `1 validation error detected: Value at '${member}' failed to satisfy constraint: Member must not be null`,
    );
}

/** Of `AuthParameters` and `ChallengeResponses`. */
export function requiredParameter(parameters: Record<string, string>, name: string): string {
    const value = parameters[name];
    if (value === undefined || value === "") throw invalidParameter(`Missing required parameter ${name}`);
    return value;
}

export function optionalNumber(values: Values, name: string): number | undefined {
    const value = values[name];
    if (value === undefined || value === null) return undefined;
    const number = Number(value);
    if (!Number.isFinite(number)) throw invalidParameter(`${name} must be a number.`);
    return number;
}

/** From the `[{ Name, Value }]` of requests. */
export function attributesOf(values: Values, name: string): Record<string, string> {
    const attributes: Record<string, string> = {};
    for (const item of asList(values[name]).map(asRecord)) {
        attributes[requiredText(item, "Name")] = typeof item["Value"] === "string" ? item["Value"] : "";
    }
    return attributes;
}

/** As the `preSignUp` trigger gets it. */
export function validationData(input: Values): Record<string, string> | null {
    return Array.isArray(input["ValidationData"]) ? attributesOf(input, "ValidationData") : null;
}

/** To the `[{ Name, Value }]` of answers. */
export function namedValues(attributes: Record<string, string>): { Name: string; Value: string }[] {
    return Object.entries(attributes).map(([Name, Value]) => ({ Name, Value }));
}

/** The JSON protocols send times as seconds since 1970. */
export function seconds(milliseconds: number): number {
    return milliseconds / 1000;
}

/** One page of a list, by `Limit`-like and token members of a request. */
export function page<T>(items: T[], limit: number, token: string | undefined): { items: T[]; next?: string } {
    const start = token === undefined ? 0 : Number(Buffer.from(token, "base64url").toString());
    if (!Number.isInteger(start) || start < 0) throw invalidParameter("Invalid pagination token");
    const end = start + limit;
    const shown = items.slice(start, end);
    return end < items.length
        ? { items: shown, next: Buffer.from(String(end)).toString("base64url") }
        : { items: shown };
}
