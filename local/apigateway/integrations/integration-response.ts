import type { HttpResponse } from "../../service";
import type { IntegrationDefinition, IntegrationResponseDefinition } from "../definition";
import { GatewayError, INTERNAL_ERROR } from "../gateway-error";
import { selectByAccept } from "../http-message";
import type { Invocation } from "../invocation";
import { compileMappingTemplate, type MappingTemplate } from "../mapping-template";
import { compileParameterSource, type ParameterSource } from "../parameter-mapping";
import { mappingSource, parseOrNothing, renderTemplate, templateScope } from "./integration-request";

/** What a backend answered. */
export interface BackendAnswer {
    /** Matched against the selection patterns: a status, or a function's error message. Undefined takes the default. */
    selector?: string;
    /** Lower-case names. */
    header: Record<string, string>;
    body: string;
}

export type BuildResponse = (invocation: Invocation, answer: BackendAnswer) => HttpResponse;

interface CompiledResponse {
    pattern?: RegExp;
    statusCode: number;
    headers: [name: string, source: ParameterSource][];
    templates: Map<string, MappingTemplate>;
}

const HEADER_PREFIX = "method.response.header.";

/**
 * Compiles an integration's responses: which one answers, its headers and its templates.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-integration-settings-integration-response.html
 */
export function compileResponses(integration: IntegrationDefinition): BuildResponse {
    const responses = integration.responses.map(compile);
    const byDefault = responses.find(({ pattern }) => pattern === undefined);
    return (invocation, answer) => {
        const { selector } = answer;
        const matching = responses.find(({ pattern }) => selector !== undefined && pattern?.test(selector));
        const response = matching ?? byDefault;
        if (response === undefined) throw new GatewayError("API_CONFIGURATION_ERROR", INTERNAL_ERROR);
        return build(response, invocation, answer);
    };
}

function compile(response: IntegrationResponseDefinition): CompiledResponse {
    const headers: [string, ParameterSource][] = [];
    for (const [target, source] of Object.entries(response.responseParameters)) {
        if (!target.startsWith(HEADER_PREFIX)) continue;
        headers.push([target.slice(HEADER_PREFIX.length), compileParameterSource(source)]);
    }
    return {
        // A pattern matches the whole status or message; `.` takes line breaks too, which error messages hold.
        pattern:
            response.selectionPattern === undefined ? undefined : new RegExp(`^(?:${response.selectionPattern})$`, "s"),
        statusCode: response.statusCode,
        headers,
        templates: new Map(
            Object.entries(response.responseTemplates).map(([type, text]) => [type, compileMappingTemplate(text)]),
        ),
    };
}

function build(response: CompiledResponse, invocation: Invocation, answer: BackendAnswer): HttpResponse {
    const source = {
        ...mappingSource(invocation),
        response: { header: answer.header, body: () => parseOrNothing(answer.body) },
    };
    const headers: Record<string, string> = {};
    const type = selectByAccept([...response.templates.keys()], invocation.request.headers["accept"]);
    headers["Content-Type"] = type ?? answer.header["content-type"] ?? "application/json";
    for (const [name, read] of response.headers) {
        const value = read(source);
        if (value !== undefined) set(headers, name, value);
    }
    const template = type === undefined ? undefined : response.templates.get(type);
    const body =
        template === undefined ? answer.body : renderTemplate(template, templateScope(invocation, answer.body));
    const { status, header } = invocation.responseOverride;
    for (const [name, value] of Object.entries(header)) set(headers, name, String(value));
    return { status: status === undefined ? response.statusCode : Number(status), headers, body };
}

function set(headers: Record<string, string>, name: string, value: string): void {
    const present = Object.keys(headers).find((key) => key.toLowerCase() === name.toLowerCase());
    headers[present ?? name] = value;
}
