import { createHash } from "node:crypto";

import type { GraphValue, Properties } from "./model";

/** The account of every graph and of the local cloud: AWS's own example account. */
export const ACCOUNT = "123456789012";

/** A resource as its outputs are derived from it. */
export interface Declared {
    urn: string;
    type: string;
    name: string;
    inputs: Properties;
    region: string;
}

/** Lower-case hex digits that depend on the URN alone, so that two captures agree. */
export function hex(urn: string, digits: number): string {
    return createHash("sha256").update(urn).digest("hex").slice(0, digits);
}

/** Lower-case letters and digits that depend on the URN alone. */
export function alphanumeric(urn: string, length: number): string {
    const digest = createHash("sha256").update(urn).digest();
    return BigInt(`0x${digest.toString("hex")}`)
        .toString(36)
        .slice(0, length);
}

/** The name that the resource gets on AWS: the given one, or its logical name with the engine's seven hex digits. */
export function physicalName(declared: Declared, property: string = "name"): string {
    return text(declared.inputs[property]) ?? `${declared.name}-${hex(declared.urn, 7)}`;
}

export function text(value: GraphValue | undefined): string | undefined {
    return typeof value === "string" && value !== "" ? value : undefined;
}
