import { Compile, parse } from "velocityjs";

import { JAVA_STRING_METHODS } from "./java-strings";
import { compileJsonPath, type JsonPath } from "./json-path";

/** What a template can read. */
export interface TemplateScope {
    /** The payload as text. */
    body: string;
    params: { path: Record<string, string>; querystring: Record<string, string>; header: Record<string, string> };
    /** `$context`; a template may set `requestOverride` and `responseOverride` in it. */
    context: Record<string, unknown>;
    stageVariables: Record<string, string>;
}

/** Throws an Error when the template asks for what cannot be done, for example to parse a payload that is not JSON. */
export type MappingTemplate = (scope: TemplateScope) => string;

/**
 * Compiles a mapping template (Velocity with API Gateway's `$input`, `$context`, `$util`, `$stageVariables`).
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-mapping-template-reference.html
 * @throws Error when the template is not valid Velocity.
 */
export function compileMappingTemplate(text: string): MappingTemplate {
    const syntax = parse(text);
    return (scope) => {
        const variables = {
            input: inputOf(scope),
            context: scope.context,
            stageVariables: scope.stageVariables,
            util: UTIL,
        };
        // The third argument leaves references without a value empty, as API Gateway does.
        return new Compile(syntax, { customMethodHandlers: JAVA_STRING_METHODS }).render(variables, {}, true);
    };
}

const compiledPaths = new Map<string, JsonPath>();

function jsonPath(expression: string): JsonPath {
    let compiled = compiledPaths.get(expression);
    if (compiled === undefined) {
        compiled = compileJsonPath(expression);
        compiledPaths.set(expression, compiled);
    }
    return compiled;
}

function inputOf(scope: TemplateScope): Record<string, unknown> {
    let document: { value: unknown } | undefined;
    const read = (expression: string): unknown => {
        document ??= { value: scope.body === "" ? {} : JSON.parse(scope.body) };
        return jsonPath(expression)(document.value);
    };
    const { path, querystring, header } = scope.params;
    return {
        body: scope.body,
        path: (expression: string) => read(expression) ?? "",
        json: (expression: string) => {
            const value = read(expression);
            return value === undefined ? "" : JSON.stringify(value);
        },
        params: (name?: string) =>
            name === undefined ? scope.params : (path[name] ?? querystring[name] ?? headerValue(header, name) ?? ""),
    };
}

function headerValue(headers: Record<string, string>, name: string): string | undefined {
    const wanted = name.toLowerCase();
    return Object.entries(headers).find(([key]) => key.toLowerCase() === wanted)?.[1];
}

const UTIL = {
    escapeJavaScript,
    parseJson: (text: string): unknown => JSON.parse(text),
    urlEncode: (text: string) => new URLSearchParams({ "": String(text) }).toString().slice(1),
    urlDecode: (text: string) => decodeURIComponent(String(text).replace(/\+/g, " ")),
    base64Encode: (text: string) => Buffer.from(String(text)).toString("base64"),
    base64Decode: (text: string) => Buffer.from(String(text), "base64").toString("utf8"),
};

const ESCAPES: Record<string, string> = { "\b": "\\b", "\n": "\\n", "\t": "\\t", "\f": "\\f", "\r": "\\r" };

/** Escapes as ECMAScript strings need it; a single quote too, which is no valid JSON escape (AWS's page says so). */
function escapeJavaScript(text: unknown): string {
    return String(text).replace(/["'\\/]|[^ -~]/g, (character) => {
        if (/["'\\/]/.test(character)) return `\\${character}`;
        return ESCAPES[character] ?? `\\u${character.charCodeAt(0).toString(16).toUpperCase().padStart(4, "0")}`;
    });
}
