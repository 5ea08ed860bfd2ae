import type { ApiOperation } from "../../schemas/orders/operations";
import { toDraft4 } from "../../schemas/json-schema";
import { EVENT_RESPONSE_HEADERS, eventIntegration, type EventIntegrationInput } from "./event-integration";
import { gatewayResponses } from "./gateway-responses";

/** How the API's definition makes callers prove who they are; ARNs and URIs are known. */
export interface DefinitionSecurity {
    /** `securityDefinitions` of the API. */
    definitions: Record<string, object>;
    /** Members that protect an operation which needs this scope. */
    forOperation(scope: string): object;
    /** Callers sign their requests (IAM). */
    signed: boolean;
    /** Variable of mapping templates that says who calls, as the functions see it. */
    callerId: string;
}

export interface DefinitionInput {
    title: string;
    operations: ApiOperation[];
    /** Routes that anybody may call. */
    publicRoutes: PublicRoute[];
    /** What invokes each function, by the function's name: `arn:aws:apigateway:…:lambda:path/…/invocations`. */
    invokeArns: Record<string, string>;
    security: DefinitionSecurity;
    /** Where operations without a function put their events. */
    events: Pick<EventIntegrationInput, "region" | "busName" | "roleArn">;
    /** Pages of these origins may call the API. */
    corsOrigins: string[];
    /** The stage that must stay closed. */
    closedStage: string;
}

export interface PublicRoute {
    path: string;
    function: string;
    summary: string;
}

type Json = Record<string, unknown>;

const ALLOWED_HEADERS = ["Authorization", "Content-Type", "Idempotency-Key", "If-Match", "If-None-Match", "X-Api-Key"];
const EXPOSED_HEADERS = ["ETag", "Location", "Retry-After", "Idempotency-Replayed", "X-Correlation-Id"];

/**
 * The API's definition in Swagger 2.0 with API Gateway's extensions.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-swagger-extensions.html
 */
export function apiDefinition(input: DefinitionInput): Json {
    const paths: Record<string, Json> = {};
    const models: Record<string, object> = {};
    for (const operation of input.operations) {
        if (operation.body !== undefined) {
            models[operation.body.model] ??= toDraft4(operation.body.schema, {
                limits: operation.function === undefined,
            });
        }
        const path = (paths[operation.path] ??= {});
        path[operation.method] = apiOperation(operation, input);
    }
    for (const route of input.publicRoutes) paths[route.path] = { get: publicOperation(route, input) };
    const allowOrigin = allowedOrigin(input.corsOrigins);
    for (const path of Object.values(paths)) path["options"] = preflight(Object.keys(path), allowOrigin);
    return {
        swagger: "2.0",
        info: { title: input.title, version: "2" },
        schemes: ["https"],
        paths,
        definitions: models,
        securityDefinitions: input.security.definitions,
        "x-amazon-apigateway-request-validators": {
            all: { validateRequestBody: true, validateRequestParameters: true },
        },
        "x-amazon-apigateway-request-validator": "all",
        "x-amazon-apigateway-gateway-responses": gatewayResponses(input.security.signed, allowOrigin),
        // Without this, API Gateway hands bodies over as base64.
        "x-amazon-apigateway-binary-media-types": [],
        "x-amazon-apigateway-policy": resourcePolicy(input),
    };
}

function apiOperation(operation: ApiOperation, input: DefinitionInput): Json {
    const parameters: Json[] = operation.parameters.map((parameter) => ({
        name: parameter.name,
        in: parameter.in,
        required: parameter.required,
        type: "string",
    }));
    if (operation.body !== undefined) {
        const schema = { $ref: `#/definitions/${operation.body.model}` };
        parameters.push({ name: operation.body.model, in: "body", required: true, schema });
    }
    return {
        operationId: operation.id + operation.version.toUpperCase(),
        summary: operation.summary,
        consumes: ["application/json"],
        produces: ["application/json"],
        parameters,
        responses: documentedResponses(operation),
        ...input.security.forOperation(operation.scope),
        "x-amazon-apigateway-integration": integrationOf(operation, input),
    };
}

function integrationOf({ function: name, event }: ApiOperation, input: DefinitionInput): Json {
    if (event === undefined) return lambdaProxy(name, input);
    const { events, security } = input;
    return eventIntegration({
        event,
        ...events,
        callerId: security.callerId,
        allowOrigin: allowedOrigin(input.corsOrigins),
    });
}

function documentedResponses(operation: ApiOperation): Json {
    const headers =
        operation.event === undefined
            ? {}
            : { headers: Object.fromEntries(EVENT_RESPONSE_HEADERS.map((name) => [name, { type: "string" }])) };
    return Object.fromEntries(
        Object.entries(operation.responses).map(([status, { description }]) => [status, { description, ...headers }]),
    );
}

/** Answers that no function makes can name one origin only. */
function allowedOrigin(corsOrigins: string[]): string {
    return corsOrigins.length === 1 ? (corsOrigins[0] ?? "*") : "*";
}

function publicOperation(route: PublicRoute, input: DefinitionInput): Json {
    return {
        summary: route.summary,
        responses: { 200: { description: "OK" } },
        "x-amazon-apigateway-integration": lambdaProxy(route.function, input),
    };
}

function lambdaProxy(name: string | undefined, input: DefinitionInput): Json {
    const uri = input.invokeArns[name ?? ""];
    if (uri === undefined) throw new Error(`An API operation names the function "${name}", which does not exist.`);
    return { type: "aws_proxy", httpMethod: "POST", uri, passthroughBehavior: "when_no_match" };
}

/** A browser asks before it calls; API Gateway answers by itself. */
function preflight(methods: string[], allowOrigin: string): Json {
    const headers = {
        "Access-Control-Allow-Origin": `'${allowOrigin}'`,
        "Access-Control-Allow-Methods": `'${[...methods, "options"].join(",").toUpperCase()}'`,
        "Access-Control-Allow-Headers": `'${ALLOWED_HEADERS.join(",")}'`,
        "Access-Control-Expose-Headers": `'${EXPOSED_HEADERS.join(",")}'`,
        "Access-Control-Max-Age": "'600'",
    };
    const declared = Object.fromEntries(Object.keys(headers).map((name) => [name, { type: "string" }]));
    const mapped = Object.fromEntries(
        Object.entries(headers).map(([name, value]) => [`method.response.header.${name}`, value]),
    );
    return {
        summary: "CORS preflight",
        responses: { 204: { description: "No Content", headers: declared } },
        "x-amazon-apigateway-integration": {
            type: "mock",
            passthroughBehavior: "when_no_match",
            requestTemplates: { "application/json": '{"statusCode": 204}' },
            responses: { default: { statusCode: "204", responseParameters: mapped } },
        },
    };
}

/**
 * RestAPI makes a stage of its own that can carry neither logs nor throttling, so nobody may call it. Where callers
 * sign their requests, the policy must not allow them: in the same account, a resource policy's Allow is enough.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-authorization-flow.html
 */
function resourcePolicy(input: DefinitionInput): Json {
    const open = input.security.signed
        ? [...input.publicRoutes.map((route) => `execute-api:/*/GET${route.path}`), "execute-api:/*/OPTIONS/*"]
        : ["execute-api:/*"];
    const invoke = { Principal: "*", Action: "execute-api:Invoke" };
    return {
        Version: "2012-10-17",
        Statement: [
            { Effect: "Allow", ...invoke, Resource: open },
            { Effect: "Deny", ...invoke, Resource: [`execute-api:/${input.closedStage}/*`] },
        ],
    };
}
