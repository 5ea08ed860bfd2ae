import type { ErrorObject } from "ajv-draft-04";

/**
 * Says a violation as API Gateway's validator words it, after the JSON Pointer of the value where that is not the whole
 * payload. The pointer is an addition: API Gateway leaves a client guessing which of many numbers is too low.
 * @param all All violations of the payload, to gather the names that belong into one message.
 */
export function describeViolation(error: ErrorObject, all: ErrorObject[]): string {
    const message = wording(error, all);
    return error.instancePath === "" ? message : `${error.instancePath}: ${message}`;
}

function wording(error: ErrorObject, all: ErrorObject[]): string {
    const found = error.data;
    const limit = parameter(error, "limit");
    switch (error.keyword) {
        case "required":
            return `object has missing required properties (${names(error, all, "missingProperty")})`;
        case "additionalProperties": {
            const unknown = names(error, all, "additionalProperty");
            return `object instance has properties which are not allowed by the schema: ${unknown}`;
        }
        case "type": {
            const types = [parameter(error, "type")].flat().map(String);
            const allowed = JSON.stringify((types.includes("number") ? ["integer", ...types] : types).sort());
            return `instance type (${typeOf(found)}) does not match any allowed primitive type (allowed: ${allowed})`;
        }
        case "enum": {
            const values = JSON.stringify(parameter(error, "allowedValues"));
            return `instance value (${JSON.stringify(found)}) not found in enum (possible values: ${values})`;
        }
        case "minimum":
            return parameter(error, "comparison") === ">"
                ? `numeric instance is not strictly greater than the required minimum ${limit}`
                : `numeric instance is lower than the required minimum (minimum: ${limit}, found: ${found})`;
        case "maximum":
            return parameter(error, "comparison") === "<"
                ? `numeric instance is not strictly lower than the required maximum ${limit}`
                : `numeric instance is greater than the required maximum (maximum: ${limit}, found: ${found})`;
        case "multipleOf":
            return `remainder of division is not zero (${found} / ${parameter(error, "multipleOf")})`;
        case "minLength":
            return `string ${JSON.stringify(found)} is too short (length: ${size(found)}, required minimum: ${limit})`;
        case "maxLength":
            return `string ${JSON.stringify(found)} is too long (length: ${size(found)}, maximum allowed: ${limit})`;
        case "pattern": {
            const pattern = JSON.stringify(parameter(error, "pattern"));
            return `ECMA 262 regex ${pattern} does not match input string ${JSON.stringify(found)}`;
        }
        case "minItems":
            return `array is too short: must have at least ${limit} elements but instance has ${size(found)} elements`;
        case "maxItems":
            return `array is too long: must have at most ${limit} elements but instance has ${size(found)} elements`;
        case "uniqueItems":
            return "array must not contain duplicate elements";
        case "minProperties":
            return `object has too few properties (found ${size(found)} but schema requires at least ${limit})`;
        case "maxProperties":
            return `object has too many properties (found ${size(found)} but schema requires at most ${limit})`;
        case "anyOf":
            return "instance failed to match at least one required schema among several";
        case "oneOf":
            return "instance failed to match exactly one schema";
        case "not":
            return "instance matched a schema which it should not have";
        default:
            return error.message ?? `instance does not satisfy "${error.keyword}"`;
    }
}

function parameter(error: ErrorObject, name: string): unknown {
    return Object.getOwnPropertyDescriptor(error.params, name)?.value;
}

/** The names at the same place that offend in the same way, sorted: `["items","sku"]`. */
function names(error: ErrorObject, all: ErrorObject[], name: string): string {
    const same = all.filter(
        (other) => other.schemaPath === error.schemaPath && other.instancePath === error.instancePath,
    );
    return JSON.stringify(same.map((other) => String(parameter(other, name))).sort());
}

function typeOf(value: unknown): string {
    if (value === null) return "null";
    if (Array.isArray(value)) return "array";
    if (typeof value === "number") return Number.isInteger(value) ? "integer" : "number";
    return typeof value;
}

function size(value: unknown): number {
    if (typeof value === "string") return [...value].length;
    return typeof value === "object" && value !== null ? Object.keys(value).length : 0;
}
