import type { APIGatewayProxyEvent } from "aws-lambda";
import type * as z from "zod/mini";

import { type FieldError, HttpProblem, invalidFields } from "./problem";

/** The header's value, whatever the case of its name. */
export function header(event: APIGatewayProxyEvent, name: string): string | undefined {
    const exact = event.headers[name];
    if (exact !== undefined) return exact;
    const lower = name.toLowerCase();
    const found = Object.keys(event.headers).find((each) => each.toLowerCase() === lower);
    return found === undefined ? undefined : event.headers[found];
}

/**
 * The body, checked against its schema.
 * @throws HttpProblem 413, 415 or 400 naming the fields that are wrong.
 */
export function parseBody<T extends z.core.$ZodType>(
    event: APIGatewayProxyEvent,
    schema: T,
    limitBytes: number,
): z.core.output<T> {
    const body = Buffer.from(event.body ?? "", event.isBase64Encoded ? "base64" : "utf8");
    if (body.length > limitBytes) {
        throw new HttpProblem(413, "body-too-large", `The body may have ${limitBytes} bytes; it has ${body.length}.`);
    }
    const type = header(event, "content-type") ?? "application/json";
    if (!/^application\/([\w.-]+\+)?json\s*(;|$)/i.test(type)) {
        throw new HttpProblem(415, "not-json", "The body must be application/json.");
    }
    return validated(parseJson(body), schema);
}

function parseJson(body: Buffer): unknown {
    try {
        return JSON.parse(body.toString("utf8"));
    } catch {
        throw new HttpProblem(400, "malformed-json", "The body is not valid JSON.");
    }
}

function validated<T extends z.core.$ZodType>(input: unknown, schema: T): z.core.output<T> {
    const result = schema._zod.run({ value: input, issues: [] }, { async: false });
    if (result instanceof Promise) throw new Error("Schemas of requests must be synchronous.");
    if (result.issues.length === 0) return result.value as z.core.output<T>;
    throw invalidFields(result.issues.flatMap(fieldErrors));
}

function fieldErrors(issue: z.core.$ZodRawIssue): FieldError[] {
    const path = (issue.path ?? []).map(String);
    if (issue.code === "unrecognized_keys") {
        const keys = Array.isArray(issue["keys"]) ? issue["keys"].map(String) : [];
        return keys.map((key) => ({ field: [...path, key].join("."), message: "is not known" }));
    }
    return [{ field: path.join(".") || "body", message: expectation(issue) }];
}

function expectation(issue: z.core.$ZodRawIssue): string {
    const limit = String(issue["minimum"] ?? issue["maximum"]);
    const unit = issue["origin"] === "string" ? " characters" : issue["origin"] === "array" ? " entries" : "";
    switch (issue.code) {
        case "invalid_type":
            if (issue.input === undefined) return "is missing";
            return `must be ${issue["expected"] === "int" ? "a whole number" : `of type ${String(issue["expected"])}`}`;
        case "too_small":
            return `must be at least ${limit}${unit}`;
        case "too_big":
            return `must be at most ${limit}${unit}`;
        case "invalid_value":
            return `must be one of ${(issue["values"] as unknown[]).join(", ")}`;
        case "invalid_format":
            return `must match ${String(issue["pattern"])}`;
        default:
            return "is wrong";
    }
}

/** ETags of a condition header; `*` stands for any. */
export function etags(value: string): string[] {
    return value.split(",").map((tag) => tag.trim().replace(/^W\//, ""));
}

export function etagOf(order: { version: number }): string {
    return `"${order.version}"`;
}
