import { parse as parseYaml } from "yaml";

import {
    type ApiDefinition,
    asIdentitySources,
    type AuthorizerDefinition,
    DEFAULT_AUTHORIZER_TTL_SECONDS,
    emptyDefinition,
    type MethodDefinition,
} from "./definition";
import { readIntegration } from "./openapi-integration";
import { asList, asNumber, asRecord, asText, asTextMap, asTexts, stableId } from "./values";

const HTTP_METHODS = ["get", "put", "post", "delete", "options", "head", "patch"];
const ANY_METHOD = "x-amazon-apigateway-any-method";
const SHARED_PARAMETER = /^#\/(?:components\/)?parameters\/(.+)$/;
const REFERENCE = /^#\/(?:definitions|components\/schemas)\//;

/** One document in the making. */
interface Reading {
    apiId: string;
    document: Record<string, unknown>;
    /** True for Swagger 2.0, false for OpenAPI 3. */
    swagger: boolean;
    schemes: Record<string, unknown>;
    definition: ApiDefinition;
}

/**
 * Reads Swagger 2.0 or OpenAPI 3.0 with API Gateway's extensions.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-swagger-extensions.html
 * @throws Error when the text is no such document.
 */
export function parseOpenApi(apiId: string, body: string): ApiDefinition {
    const document = parseDocument(body);
    const swagger = document["swagger"] !== undefined;
    const components = asRecord(document["components"]);
    const definition = emptyDefinition();
    const schemes = asRecord(swagger ? document["securityDefinitions"] : components["securitySchemes"]);
    const reading: Reading = { apiId, document, swagger, schemes, definition };

    definition.binaryMediaTypes = asTexts(document["x-amazon-apigateway-binary-media-types"]);
    const keySource = asText(document["x-amazon-apigateway-api-key-source"])?.toUpperCase();
    definition.apiKeySource = keySource === "AUTHORIZER" ? "AUTHORIZER" : "HEADER";
    const policy = document["x-amazon-apigateway-policy"];
    if (policy !== undefined) definition.policy = JSON.stringify(policy);

    const schemas = asRecord(swagger ? document["definitions"] : components["schemas"]);
    for (const [name, schema] of Object.entries(schemas)) addModel(reading, name, schema);
    readGatewayResponses(reading);
    readAuthorizers(reading);
    readPaths(reading);
    return definition;
}

function parseDocument(body: string): Record<string, unknown> {
    let parsed: unknown;
    try {
        parsed = body.trimStart().startsWith("{") ? JSON.parse(body) : parseYaml(body);
    } catch (error) {
        const why = error instanceof Error ? error.message : String(error);
        throw new Error(`The body of the REST API is neither valid JSON nor valid YAML: ${why}`, { cause: error });
    }
    const document = asRecord(parsed);
    if (document["swagger"] === undefined && document["openapi"] === undefined) {
        throw new Error('The body of the REST API has neither "swagger": "2.0" nor "openapi": "3.0.x".');
    }
    return document;
}

function addModel(reading: Reading, name: string, schema: unknown): void {
    reading.definition.models.set(name, {
        id: stableId(`${reading.apiId}/models/${name}`, 6),
        name,
        contentType: "application/json",
        schema: asRecord(withLocalReferences(schema)),
    });
}

/** References to models read `#/definitions/…` whichever version of the format they were written in. */
function withLocalReferences(schema: unknown): unknown {
    if (Array.isArray(schema)) return schema.map(withLocalReferences);
    if (typeof schema !== "object" || schema === null) return schema;
    return Object.fromEntries(
        Object.entries(schema).map(([key, value]) => [
            key,
            key === "$ref" && typeof value === "string"
                ? value.replace(REFERENCE, "#/definitions/")
                : withLocalReferences(value),
        ]),
    );
}

function readGatewayResponses({ document, definition }: Reading): void {
    const responses = asRecord(document["x-amazon-apigateway-gateway-responses"]);
    for (const [type, value] of Object.entries(responses)) {
        const response = asRecord(value);
        definition.gatewayResponses.set(type, {
            statusCode: asNumber(response["statusCode"]),
            responseParameters: asTextMap(response["responseParameters"]),
            responseTemplates: asTextMap(response["responseTemplates"]),
        });
    }
}

function readAuthorizers({ apiId, schemes, definition }: Reading): void {
    for (const [name, value] of Object.entries(schemes)) {
        const scheme = asRecord(value);
        if (scheme["x-amazon-apigateway-authorizer"] === undefined) continue;
        const declared = asRecord(scheme["x-amazon-apigateway-authorizer"]);
        const type = authorizerType(name, asText(declared["type"]));
        definition.authorizers.set(name, {
            id: stableId(`${apiId}/authorizers/${name}`, 6),
            name,
            type,
            identitySource: identitySourceOf(type, asText(declared["identitySource"]), asText(scheme["name"])),
            identityValidationExpression: asText(declared["identityValidationExpression"]),
            authorizerUri: asText(declared["authorizerUri"]),
            authorizerCredentials: asText(declared["authorizerCredentials"]),
            authorizerResultTtlInSeconds:
                asNumber(declared["authorizerResultTtlInSeconds"]) ?? DEFAULT_AUTHORIZER_TTL_SECONDS,
            providerArns: asTexts(declared["providerARNs"]),
        });
    }
}

function authorizerType(name: string, type: string | undefined): AuthorizerDefinition["type"] {
    switch (type?.toLowerCase()) {
        case "token":
            return "TOKEN";
        case "request":
            return "REQUEST";
        case "cognito_user_pools":
            return "COGNITO_USER_POOLS";
        default:
            throw new Error(
                `The authorizer "${name}" has the type ${JSON.stringify(type)}. ` +
                    "Allowed are token, request and cognito_user_pools.",
            );
    }
}

