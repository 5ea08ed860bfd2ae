import type { Clock } from "../clock";
import type { Api, CompiledApi, Integrate, Route } from "./api";
import type { Authorize, AuthorizerTools } from "./authorizers/authorizer";
import { cognitoAuthorizer } from "./authorizers/cognito";
import { iamAuthorizer } from "./authorizers/iam";
import { lambdaAuthorizer } from "./authorizers/lambda";
import { requireResourcePolicyAllows } from "./authorizers/policy-check";
import type { IntegrationDefinition, MethodDefinition } from "./definition";
import { GatewayError, INTERNAL_ERROR } from "./gateway-error";
import { GatewayResponder } from "./gateway-responses";
import { awsService } from "./integrations/aws-service";
import { functionArnOf } from "./integrations/function-uri";
import { http, httpProxy } from "./integrations/http";
import { lambda } from "./integrations/lambda";
import { lambdaProxy } from "./integrations/lambda-proxy";
import { mock } from "./integrations/mock";
import type { AwsServiceInvoker, FunctionInvoker, Guard, TokenVerifier } from "./ports";
import { readResourcePolicy } from "./resource-policy";
import { Router } from "./router";
import { compileRequestValidator, ModelCompiler } from "./validation";

/** What compiled APIs call. */
export interface Backends {
    clock: Clock;
    region: string;
    account: string;
    functions: FunctionInvoker;
    userPools: TokenVerifier;
    iam: Guard;
    awsServices?: AwsServiceInvoker;
}

/**
 * Prepares an API so that a request costs no parsing of anything declared.
 * @throws Error naming the method or the part that makes no sense.
 */
export function compileApi(api: Api, backends: Backends): CompiledApi {
    const { definition } = api;
    const scope = `arn:aws:execute-api:${backends.region}:${backends.account}:${api.id}`;
    const policy = definition.policy === undefined ? undefined : readResourcePolicy(definition.policy, scope);
    const tools: AuthorizerTools = { ...backends, resourcePolicy: policy };
    const authorizers = authorizerFactory(api, tools);
    const models = new ModelCompiler(definition.models);
    const router = new Router<Map<string, Route>>();
    const limitations: string[] = [];
    for (const { id, path, methods } of definition.resources.values()) {
        if (methods.size === 0) continue;
        const routes = new Map<string, Route>();
        for (const [httpMethod, method] of methods) {
            const limitation = limitationOf(method.integration, backends);
            if (limitation !== undefined) limitations.push(`${httpMethod} ${path} ${limitation}`);
            routes.set(
                httpMethod,
                naming(`${httpMethod} ${path} of the REST API "${api.name}"`, () => ({
                    resourceId: id,
                    resourcePath: path,
                    method,
                    authorize: authorizers(method),
                    validate: compileRequestValidator(method, models),
                    integrate: compileIntegration(method.integration, backends),
                })),
            );
        }
        router.add(path, routes);
    }
    const gatewayResponses = new GatewayResponder(definition.gatewayResponses);
    return { router, gatewayResponses, resourcePolicy: policy, limitations };
}

function limitationOf(integration: IntegrationDefinition | undefined, { awsServices }: Backends): string | undefined {
    if (integration?.type !== "AWS" || awsServices !== undefined) return undefined;
    if (functionArnOf(integration.uri) !== undefined) return undefined;
    return `answers 500: integrations with ${JSON.stringify(integration.uri)} do not run locally`;
}

function naming<T>(where: string, make: () => T): T {
    try {
        return make();
    } catch (error) {
        throw new Error(`${where}: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
    }
}

/** Methods share a Lambda authorizer, and so what it remembers. */
function authorizerFactory(api: Api, tools: AuthorizerTools): (method: MethodDefinition) => Authorize | undefined {
    const shared = new Map<string, Authorize>();
    return (method) => {
        if (method.authorizationType === "NONE") return resourcePolicyOnly(tools);
        if (method.authorizationType === "AWS_IAM") return iamAuthorizer(tools);
        const authorizer = api.definition.authorizers.get(method.authorizer ?? "");
        if (authorizer === undefined) throw new Error(`There is no authorizer "${method.authorizer}".`);
        if (authorizer.type === "COGNITO_USER_POOLS") {
            return cognitoAuthorizer(authorizer, method.authorizationScopes, tools);
        }
        let authorize = shared.get(authorizer.name);
        if (authorize === undefined) {
            authorize = lambdaAuthorizer(authorizer, api.id, tools);
            shared.set(authorizer.name, authorize);
        }
        return authorize;
    };
}

function resourcePolicyOnly({ iam, resourcePolicy }: AuthorizerTools): Authorize | undefined {
    if (resourcePolicy === undefined) return undefined;
    return (invocation) => requireResourcePolicyAllows(iam, resourcePolicy, invocation);
}

function compileIntegration(integration: IntegrationDefinition | undefined, backends: Backends): Integrate {
    if (integration === undefined) {
        throw new Error("It has no integration. Give it one; API Gateway refuses to deploy it.");
    }
    const { clock, functions, awsServices } = backends;
    switch (integration.type) {
        case "MOCK":
            return mock(integration);
        case "HTTP":
            return http(integration, clock);
        case "HTTP_PROXY":
            return httpProxy(integration, clock);
        case "AWS":
        case "AWS_PROXY": {
            const { uri, credentials, timeoutInMillis } = integration;
            const arn = functionArnOf(uri);
            if (arn === undefined && integration.type === "AWS_PROXY") {
                throw new Error(`The URI ${JSON.stringify(uri)} names no Lambda function, as type aws_proxy needs.`);
            }
            if (arn === undefined) {
                return awsServices === undefined ? notRun : awsService(integration, awsServices, clock);
            }
            const target = { arn, credentials, timeoutInMillis };
            return integration.type === "AWS_PROXY"
                ? lambdaProxy(target, functions, clock)
                : lambda(integration, target, functions, clock);
        }
    }
}

/** The rest of an API serves, whatever one of its methods needs. */
function notRun(): Promise<never> {
    return Promise.reject(new GatewayError("API_CONFIGURATION_ERROR", INTERNAL_ERROR));
}
