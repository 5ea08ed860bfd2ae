import type { GraphValue, Properties, Resource } from "../model";
import { type ExpansionInput, ExpansionError } from "./expander";
import type { RestApiDefinition } from "./rest-api";
import { addAuthorizers } from "./rest-api-authorizers";

type Json = { [key: string]: unknown };

/** The definition while routes are added to it. */
export interface Draft extends Omit<RestApiDefinition, "body" | "title"> {
    swagger: Json & { paths: Record<string, Json>; securityDefinitions?: Record<string, Json> };
    /** Those with a name of their own, by it. */
    authorizers: Map<string, Properties>;
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
    const draft: Draft = {
        swagger: emptySwagger(input),
        authorizers: new Map(),
        dependencies: [],
        functions: new Map(),
        resources: [],
    };
    for (const route of routes) addRoute(input, draft, asObject(route));
    const { swagger, dependencies, functions, resources } = draft;
    const body = JSON.stringify(swagger);
    return { title: input.name, body, dependencies: [...new Set(dependencies)], functions, resources };
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
    if (typeof route["path"] !== "string") {
        throw new ExpansionError(`RestAPI "${input.name}": a route has no path. Give it one, such as /orders.`);
    }
    const path = route["path"].startsWith("/") ? route["path"] : `/${route["path"]}`;
    const where = `RestAPI "${input.name}", route ${path}`;
    if (route["eventHandler"] !== undefined) {
        addFunctionRoute(input, draft, route, path, where);
    } else if (route["target"] !== undefined) {
        addProxyRoute(input, draft, route, path, where);
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

function addFunctionRoute(input: ExpansionInput, draft: Draft, route: Properties, path: string, where: string): void {
    const fn = input.resource(route["eventHandler"] ?? null);
    if (fn === undefined) throw new ExpansionError(`${where}: its eventHandler is no function of this program.`);
    const method = String(route["method"]);
    put(draft, path, method, guarding(input, draft, route, where)(functionOperation(input, fn)), where);
    draft.functions.set(`${method === "ANY" ? "*" : method}${path}`, fn);
    draft.dependencies.push(fn.urn);
}

function addProxyRoute(input: ExpansionInput, draft: Draft, route: Properties, path: string, where: string): void {
    const target = asObject(route["target"] ?? null);
    const base = path.endsWith("/") ? path : `${path}/`;
    const guarded = guarding(input, draft, route, where);
    put(draft, base, "ANY", guarded(proxyOperation(target, false)), where);
    put(draft, `${base}{proxy+}`, "ANY", guarded(proxyOperation(target, true)), where);
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

/**
 * Defines what guards a route, once, and returns what puts it on each of the route's operations: authorizers, required
 * parameters, a validator, IAM and API keys, in the plugin's order.
 */
function guarding(input: ExpansionInput, draft: Draft, route: Properties, where: string): (operation: Json) => Json {
    const authorizers =
        route["authorizers"] === undefined
            ? undefined
            : addAuthorizers(input, draft, [route["authorizers"]].flat().map(asObject));
    if (route["apiKeyRequired"] === true) defineApiKey(draft, where);
    return (operation) => {
        if (authorizers !== undefined) operation["security"] = authorizers;
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
        if (route["apiKeyRequired"] === true) operation["security"] = [...(authorizers ?? []), { api_key: [] }];
        return operation;
    };
}

function defineApiKey({ swagger, authorizers }: Draft, where: string): void {
    if (authorizers.has("api_key")) {
        throw new ExpansionError(
            `${where}: the name api_key stands for API keys here; give the authorizer another name.`,
        );
    }
    swagger.securityDefinitions ??= {};
    swagger.securityDefinitions["api_key"] = { type: "apiKey", name: "x-api-key", in: "header" };
}

export function asObject(value: GraphValue): Properties {
    return typeof value === "object" && value !== null && !Array.isArray(value) ? value : {};
}