/** Where a token authorizer names no source, its scheme's own header is meant; a request authorizer may do without. */
function identitySourceOf(
    type: AuthorizerDefinition["type"],
    declared: string | undefined,
    header: string | undefined,
): string[] {
    if (declared !== undefined) return asIdentitySources(declared);
    return type === "REQUEST" ? [] : [`method.request.header.${header ?? "Authorization"}`];
}

function readPaths(reading: Reading): void {
    for (const [declaredPath, value] of Object.entries(asRecord(reading.document["paths"]))) {
        const item = asRecord(value);
        // API Gateway makes no difference between `/orders` and `/orders/`.
        const path = declaredPath.replace(/(?<=.)\/+$/, "");
        const methods = new Map<string, MethodDefinition>();
        for (const method of [...HTTP_METHODS, ANY_METHOD]) {
            if (item[method] === undefined) continue;
            const httpMethod = method === ANY_METHOD ? "ANY" : method.toUpperCase();
            const shared = asList(item["parameters"]);
            methods.set(httpMethod, readMethod(reading, `${httpMethod} ${path}`, asRecord(item[method]), shared));
        }
        const id = stableId(`${reading.apiId}/resources${path}`, 6);
        reading.definition.resources.set(path, { id, path, methods });
    }
}

function readMethod(
    reading: Reading,
    where: string,
    operation: Record<string, unknown>,
    sharedParameters: unknown[],
): MethodDefinition {
    const validator = validatorOf(reading, operation);
    const method: MethodDefinition = {
        authorizationType: "NONE",
        authorizationScopes: [],
        apiKeyRequired: false,
        operationName: asText(operation["operationId"]),
        requestParameters: {},
        requestModels: {},
        validateRequestBody: validator["validateRequestBody"] === true,
        validateRequestParameters: validator["validateRequestParameters"] === true,
    };
    const integration = operation["x-amazon-apigateway-integration"];
    if (integration !== undefined) method.integration = readIntegration(where, asRecord(integration));
    readParameters(reading, where, method, operation, [...sharedParameters, ...asList(operation["parameters"])]);
    readSecurity(reading, method, operation);
    return method;
}

function validatorOf({ document }: Reading, operation: Record<string, unknown>): Record<string, unknown> {
    const key = "x-amazon-apigateway-request-validator";
    const name = asText(operation[key]) ?? asText(document[key]);
    const validators = asRecord(document["x-amazon-apigateway-request-validators"]);
    return name === undefined ? {} : asRecord(validators[name]);
}

const LOCATIONS: Record<string, string> = { query: "querystring", header: "header", path: "path" };

function readParameters(
    reading: Reading,
    where: string,
    method: MethodDefinition,
    operation: Record<string, unknown>,
    parameters: unknown[],
): void {
    for (const value of parameters) {
        const parameter = declaredParameter(reading, value);
        const location = LOCATIONS[asText(parameter["in"]) ?? ""];
        if (location !== undefined) {
            const name = `method.request.${location}.${asText(parameter["name"])}`;
            method.requestParameters[name] = parameter["required"] === true;
        } else if (parameter["in"] === "body") {
            const consumed = asTexts(operation["consumes"] ?? reading.document["consumes"]);
            const types = consumed.length === 0 ? ["application/json"] : consumed;
            for (const type of types) addRequestModel(reading, where, method, type, parameter["schema"]);
        }
    }
    for (const [type, media] of Object.entries(asRecord(asRecord(operation["requestBody"])["content"]))) {
        addRequestModel(reading, where, method, type, asRecord(media)["schema"]);
    }
}

/** A parameter, or the shared one that it refers to. */
function declaredParameter({ document, swagger }: Reading, value: unknown): Record<string, unknown> {
    const parameter = asRecord(value);
    const shared = swagger ? document["parameters"] : asRecord(document["components"])["parameters"];
    const name = SHARED_PARAMETER.exec(asText(parameter["$ref"]) ?? "")?.[1];
    return name === undefined ? parameter : asRecord(asRecord(shared)[name]);
}

function addRequestModel(
    reading: Reading,
    where: string,
    method: MethodDefinition,
    contentType: string,
    schema: unknown,
): void {
    if (schema === undefined) return;
    const reference = asText(asRecord(schema)["$ref"])?.replace(REFERENCE, "");
    const name = reference ?? `MODEL${stableId(`${reading.apiId} ${where} ${contentType}`, 6)}`;
    if (reference === undefined) addModel(reading, name, schema);
    method.requestModels[contentType] = name;
}

function readSecurity(reading: Reading, method: MethodDefinition, operation: Record<string, unknown>): void {
    if (asText(asRecord(operation["x-amazon-apigateway-auth"])["type"])?.toUpperCase() === "AWS_IAM") {
        method.authorizationType = "AWS_IAM";
    }
    for (const requirement of asList(operation["security"] ?? reading.document["security"])) {
        for (const [name, scopes] of Object.entries(asRecord(requirement))) {
            const authorizer = reading.definition.authorizers.get(name);
            const scheme = asRecord(reading.schemes[name]);
            if (authorizer !== undefined) {
                const cognito = authorizer.type === "COGNITO_USER_POOLS";
                method.authorizationType = cognito ? "COGNITO_USER_POOLS" : "CUSTOM";
                method.authorizer = name;
                method.authorizationScopes = asTexts(scopes);
            } else if (asText(scheme["x-amazon-apigateway-authtype"])?.toLowerCase() === "awssigv4") {
                method.authorizationType = "AWS_IAM";
            } else if (scheme["type"] === "apiKey" && asText(scheme["name"])?.toLowerCase() === "x-api-key") {
                method.apiKeyRequired = true;
            }
        }
    }
}
