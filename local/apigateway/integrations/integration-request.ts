import { contextOf, variableLookup } from "../context";
import type { IntegrationDefinition } from "../definition";
import { GatewayError, INTERNAL_ERROR } from "../gateway-error";
import { mediaType } from "../http-message";
import type { Invocation } from "../invocation";
import { compileMappingTemplate, type MappingTemplate, type TemplateScope } from "../mapping-template";
import { compileParameterSource, type MappingSource, type ParameterSource } from "../parameter-mapping";

/** What is sent to a backend that does not take the request as it is. */
export interface IntegrationRequest {
    body: string;
    path: Record<string, string>;
    querystring: Record<string, string>;
    header: Record<string, string>;
}

export type BuildRequest = (invocation: Invocation) => IntegrationRequest;

interface Mapping {
    place: "path" | "querystring" | "header";
    name: string;
    read: ParameterSource;
}

/**
 * Compiles an integration's parameter mappings and request templates.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/integration-passthrough-behaviors.html
 */
export function compileRequest(integration: IntegrationDefinition): BuildRequest {
    const mappings = Object.entries(integration.requestParameters).map(([target, source]) => compile(target, source));
    const templates = new Map(
        Object.entries(integration.requestTemplates).map(([type, text]) => [
            type.toLowerCase(),
            compileMappingTemplate(text),
        ]),
    );
    return (invocation) => {
        const template = select(templates, integration.passthroughBehavior, invocation);
        const request: IntegrationRequest = { body: "", path: {}, querystring: {}, header: {} };
        const source = mappingSource(invocation);
        for (const { place, name, read } of mappings) {
            const value = read(source);
            if (value !== undefined) request[place][name] = value;
        }
        const text = invocation.request.body.toString("utf8");
        request.body = template === undefined ? text : renderTemplate(template, templateScope(invocation, text));
        override(request, invocation);
        return request;
    };
}

function compile(target: string, source: string): Mapping {
    const match = /^integration\.request\.(path|querystring|header)\.(.+)$/.exec(target);
    const place = match?.[1];
    const name = match?.[2];
    if (name === undefined || (place !== "path" && place !== "querystring" && place !== "header")) {
        const allowed = "integration.request.{path|querystring|header}.<name>";
        throw new Error(`The request parameter ${JSON.stringify(target)} is not supported. Use ${allowed}.`);
    }
    return { place, name, read: compileParameterSource(source) };
}

function select(
    templates: Map<string, MappingTemplate>,
    passthrough: IntegrationDefinition["passthroughBehavior"],
    invocation: Invocation,
): MappingTemplate | undefined {
    const type = mediaType(invocation.request.headers["content-type"]) ?? "application/json";
    const template = templates.get(type) ?? templates.get("$default");
    const refused = passthrough === "NEVER" || (passthrough === "WHEN_NO_TEMPLATES" && templates.size > 0);
    if (template === undefined && refused) {
        throw new GatewayError("UNSUPPORTED_MEDIA_TYPE", "Unsupported Media Type");
    }
    return template;
}

export function mappingSource(invocation: Invocation): MappingSource {
    return {
        request: {
            path: invocation.pathParameters,
            querystring: invocation.query,
            header: invocation.headers,
            body: () => parseOrNothing(invocation.request.body.toString("utf8")),
        },
        variables: variableLookup(invocation),
    };
}

export function parseOrNothing(text: string): unknown {
    try {
        return JSON.parse(text);
    } catch {
        return undefined;
    }
}

/** @param body The payload that `$input` reads: the client's, or the backend's. */
export function templateScope(invocation: Invocation, body: string): TemplateScope {
    return {
        body,
        params: {
            path: invocation.pathParameters,
            querystring: invocation.query.single,
            header: invocation.headers.single,
        },
        context: contextOf(invocation),
        stageVariables: invocation.stage.variables,
    };
}

/** A template that fails is the API's fault, not the client's. */
export function renderTemplate(template: MappingTemplate, scope: TemplateScope): string {
    try {
        return template(scope);
    } catch {
        throw new GatewayError("API_CONFIGURATION_ERROR", INTERNAL_ERROR);
    }
}

/** https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-override-request-response-parameters.html */
function override(request: IntegrationRequest, { requestOverride }: Invocation): void {
    for (const place of ["path", "querystring", "header"] as const) {
        for (const [name, value] of Object.entries(requestOverride[place])) request[place][name] = String(value);
    }
}
