import type { Resource } from "../../graph/model";
import type { Materialisers } from "../service";
import type { Api } from "./api";
import {
    asIdentitySources,
    type AuthorizationType,
    DEFAULT_AUTHORIZER_TTL_SECONDS,
    DEFAULT_INTEGRATION_TIMEOUT_MS,
    type IntegrationDefinition,
    type MethodDefinition,
    type ResourceDefinition,
} from "./definition";
import { integrationType, passthroughBehavior } from "./openapi-integration";
import { apiOf, idOf, partOfApi, type Registry } from "./registry";
import { asNumber, asRecord, asText, asTextMap, asTexts } from "./values";

interface Validator {
    body: boolean;
    parameters: boolean;
}

/**
 * Materialisers of the parts that an API may be declared by, one resource each, instead of an OpenAPI body.
 * A part that comes after the deployment counts too: what AWS would serve depends on the order of its creation there.
 */
export function restApiParts(registry: Registry): Materialisers {
    const validators = new Map<string, Validator>();
    const parts: Record<string, (resource: Resource, api: Api) => void> = {
        "aws:apigateway/resource:Resource": addResource,
        "aws:apigateway/method:Method": (resource, api) => addMethod(resource, api, validators),
        "aws:apigateway/integration:Integration": addIntegration,
        "aws:apigateway/integrationResponse:IntegrationResponse": addIntegrationResponse,
        "aws:apigateway/model:Model": addModel,
        "aws:apigateway/authorizer:Authorizer": addAuthorizer,
        "aws:apigateway/requestValidator:RequestValidator": ({ id, inputs }) => {
            validators.set(id, {
                body: inputs["validateRequestBody"] === true,
                parameters: inputs["validateRequestParameters"] === true,
            });
        },
    };
    const byRestApiId: Record<string, (resource: Resource, api: Api) => void> = {
        "aws:apigateway/response:Response": addGatewayResponse,
        "aws:apigateway/restApiPolicy:RestApiPolicy": ({ inputs }, api) => {
            api.definition.policy = asText(inputs["policy"]);
        },
    };
    const materialisers: Materialisers = {};
    const register = (input: string, types: typeof parts): void => {
        for (const [type, add] of Object.entries(types)) {
            materialisers[type] = {
                create: (resource) => {
                    const api = apiOf(registry, resource, input);
                    add(resource, api);
                    api.compiled = undefined;
                },
                // The whole API is made anew, without it.
                delete: () => undefined,
                partOf: ({ inputs }) => partOfApi(idOf(inputs, input)),
            };
        }
    };
    register("restApi", parts);
    register("restApiId", byRestApiId);
    return materialisers;
}

function resourceById(api: Api, { name, inputs }: Resource, input: string): ResourceDefinition {
    const id = asText(inputs[input]) ?? "";
    for (const one of api.definition.resources.values()) if (one.id === id) return one;
    throw new Error(`${name}: the REST API "${api.name}" has no resource "${id}" (input ${input}).`);
}

function methodOf(api: Api, resource: Resource): MethodDefinition {
    const owner = resourceById(api, resource, "resourceId");
    const httpMethod = asText(resource.inputs["httpMethod"])?.toUpperCase() ?? "";
    const method = owner.methods.get(httpMethod);
    if (method === undefined) throw new Error(`${resource.name}: there is no method ${httpMethod} ${owner.path}.`);
    return method;
}

function addResource(resource: Resource, api: Api): void {
    const parent = resourceById(api, resource, "parentId").path;
    const path = `${parent === "/" ? "" : parent}/${asText(resource.inputs["pathPart"])}`;
    api.definition.resources.set(path, { id: resource.id, path, methods: new Map() });
}

const AUTHORIZATION: readonly AuthorizationType[] = ["NONE", "AWS_IAM", "CUSTOM", "COGNITO_USER_POOLS"];

function addMethod(resource: Resource, api: Api, validators: Map<string, Validator>): void {
    const { name, inputs } = resource;
    const owner = resourceById(api, resource, "resourceId");
    const authorizationType = AUTHORIZATION.find((type) => type === inputs["authorization"]);
    if (authorizationType === undefined) {
        throw new Error(
            `${name}: the authorization ${JSON.stringify(inputs["authorization"])} is none of ${AUTHORIZATION.join(", ")}.`,
        );
    }
    const authorizerId = asText(inputs["authorizerId"]);
    const authorizer = [...api.definition.authorizers.values()].find(({ id }) => id === authorizerId)?.name;
    const validator = validators.get(asText(inputs["requestValidatorId"]) ?? "");
    owner.methods.set(asText(inputs["httpMethod"])?.toUpperCase() ?? "", {
        authorizationType,
        authorizer,
        authorizationScopes: asTexts(inputs["authorizationScopes"]),
        apiKeyRequired: inputs["apiKeyRequired"] === true,
        operationName: asText(inputs["operationName"]),
        requestParameters: Object.fromEntries(
            Object.entries(asRecord(inputs["requestParameters"])).map(([key, required]) => [key, required === true]),
        ),
        requestModels: asTextMap(inputs["requestModels"]),
        validateRequestBody: validator?.body ?? false,
        validateRequestParameters: validator?.parameters ?? false,
    });
}

