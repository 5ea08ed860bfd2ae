import { randomUUID } from "node:crypto";

import { randomId } from "../random";
import type { HttpRequest } from "../service";
import type { Api, Route, Stage } from "./api";
import type { GatewayError } from "./gateway-error";
import { readHeaders, readQuery, type Values } from "./http-message";

/** Who calls, as far as the gateway knows. https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-mapping-template-reference.html */
export interface Identity {
    sourceIp: string;
    userAgent: string | null;
    apiKey: string | null;
    apiKeyId: string | null;
    accountId: string | null;
    accessKey: string | null;
    caller: string | null;
    user: string | null;
    userArn: string | null;
}

/** One request on its way through the gateway; the pipeline fills in what it finds out. */
export interface Invocation {
    readonly api: Api;
    readonly stage: Stage;
    readonly request: HttpRequest;
    /** Without the stage, undecoded, with a leading slash. */
    readonly rawPath: string;
    readonly domainName: string;
    readonly region: string;
    readonly account: string;
    readonly requestId: string;
    readonly extendedRequestId: string;
    /** Milliseconds since 1970-01-01 UTC. */
    readonly startedAt: number;
    readonly headers: Values;
    readonly query: Values;
    readonly identity: Identity;
    route?: Route;
    pathParameters: Record<string, string>;
    /** What the authorizer found: claims, or principalId and context. */
    authorizer?: Record<string, unknown>;
    /** Named by a Lambda authorizer, where the API takes its keys from there. */
    usageIdentifierKey?: string;
    error?: GatewayError;
    integration: { status?: number; latency?: number; error?: string };
    /** Set by mapping templates through `$context.responseOverride`. */
    responseOverride: { status?: unknown; header: Record<string, unknown> };
    requestOverride: {
        path: Record<string, unknown>;
        querystring: Record<string, unknown>;
        header: Record<string, unknown>;
    };
    /** What was answered; known when the access log is written. */
    answer?: { status: number; length: number; latency: number };
}

/** Where a request goes to, found out by the path or the host. */
export interface Destination {
    api: Api;
    stage: Stage;
    rawPath: string;
    domainName: string;
    /** Path under which the endpoint serves the API; empty when it is addressed by host. */
    prefix: string;
}

export function newInvocation(
    destination: Destination,
    request: HttpRequest,
    cloud: { region: string; account: string; now: number },
): Invocation {
    const headers = readHeaders(request.rawHeaders, GATEWAY_HEADERS);
    const sourceIp = request.sourceIp.startsWith("::ffff:") ? request.sourceIp.slice(7) : request.sourceIp;
    addForwardedHeaders(headers, destination.prefix, sourceIp, request, cloud.now);
    return {
        api: destination.api,
        stage: destination.stage,
        request,
        rawPath: destination.rawPath,
        domainName: destination.domainName,
        region: cloud.region,
        account: cloud.account,
        requestId: randomUUID(),
        extendedRequestId: `${randomId(11, "base64url")}=`,
        startedAt: cloud.now,
        headers,
        query: readQuery(request.query),
        identity: {
            sourceIp,
            userAgent: request.headers["user-agent"] ?? null,
            apiKey: null,
            apiKeyId: null,
            accountId: null,
            accessKey: null,
            caller: null,
            user: null,
            userArn: null,
        },
        pathParameters: {},
        integration: {},
        responseOverride: { header: {} },
        requestOverride: { path: {}, querystring: {}, header: {} },
    };
}

const GATEWAY_HEADERS: ReadonlySet<string> = new Set([
    "x-forwarded-for",
    "x-forwarded-port",
    "x-forwarded-proto",
    "x-forwarded-prefix",
    "x-amzn-trace-id",
]);

/** API Gateway tells the backend how the client reached it; the local endpoint speaks plain HTTP and says so. */
function addForwardedHeaders(
    headers: Values,
    prefix: string,
    sourceIp: string,
    request: HttpRequest,
    now: number,
): void {
    const set = (name: string, value: string): void => {
        headers.single[name] = value;
        headers.multi[name] = [value];
    };
    const before = request.headers["x-forwarded-for"];
    set("X-Forwarded-For", before === undefined ? sourceIp : `${before}, ${sourceIp}`);
    set("X-Forwarded-Port", /:(\d+)$/.exec(request.headers["host"] ?? "")?.[1] ?? "80");
    set("X-Forwarded-Proto", "http");
    // Lets a function tell the URL at which it is reached, as behind any proxy that mounts it under a path.
    if (prefix !== "") set("X-Forwarded-Prefix", prefix);
    set("X-Amzn-Trace-Id", request.headers["x-amzn-trace-id"] ?? newTraceId(now));
}

/** https://docs.aws.amazon.com/xray/latest/devguide/xray-concepts.html#xray-concepts-tracingheader */
function newTraceId(now: number): string {
    const seconds = Math.floor(now / 1000)
        .toString(16)
        .padStart(8, "0");
    return `Root=1-${seconds}-${randomId(12)}`;
}

/** `arn:aws:execute-api:<region>:<account>:<api>/<stage>/<METHOD>/<path>` */
export function methodArn(invocation: Invocation): string {
    const { api, stage, region, account, request } = invocation;
    return `arn:aws:execute-api:${region}:${account}:${api.id}/${stage.name}/${request.method}${invocation.rawPath}`;
}

/** The same with the resource's path, as Lambda permissions name it. */
export function sourceArn(invocation: Invocation): string {
    const { api, stage, region, account, request, route } = invocation;
    const path = route?.resourcePath ?? invocation.rawPath;
    return `arn:aws:execute-api:${region}:${account}:${api.id}/${stage.name}/${request.method}${path}`;
}
