import {
    DEFAULT_INTEGRATION_TIMEOUT_MS,
    type IntegrationDefinition,
    type IntegrationResponseDefinition,
    type IntegrationType,
} from "./definition";
import { asNumber, asRecord, asText, asTextMap } from "./values";

const TYPES: Record<string, IntegrationType> = {
    aws: "AWS",
    aws_proxy: "AWS_PROXY",
    http: "HTTP",
    http_proxy: "HTTP_PROXY",
    mock: "MOCK",
};

/**
 * Reads `x-amazon-apigateway-integration`.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-swagger-extensions-integration.html
 * @param where Method and path, for the error's text.
 */
export function readIntegration(where: string, declared: Record<string, unknown>): IntegrationDefinition {
    return {
        type: integrationType(where, asText(declared["type"])),
        uri: asText(declared["uri"]) ?? "",
        httpMethod: asText(declared["httpMethod"])?.toUpperCase() ?? "POST",
        credentials: asText(declared["credentials"]),
        passthroughBehavior: passthroughBehavior(asText(declared["passthroughBehavior"])),
        timeoutInMillis: asNumber(declared["timeoutInMillis"]) ?? DEFAULT_INTEGRATION_TIMEOUT_MS,
        requestParameters: asTextMap(declared["requestParameters"]),
        requestTemplates: asTextMap(declared["requestTemplates"]),
        responses: Object.entries(asRecord(declared["responses"])).map(([pattern, response]) =>
            readIntegrationResponse(pattern, asRecord(response)),
        ),
    };
}

function readIntegrationResponse(pattern: string, response: Record<string, unknown>): IntegrationResponseDefinition {
    return {
        selectionPattern: pattern === "default" ? undefined : pattern,
        statusCode: asNumber(response["statusCode"]) ?? 200,
        responseParameters: asTextMap(response["responseParameters"]),
        responseTemplates: asTextMap(response["responseTemplates"]),
    };
}

/** @throws Error naming the method when the type is unknown. */
export function integrationType(where: string, type: string | undefined): IntegrationType {
    const known = TYPES[type?.toLowerCase() ?? ""];
    if (known !== undefined) return known;
    const allowed = Object.keys(TYPES).join(", ");
    throw new Error(`The integration of ${where} has the type ${JSON.stringify(type)}. Allowed are ${allowed}.`);
}

export function passthroughBehavior(declared: string | undefined): IntegrationDefinition["passthroughBehavior"] {
    const behavior = declared?.toUpperCase();
    return behavior === "NEVER" || behavior === "WHEN_NO_TEMPLATES" ? behavior : "WHEN_NO_MATCH";
}
