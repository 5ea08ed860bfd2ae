/** Headers or query parameters in both of the forms that Lambda events carry. */
export interface Values {
    /** The last value of each. */
    single: Record<string, string>;
    multi: Record<string, string[]>;
}

/** Reads headers, keeping their names as sent, without those in `except` (lower-case names). */
export function readHeaders(rawHeaders: string[], except: ReadonlySet<string>): Values {
    const values: Values = { single: {}, multi: {} };
    for (let at = 0; at + 1 < rawHeaders.length; at += 2) {
        const name = rawHeaders[at];
        if (name !== undefined && !except.has(name.toLowerCase())) add(values, name, rawHeaders[at + 1]);
    }
    return values;
}

export function readQuery(query: string): Values {
    const values: Values = { single: {}, multi: {} };
    if (query === "") return values;
    for (const [name, value] of new URLSearchParams(query)) add(values, name, value);
    return values;
}

function add(values: Values, name: string | undefined, value: string | undefined): void {
    if (name === undefined || value === undefined) return;
    // Defined, not assigned: a parameter named __proto__ is data like any other.
    if (name === "__proto__") return;
    values.single[name] = value;
    const list = values.multi[name];
    if (list === undefined) values.multi[name] = [value];
    else list.push(value);
}

/** `Application/JSON; charset=utf-8` → `application/json`. */
export function mediaType(header: string | undefined): string | undefined {
    if (header === undefined) return undefined;
    const end = header.search(/[;,]/);
    const type = (end < 0 ? header : header.slice(0, end)).trim().toLowerCase();
    return type === "" ? undefined : type;
}

/** The media types of an Accept header, without their parameters. */
export function acceptedTypes(header: string | undefined): string[] {
    return (header ?? "").split(",").flatMap((part) => mediaType(part) ?? []);
}

/**
 * Whether a payload counts as binary.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-payload-encodings-workflow.html
 */
export function isBinary(binaryMediaTypes: string[], type: string | undefined): boolean {
    return binaryMediaTypes.some((pattern) => {
        if (pattern === "*/*") return true;
        if (type === undefined) return false;
        return pattern.endsWith("/*") ? type.startsWith(pattern.slice(0, -1)) : pattern.toLowerCase() === type;
    });
}

/**
 * The key of a map by content type that suits best: one that the client accepts, else JSON, else the first.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-integration-settings-integration-response.html
 */
export function selectByAccept(keys: string[], accept: string | undefined): string | undefined {
    for (const type of acceptedTypes(accept)) {
        const match = keys.find((key) => key.toLowerCase() === type);
        if (match !== undefined) return match;
    }
    return keys.includes("application/json") ? "application/json" : keys[0];
}