function addIntegration(resource: Resource, api: Api): void {
    const { name, inputs } = resource;
    const integration: IntegrationDefinition = {
        type: integrationType(name, asText(inputs["type"])),
        uri: asText(inputs["uri"]) ?? "",
        httpMethod: asText(inputs["integrationHttpMethod"])?.toUpperCase() ?? "POST",
        credentials: asText(inputs["credentials"]),
        passthroughBehavior: passthroughBehavior(asText(inputs["passthroughBehavior"])),
        timeoutInMillis: asNumber(inputs["timeoutMilliseconds"]) ?? DEFAULT_INTEGRATION_TIMEOUT_MS,
        requestParameters: asTextMap(inputs["requestParameters"]),
        requestTemplates: asTextMap(inputs["requestTemplates"]),
        responses: [],
    };
    methodOf(api, resource).integration = integration;
}

function addIntegrationResponse(resource: Resource, api: Api): void {
    const { inputs, name } = resource;
    const { integration } = methodOf(api, resource);
    if (integration === undefined) throw new Error(`${name}: its method has no integration yet. Let it depend on one.`);
    integration.responses.push({
        selectionPattern: asText(inputs["selectionPattern"]),
        statusCode: asNumber(inputs["statusCode"]) ?? 200,
        responseParameters: asTextMap(inputs["responseParameters"]),
        responseTemplates: asTextMap(inputs["responseTemplates"]),
    });
}

/** Models refer to one another by `https://apigateway.amazonaws.com/restapis/<api>/models/<name>`. */
const MODEL_URL = /^https:\/\/apigateway\.amazonaws\.com\/restapis\/[^/]+\/models\/(\w+)$/;

function addModel({ id, name: logicalName, inputs, outputs }: Resource, api: Api): void {
    const name = asText(inputs["name"]) ?? asText(outputs["name"]) ?? logicalName;
    const text = asText(inputs["schema"]) ?? "{}";
    let schema: unknown;
    try {
        schema = JSON.parse(text, (key, value: unknown) => {
            if (key !== "$ref" || typeof value !== "string") return value;
            // The model's own definitions move along with it into the one document of all models.
            return value
                .replace(MODEL_URL, "#/definitions/$1")
                .replace(/^#\/definitions\/(?=.)/, (own) =>
                    MODEL_URL.test(value) ? own : `#/definitions/${name}/definitions/`,
                );
        });
    } catch {
        throw new Error(`${logicalName}: the model's schema is not valid JSON.`);
    }
    const contentType = asText(inputs["contentType"]) ?? "application/json";
    const description = asText(inputs["description"]);
    api.definition.models.set(name, { id, name, contentType, description, schema: asRecord(schema) });
}

function addAuthorizer({ id, name: logicalName, inputs, outputs }: Resource, api: Api): void {
    const name = asText(inputs["name"]) ?? asText(outputs["name"]) ?? logicalName;
    const type = asText(inputs["type"]) ?? "TOKEN";
    if (type !== "TOKEN" && type !== "REQUEST" && type !== "COGNITO_USER_POOLS") {
        throw new Error(`${logicalName}: the type ${type} is none of TOKEN, REQUEST, COGNITO_USER_POOLS.`);
    }
    const source =
        asText(inputs["identitySource"]) ?? (type === "REQUEST" ? undefined : "method.request.header.Authorization");
    api.definition.authorizers.set(name, {
        id,
        name,
        type,
        identitySource: source === undefined ? [] : asIdentitySources(source),
        identityValidationExpression: asText(inputs["identityValidationExpression"]),
        authorizerUri: asText(inputs["authorizerUri"]),
        authorizerCredentials: asText(inputs["authorizerCredentials"]),
        authorizerResultTtlInSeconds:
            asNumber(inputs["authorizerResultTtlInSeconds"]) ?? DEFAULT_AUTHORIZER_TTL_SECONDS,
        providerArns: asTexts(inputs["providerArns"]),
    });
}

function addGatewayResponse({ inputs }: Resource, api: Api): void {
    api.definition.gatewayResponses.set(asText(inputs["responseType"]) ?? "", {
        statusCode: asNumber(inputs["statusCode"]),
        responseParameters: asTextMap(inputs["responseParameters"]),
        responseTemplates: asTextMap(inputs["responseTemplates"]),
    });
}
