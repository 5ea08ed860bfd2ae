import { compileJsonPath } from "./json-path";
import type { Values } from "./http-message";
import type { Lookup } from "./text-template";

/** Where mapped values come from. */
export interface MappingSource {
    request: { path: Record<string, string>; querystring: Values; header: Values; body: () => unknown };
    /** Only while an integration's response is mapped. */
    response?: { header: Record<string, string>; body: () => unknown };
    variables: Lookup;
}

export type ParameterSource = (source: MappingSource) => string | undefined;

/**
 * Compiles the right-hand side of a parameter mapping: `'a static value'`, `method.request.header.x`,
 * `integration.response.body.$.id`, `context.requestId`, `stageVariables.x`.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/request-response-data-mappings.html
 * @throws Error naming the expression when it is none of these.
 */
export function compileParameterSource(expression: string): ParameterSource {
    if (expression.startsWith("'") && expression.endsWith("'") && expression.length > 1) {
        const value = expression.slice(1, -1);
        return () => value;
    }
    if (expression.startsWith("context.") || expression.startsWith("stageVariables.")) {
        return ({ variables }) => textOf(variables(expression));
    }
    const match = /^(method\.request|integration\.response)\.([a-z]+)(?:\.(.+))?$/.exec(expression);
    const compiled = match && compileMember(match[1] ?? "", match[2] ?? "", match[3] ?? "");
    if (compiled) return compiled;
    throw new Error(
        `The parameter mapping ${JSON.stringify(expression)} is not supported. Use a 'quoted value', ` +
            "method.request.{path|querystring|header|body}, integration.response.{header|body}, context or stageVariables.",
    );
}

function compileMember(message: string, part: string, name: string): ParameterSource | undefined {
    if (part === "body") {
        const path = compileJsonPath(name === "" ? "$" : name);
        return message === "method.request"
            ? ({ request }) => textOf(path(request.body()))
            : ({ response }) => textOf(path(response?.body()));
    }
    if (message === "integration.response") {
        return part === "header" ? ({ response }) => response?.header[name.toLowerCase()] : undefined;
    }
    switch (part) {
        case "path":
            return ({ request }) => request.path[name];
        case "querystring":
            return ({ request }) => request.querystring.single[name];
        case "multivaluequerystring":
            return ({ request }) => request.querystring.multi[name]?.join(",");
        case "header":
            return ({ request }) => byName(request.header.single, name);
        case "multivalueheader":
            return ({ request }) => byName(request.header.multi, name)?.join(",");
        default:
            return undefined;
    }
}

function byName<T>(values: Record<string, T>, name: string): T | undefined {
    if (values[name] !== undefined) return values[name];
    const wanted = name.toLowerCase();
    return Object.entries(values).find(([key]) => key.toLowerCase() === wanted)?.[1];
}

function textOf(value: unknown): string | undefined {
    if (value === undefined || value === null) return undefined;
    return typeof value === "object" ? JSON.stringify(value) : String(value);
}
