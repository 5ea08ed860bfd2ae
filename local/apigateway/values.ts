import { createHash } from "node:crypto";

/** Reading untyped input: each reader returns undefined (or an empty value) where the input has another type. */

export function asRecord(value: unknown): Record<string, unknown> {
    return typeof value === "object" && value !== null && !Array.isArray(value) ? { ...value } : {};
}

export function asText(value: unknown): string | undefined {
    if (typeof value === "string") return value === "" ? undefined : value;
    return typeof value === "number" || typeof value === "boolean" ? String(value) : undefined;
}

export function asNumber(value: unknown): number | undefined {
    if (value === null || value === undefined || value === "") return undefined;
    const number = Number(value);
    return Number.isFinite(number) ? number : undefined;
}

export function asList(value: unknown): unknown[] {
    return Array.isArray(value) ? value : [];
}

export function asRecords(value: unknown): Record<string, unknown>[] {
    return asList(value).map(asRecord);
}

export function asTexts(value: unknown): string[] {
    return asList(value).flatMap((item) => asText(item) ?? []);
}

export function asTextMap(value: unknown): Record<string, string> {
    const texts: Record<string, string> = {};
    for (const [key, item] of Object.entries(asRecord(value))) {
        if (typeof item === "object") continue;
        texts[key] = String(item);
    }
    return texts;
}

/** A short id like API Gateway's, the same for the same seed. */
export function stableId(seed: string, length: number): string {
    const digest = createHash("sha256").update(seed).digest();
    return BigInt(`0x${digest.toString("hex")}`)
        .toString(36)
        .slice(-length);
}
