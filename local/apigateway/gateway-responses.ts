import type { HttpResponse } from "../service";
import { variableLookup } from "./context";
import type { GatewayResponseDefinition } from "./definition";
import { type GatewayError, isResponseType, RESPONSE_TYPES, type ResponseType } from "./gateway-error";
import { selectByAccept } from "./http-message";
import type { Invocation } from "./invocation";
import { compileParameterSource, type ParameterSource } from "./parameter-mapping";
import { compileTextTemplate, type TextTemplate } from "./text-template";

interface CompiledResponse {
    statusCode?: number;
    headers: [name: string, source: ParameterSource][];
    templates: Map<string, TextTemplate>;
}

const HEADER_PREFIX = "gatewayresponse.header.";

/**
 * Answers for the gateway itself.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-gatewayResponse-definition.html
 */
export class GatewayResponder {
    readonly #responses = new Map<ResponseType, CompiledResponse>();

    /** @throws Error naming the response type when it, or one of its mappings, is unknown. */
    constructor(definitions: Map<string, GatewayResponseDefinition>) {
        for (const [type, definition] of definitions) {
            if (!isResponseType(type)) {
                const known = Object.keys(RESPONSE_TYPES).join(", ");
                throw new Error(`There is no gateway response type "${type}". Allowed are ${known}.`);
            }
            this.#responses.set(type, compile(definition));
        }
    }

    respond(invocation: Invocation, error: GatewayError): HttpResponse {
        const fallback = this.#responses.get(error.status >= 500 ? "DEFAULT_5XX" : "DEFAULT_4XX");
        const own = this.#responses.get(error.responseType);
        const response = own ?? fallback;
        const headers: Record<string, string> = {
            "x-amzn-RequestId": invocation.requestId,
            "x-amzn-ErrorType": error.name,
            "x-amz-apigw-id": invocation.extendedRequestId,
        };
        const type = response && selectByAccept([...response.templates.keys()], invocation.request.headers["accept"]);
        const template = type === undefined ? undefined : response?.templates.get(type);
        headers["Content-Type"] = type ?? "application/json";
        if (response !== undefined) mapHeaders(response, invocation, headers);
        return {
            // The fallback's status counts for every type of its class that has none of its own.
            status: own?.statusCode ?? fallback?.statusCode ?? error.status,
            headers,
            body: template === undefined ? defaultBody(error) : template(variableLookup(invocation)),
        };
    }
}

function compile(definition: GatewayResponseDefinition): CompiledResponse {
    const headers: [string, ParameterSource][] = [];
    for (const [target, expression] of Object.entries(definition.responseParameters)) {
        if (!target.startsWith(HEADER_PREFIX)) continue;
        headers.push([target.slice(HEADER_PREFIX.length), compileParameterSource(expression)]);
    }
    const templates = new Map(
        Object.entries(definition.responseTemplates).map(([type, text]) => [type, compileTextTemplate(text, "")]),
    );
    return { statusCode: definition.statusCode, headers, templates };
}

function mapHeaders(response: CompiledResponse, invocation: Invocation, headers: Record<string, string>): void {
    const source = {
        request: {
            path: invocation.pathParameters,
            querystring: invocation.query,
            header: invocation.headers,
            body: () => undefined,
        },
        variables: variableLookup(invocation),
    };
    for (const [name, read] of response.headers) {
        const value = read(source);
        if (value === undefined) continue;
        const present = Object.keys(headers).find((key) => key.toLowerCase() === name.toLowerCase());
        if (present !== undefined) Reflect.deleteProperty(headers, present);
        headers[name] = value;
    }
}

/** API Gateway writes `Message` where a policy denied, and `message` everywhere else. */
function defaultBody(error: GatewayError): string {
    return JSON.stringify(error.responseType === "ACCESS_DENIED" ? { Message: error.text } : { message: error.text });
}
