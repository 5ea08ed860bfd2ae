import type { GraphValue, Properties, Resource } from "../model";
import { type ExpansionInput, ExpansionError } from "./expander";
import type { RestApiDefinition } from "./rest-api";
import { addAuthorizers } from "./rest-api-authorizers";

type Json = { [key: string]: unknown };

/** The definition while routes are added to it. */
export interface Draft extends Omit<RestApiDefinition, "body" | "title"> {
    swagger: Json & { paths: Record<string, Json>; securityDefinitions?: Record<string, Json> };
}

const METHODS = ["get", "put", "post", "delete", "options", "head", "patch"];
const NOT_FOUND = { statusCode: 404, responseTemplates: { "application/json": '{"message": "404 Not found" }' } };
const VALIDATORS = {
    ALL: { validateRequestBody: true, validateRequestParameters: true },
    BODY_ONLY: { validateRequestBody: true, validateRequestParameters: false },
    PARAMS_ONLY: { validateRequestBody: false, validateRequestParameters: true },
};

/** The definition that `RestAPI` writes from its `routes`. */
export function definitionOfRoutes(input: ExpansionInput, routes: GraphValue[]): RestApiDefinition {
    const draft: Draft = { swagger: emptySwagger(input), dependencies: [], permissions: [], resources: [] };
    for (const route of routes) addRoute(input, draft, asObject(route));
    const { swagger, ...rest } = draft;
    return { ...rest, title: input.name, body: JSON.stringify(swagger), dependencies: [...new Set(rest.dependencies)] };
}

function emptySwagger({ name, inputs }: ExpansionInput): Draft["swagger"] {
    const responses = asObject(inputs["gatewayResponses"] ?? {});
    return {
        swagger: "2.0",
        info: { title: name, version: "1.0" },
        paths: {},
        "x-amazon-apigateway-binary-media-types": inputs["binaryMediaTypes"] ?? ["*/*"],
        "x-amazon-apigateway-gateway-responses": {
            ...responses,
            MISSING_AUTHENTICATION_TOKEN: responses["MISSING_AUTHENTICATION_TOKEN"] ?? NOT_FOUND,
            ACCESS_DENIED: responses["ACCESS_DENIED"] ?? NOT_FOUND,
        },
        "x-amazon-apigateway-api-key-source": inputs["apiKeySource"] ?? "HEADER",
        ...(inputs["requestValidator"] === undefined
            ? {}
            : {
                  "x-amazon-apigateway-request-validators": VALIDATORS,
                  "x-amazon-apigateway-request-validator": inputs["requestValidator"],
              }),
    };
}

function addRoute(input: ExpansionInput, draft: Draft, route: Properties): void {
    const given = String(route["path"] ?? "");
    const path = given.startsWith("/") ? given : `/${given}`;
    const where = `RestAPI "${input.name}", route ${path}`;
    if (route["eventHandler"] !== undefined) {
        const fn = input.resource(route["eventHandler"]);
        if (fn === undefined) throw new ExpansionError(`${where}: its eventHandler is no function of this program.`);
        const method = String(route["method"]);
        put(draft, path, method, withGuards(input, draft, route, functionOperation(input, fn)), where);
        draft.permissions.push({ method, path, function: fn });
        draft.dependencies.push(fn.urn);
    } else if (route["target"] !== undefined) {
        const target = asObject(route["target"]);
        const base = path.endsWith("/") ? path : `${path}/`;
        put(draft, base, "ANY", withGuards(input, draft, route, proxyOperation(target, false)), where);
        put(draft, `${base}{proxy+}`, "ANY", withGuards(input, draft, route, proxyOperation(target, true)), where);
    } else if (route["data"] !== undefined) {
        put(draft, path, String(route["method"]), asObject(route["data"]), where);
    } else if (route["localPath"] !== undefined) {
        throw new ExpansionError(
            `${where}: files served from S3 (localPath) cannot be captured. Serve them from a bucket of your own, ` +
                "or from a function.",
        );
    } else {
        throw new ExpansionError(`${where}: give it eventHandler, target or data.`);
    }
}

function put({ swagger }: Draft, path: string, method: string, operation: Json, where: string): void {
    const lower = method.toLowerCase();
    const key = lower === "any" ? "x-amazon-apigateway-any-method" : lower;
    if (lower !== "any" && !METHODS.includes(lower)) {
        throw new ExpansionError(
            `${where}: "${method}" is no method. Allowed: ANY, ${METHODS.join(", ").toUpperCase()}.`,
        );
    }
    (swagger.paths[path] ??= {})[key] = operation;
}

function functionOperation({ region }: ExpansionInput, fn: Resource): Json {
    const arn = String(fn.outputs["arn"]);
    return {
        "x-amazon-apigateway-integration": {
            uri: `arn:aws:apigateway:${region}:lambda:path/2015-03-31/functions/${arn}/invocations`,
            passthroughBehavior: "when_no_match",
            httpMethod: "POST",
            type: "aws_proxy",
        },
    };
}

function proxyOperation(target: Properties, withPath: boolean): Json {
    const uri = String(target["uri"]);
    const integration: Json = {
        responses: { default: { statusCode: "200" } },
        uri: `${uri.endsWith("/") ? uri : `${uri}/`}${withPath ? "{proxy}" : ""}`,
        type: target["type"] ?? "http_proxy",
        connectionType: target["connectionType"],
        connectionId: target["connectionId"],
        passthroughBehavior: target["passthroughBehavior"] ?? "when_no_match",
        httpMethod: "ANY",
    };
    if (!withPath) return { "x-amazon-apigateway-integration": integration };
    integration["requestParameters"] = { "integration.request.path.proxy": "method.request.path.proxy" };
    return {
        "x-amazon-apigateway-integration": integration,
        parameters: [{ name: "proxy", in: "path", required: true, type: "string" }],
    };
}

/** Authorizers, required parameters, a validator, IAM and API keys, in the plugin's order. */
function withGuards(input: ExpansionInput, draft: Draft, route: Properties, operation: Json): Json {
    const security: Json[] = [];
    if (route["authorizers"] !== undefined) {
        const authorizers = [route["authorizers"]].flat().map(asObject);
        security.push(...addAuthorizers(input, draft, authorizers));
        operation["security"] = security;
    }
    if (Array.isArray(route["requiredParameters"])) {
        const required = route["requiredParameters"].map(asObject);
        const own = Array.isArray(operation["parameters"]) ? operation["parameters"] : [];
        operation["parameters"] = [
            ...own,
            ...required.map((parameter) => ({ name: parameter["name"], in: parameter["in"], required: true })),
        ];
    }
    if (route["requestValidator"] !== undefined) {
        operation["x-amazon-apigateway-request-validator"] = route["requestValidator"];
    }
    if (route["iamAuthEnabled"] === true) operation["x-amazon-apigateway-auth"] = { type: "AWS_IAM" };
    if (route["apiKeyRequired"] === true) {
        draft.swagger.securityDefinitions ??= {};
        draft.swagger.securityDefinitions["api_key"] = { type: "apiKey", name: "x-api-key", in: "header" };
        security.push({ api_key: [] });
        operation["security"] = security;
    }
    return operation;
}

export function asObject(value: GraphValue): Properties {
    return typeof value === "object" && value !== null && !Array.isArray(value) ? value : {};
}
