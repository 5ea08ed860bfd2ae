import type { Integrate } from "../api";
import type { IntegrationDefinition } from "../definition";
import { GatewayError, INTERNAL_ERROR } from "../gateway-error";
import { asRecord, asText } from "../values";
import { compileRequest, parseOrNothing } from "./integration-request";
import { compileResponses } from "./integration-response";

/**
 * Answers without a backend: the request template's `statusCode` chooses the response.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/how-to-mock-integration.html
 */
export function mock(integration: IntegrationDefinition): Integrate {
    const buildRequest = compileRequest(integration);
    const buildResponse = compileResponses(integration);
    return async (invocation) => {
        const chosen = asRecord(parseLeniently(buildRequest(invocation).body));
        const status = asText(chosen["statusCode"]);
        if (status === undefined) throw new GatewayError("API_CONFIGURATION_ERROR", INTERNAL_ERROR);
        return buildResponse(invocation, { selector: status, header: {}, body: "" });
    };
}

/** API Gateway takes `{statusCode: 200}` for JSON, and templates in the wild rely on it. */
function parseLeniently(text: string): unknown {
    return parseOrNothing(text) ?? parseOrNothing(text.replace(/([{,]\s*)([A-Za-z_]\w*)(\s*:)/g, '$1"$2"$3'));
}
