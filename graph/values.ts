import { ARCHIVE, ASSET, type GraphValue, type Properties, SECRET } from "./model";

/** Marks a resource as a value: `{ "$resource": urn, "id": id }`. */
export const RESOURCE = "$resource";

// Pulumi's wire format marks special values with these keys:
// https://github.com/pulumi/pulumi/blob/master/developer-docs/architecture/deployment-execution/property-values.md
const KEY = "4dabf18193072939515e22adb298388d";
const ASSET_SIGNATURE = "c44067f5952c0a294b673a41bacd8c17";
const ARCHIVE_SIGNATURE = "0def7320c3a5731c473e5ecbe6d01bc7";
const SECRET_SIGNATURE = "1b47061264138c4ac30d75fd1eb44270";
const RESOURCE_SIGNATURE = "5cf8f73096256a8f31e491e813e4eb8e";

type Wire = { [key: string]: unknown };

function isWire(value: unknown): value is Wire {
    return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Turns a value of Pulumi's wire format into a graph's. */
export function fromWire(value: unknown): GraphValue {
    if (value === undefined || value === null) return null;
    if (Array.isArray(value)) return value.map(fromWire);
    if (!isWire(value)) return value as boolean | number | string;
    switch (value[KEY]) {
        case ASSET_SIGNATURE:
            return { [ASSET]: fromWire(members(value)) };
        case ARCHIVE_SIGNATURE:
            return { [ARCHIVE]: fromWire(members(value)) };
        case SECRET_SIGNATURE:
            return { [SECRET]: fromWire(value["value"]) };
        case RESOURCE_SIGNATURE:
            return { [RESOURCE]: String(value["urn"]), id: fromWire(value["id"]) };
        default:
            return propertiesFromWire(value);
    }
}

/** Absent members stay absent, as the provider would see them. */
export function propertiesFromWire(wire: Wire): Properties {
    const properties: Properties = {};
    for (const key of Object.keys(wire).sort()) {
        if (wire[key] !== undefined && wire[key] !== null) properties[key] = fromWire(wire[key]);
    }
    return properties;
}

function members(wire: Wire): Wire {
    return Object.fromEntries(
        Object.entries(wire).filter(([key, value]) => key !== KEY && value !== undefined && !key.startsWith("__")),
    );
}

/** The reverse of {@link fromWire}. */
export function toWire(value: GraphValue): unknown {
    if (Array.isArray(value)) return value.map(toWire);
    if (typeof value !== "object" || value === null) return value;
    const marked: [string, string][] = [
        [ASSET, ASSET_SIGNATURE],
        [ARCHIVE, ARCHIVE_SIGNATURE],
    ];
    for (const [marker, signature] of marked) {
        const inner = value[marker];
        if (isWire(inner)) return { [KEY]: signature, ...(toWire(inner) as Wire) };
    }
    if (SECRET in value) return { [KEY]: SECRET_SIGNATURE, value: toWire(value[SECRET] ?? null) };
    if (RESOURCE in value) return { [KEY]: RESOURCE_SIGNATURE, urn: value[RESOURCE], id: toWire(value["id"] ?? "") };
    return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, toWire(member)]));
}

/** The value itself where it is marked secret, at any depth. */
export function reveal(value: GraphValue): GraphValue {
    if (Array.isArray(value)) return value.map(reveal);
    if (typeof value !== "object" || value === null) return value;
    const secret = value[SECRET];
    if (secret !== undefined) return reveal(secret);
    return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, reveal(member)]));
}
