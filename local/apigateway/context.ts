import type { Invocation } from "./invocation";
import type { Lookup } from "./text-template";

const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/** `09/Apr/2026:12:34:56 +0000` */
export function commonLogTime(at: number): string {
    const iso = new Date(at).toISOString();
    return `${iso.slice(8, 10)}/${MONTHS[new Date(at).getUTCMonth()]}/${iso.slice(0, 4)}:${iso.slice(11, 19)} +0000`;
}

/**
 * The `$context` variables of a request, as far as it has come.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-mapping-template-reference.html
 */
export function contextOf(invocation: Invocation): Record<string, unknown> {
    const { api, stage, request, route, error, integration, answer } = invocation;
    return {
        accountId: invocation.account,
        apiId: api.id,
        authorizer: authorizerContext(invocation),
        deploymentId: stage.deploymentId,
        domainName: invocation.domainName,
        domainPrefix: invocation.domainName.split(".")[0],
        error: error && {
            message: error.text,
            messageString: JSON.stringify(error.text),
            responseType: error.responseType,
            validationErrorString: error.validationErrorString,
        },
        extendedRequestId: invocation.extendedRequestId,
        httpMethod: request.method,
        identity: invocation.identity,
        integration: { ...integration, integrationStatus: integration.status },
        integrationErrorMessage: integration.error,
        integrationLatency: integration.latency,
        integrationStatus: integration.status,
        path: `/${stage.name}${invocation.rawPath}`,
        protocol: "HTTP/1.1",
        requestId: invocation.requestId,
        requestOverride: invocation.requestOverride,
        requestTime: commonLogTime(invocation.startedAt),
        requestTimeEpoch: invocation.startedAt,
        resourceId: route?.resourceId,
        resourcePath: route?.resourcePath,
        responseLatency: answer?.latency,
        responseLength: answer?.length,
        responseOverride: invocation.responseOverride,
        stage: stage.name,
        status: answer?.status,
        xrayTraceId: stage.tracing ? traceId(invocation) : undefined,
    };
}

/** `$context.authorizer.claims` alone is null, as the page above says; its members are not. */
function authorizerContext({ authorizer, identity }: Invocation): Record<string, unknown> | undefined {
    if (authorizer !== undefined) return authorizer;
    return identity.userArn === null ? undefined : { principalId: identity.user };
}

function traceId(invocation: Invocation): string | undefined {
    return /Root=([^;]+)/.exec(invocation.headers.single["X-Amzn-Trace-Id"] ?? "")?.[1];
}

/** Reads `context.identity.sourceIp` or `stageVariables.name`, for text templates and parameter mappings. */
export function variableLookup(invocation: Invocation): Lookup {
    let context: Record<string, unknown> | undefined;
    return (variable) => {
        const [root, ...path] = variable.split(".");
        if (root === "stageVariables") return invocation.stage.variables[path.join(".")];
        context ??= contextOf(invocation);
        return descend(context, path);
    };
}

/** Claims such as `custom:tenant.id` hold dots, so the longest key that exists wins. */
function descend(value: unknown, path: string[]): unknown {
    if (path.length === 0) return value;
    if (typeof value !== "object" || value === null) return undefined;
    for (let length = path.length; length > 0; length--) {
        const key = path.slice(0, length).join(".");
        const own = Object.getOwnPropertyDescriptor(value, key);
        if (own !== undefined) return descend(own.value, path.slice(length));
    }
    return undefined;
}
