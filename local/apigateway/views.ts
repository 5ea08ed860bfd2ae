import type { JsonObject } from "../service";
import type { Api, Deployment, Stage } from "./api";
import type { AuthorizerDefinition, MethodDefinition, ModelDefinition, ResourceDefinition } from "./definition";
import type { ApiKey, UsagePlan } from "./usage-plans";

/** The shapes that API Gateway's API answers with; its times are seconds since 1970. */

export function restApi(api: Api): JsonObject {
    return {
        id: api.id,
        name: api.name,
        description: api.description,
        createdDate: seconds(api.createdAt),
        binaryMediaTypes: api.definition.binaryMediaTypes,
        apiKeySource: api.definition.apiKeySource,
        endpointConfiguration: { types: api.endpointTypes },
        policy: api.definition.policy,
        tags: api.tags,
        disableExecuteApiEndpoint: api.disableExecuteApiEndpoint,
        rootResourceId: api.rootResourceId,
    };
}

export function resource({ id, path, methods }: ResourceDefinition, embedMethods: boolean): JsonObject {
    const at = path.lastIndexOf("/");
    const resourceMethods = Object.fromEntries(
        [...methods].map(([httpMethod, definition]) => [
            httpMethod,
            embedMethods ? method(httpMethod, definition) : {},
        ]),
    );
    return {
        id,
        path,
        ...(path === "/" ? {} : { pathPart: path.slice(at + 1) }),
        ...(methods.size === 0 ? {} : { resourceMethods }),
    };
}

function method(httpMethod: string, definition: MethodDefinition): JsonObject {
    const { integration } = definition;
    return {
        httpMethod,
        authorizationType: definition.authorizationType,
        authorizationScopes: definition.authorizationScopes,
        apiKeyRequired: definition.apiKeyRequired,
        operationName: definition.operationName,
        requestParameters: definition.requestParameters,
        requestModels: definition.requestModels,
        methodIntegration: integration && {
            type: integration.type,
            httpMethod: integration.httpMethod,
            uri: integration.uri,
            credentials: integration.credentials,
            passthroughBehavior: integration.passthroughBehavior,
            timeoutInMillis: integration.timeoutInMillis,
            requestParameters: integration.requestParameters,
            requestTemplates: integration.requestTemplates,
        },
    };
}

export function stage(one: Stage): JsonObject {
    const methodSettings = [...one.methodSettings].map(([key, settings]) => [
        settingsPath(key),
        {
            metricsEnabled: settings.metricsEnabled,
            loggingLevel: settings.loggingLevel,
            dataTraceEnabled: settings.dataTraceEnabled,
            throttlingBurstLimit: settings.throttle?.burstLimit,
            throttlingRateLimit: settings.throttle?.rateLimit,
        },
    ]);
    return {
        deploymentId: one.deploymentId,
        stageName: one.name,
        description: one.description,
        methodSettings: Object.fromEntries(methodSettings),
        variables: one.variables,
        accessLogSettings: one.accessLog && {
            destinationArn: one.accessLog.destinationArn,
            format: one.accessLog.format,
        },
        canarySettings: one.canarySettings,
        tracingEnabled: one.tracing,
        tags: one.tags,
        createdDate: seconds(one.createdAt),
        lastUpdatedDate: seconds(one.createdAt),
    };
}

/** `/v1/orders/POST` → `~1v1~1orders/POST` */
function settingsPath(key: string): string {
    if (key === "*/*") return key;
    const at = key.lastIndexOf("/");
    return `${key.slice(0, at).replace(/\//g, "~1")}/${key.slice(at + 1)}`;
}

export function deployment({ id, description, createdAt }: Deployment): JsonObject {
    return { id, description, createdDate: seconds(createdAt) };
}

export function model({ id, name, description, schema, contentType }: ModelDefinition): JsonObject {
    return { id, name, description, schema: JSON.stringify(schema), contentType };
}

export function authorizer(one: AuthorizerDefinition): JsonObject {
    return {
        id: one.id,
        name: one.name,
        type: one.type,
        providerARNs: one.providerArns.length === 0 ? undefined : one.providerArns,
        authType: one.type === "COGNITO_USER_POOLS" ? "cognito_user_pools" : "custom",
        authorizerUri: one.authorizerUri,
        authorizerCredentials: one.authorizerCredentials,
        identitySource: one.identitySource.join(","),
        identityValidationExpression: one.identityValidationExpression,
        authorizerResultTtlInSeconds: one.authorizerResultTtlInSeconds,
    };
}

export function apiKey(key: ApiKey, includeValue: boolean): JsonObject {
    return {
        id: key.id,
        name: key.name,
        ...(includeValue ? { value: key.value } : {}),
        description: key.description,
        customerId: key.customerId,
        enabled: key.enabled,
        createdDate: seconds(key.createdAt),
        lastUpdatedDate: seconds(key.createdAt),
        stageKeys: [],
        tags: key.tags,
    };
}

export function usagePlan(plan: UsagePlan): JsonObject {
    return {
        id: plan.id,
        name: plan.name,
        description: plan.description,
        apiStages: plan.stages.map(({ apiId, stage: name, throttles }) => ({
            apiId,
            stage: name,
            ...(throttles.size === 0 ? {} : { throttle: Object.fromEntries(throttles) }),
        })),
        throttle: plan.throttle,
        quota: plan.quota,
        tags: plan.tags,
    };
}

export function usagePlanKey(key: ApiKey): JsonObject {
    return { id: key.id, type: "API_KEY", value: key.value, name: key.name };
}

function seconds(at: number): number {
    return Math.floor(at / 1000);
}
