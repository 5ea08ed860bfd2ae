import type { Clock } from "../../clock";
import type { HttpResponse } from "../../service";
import type { Integrate } from "../api";
import type { IntegrationDefinition } from "../definition";
import { GatewayError, INTERNAL_ERROR } from "../gateway-error";
import type { Invocation } from "../invocation";
import { withStageVariables } from "./function-uri";
import { compileRequest, type IntegrationRequest } from "./integration-request";
import { compileResponses } from "./integration-response";
import { remapped } from "./remapped-headers";
import { within } from "./timeout";

/** Not passed on: they belong to the connection with the client, or fetch sets them itself. */
const CONNECTION_HEADERS: ReadonlySet<string> = new Set([
    "connection",
    "content-length",
    "expect",
    "host",
    "keep-alive",
    "proxy-authorization",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
]);

/** Not passed back: fetch has undone the encoding, and the endpoint frames the answer itself. */
const FRAMING_HEADERS: ReadonlySet<string> = new Set([
    "content-encoding",
    "content-length",
    "keep-alive",
    "transfer-encoding",
]);

/** Sends the request on to an HTTP backend and its answer back, both as they are. */
export function httpProxy(integration: IntegrationDefinition, clock: Clock): Integrate {
    const buildRequest = compileRequest({ ...integration, requestTemplates: {}, passthroughBehavior: "WHEN_NO_MATCH" });
    return async (invocation) => {
        const request = buildRequest(invocation);
        const querystring = new URLSearchParams(invocation.request.query);
        for (const [name, value] of Object.entries(request.querystring)) querystring.set(name, value);
        const headers = new Headers();
        for (const [name, values] of Object.entries(invocation.headers.multi)) {
            if (!CONNECTION_HEADERS.has(name.toLowerCase())) for (const value of values) headers.append(name, value);
        }
        for (const [name, value] of Object.entries(request.header)) headers.set(name, value);
        const url = targetUrl(integration.uri, invocation, request.path, querystring);
        const answer = await send(integration, clock, invocation, url, headers, invocation.request.body);
        return passBack(answer);
    };
}

/** Sends what the request template makes to an HTTP backend; the status of its answer chooses the response. */
export function http(integration: IntegrationDefinition, clock: Clock): Integrate {
    const buildRequest = compileRequest(integration);
    const buildResponse = compileResponses(integration);
    return async (invocation) => {
        const request: IntegrationRequest = buildRequest(invocation);
        const headers = new Headers({ "content-type": "application/json", ...request.header });
        const querystring = new URLSearchParams(request.querystring);
        const url = targetUrl(integration.uri, invocation, request.path, querystring);
        const answer = await send(integration, clock, invocation, url, headers, Buffer.from(request.body));
        return buildResponse(invocation, {
            selector: String(answer.status),
            header: Object.fromEntries(answer.headers),
            body: answer.body.toString("utf8"),
        });
    };
}

function targetUrl(uri: string, { stage }: Invocation, path: Record<string, string>, query: URLSearchParams): string {
    const url = withStageVariables(uri, stage.variables).replace(/\{(\w+)\+?\}/g, (_, name: string) =>
        (path[name] ?? "").split("/").map(encodeURIComponent).join("/"),
    );
    const search = query.toString();
    return search === "" ? url : `${url}${url.includes("?") ? "&" : "?"}${search}`;
}

interface Answer {
    status: number;
    headers: Headers;
    body: Buffer;
}

async function send(
    integration: IntegrationDefinition,
    clock: Clock,
    invocation: Invocation,
    url: string,
    headers: Headers,
    body: Buffer,
): Promise<Answer> {
    const method = integration.httpMethod === "ANY" ? invocation.request.method : integration.httpMethod;
    const withBody = method !== "GET" && method !== "HEAD" && body.length > 0;
    const abort = new AbortController();
    const begun = clock.now();
    const exchange = async (): Promise<Answer> => {
        const { signal } = abort;
        const payload = withBody ? new Uint8Array(body) : undefined;
        const response = await fetch(url, { method, headers, body: payload, redirect: "manual", signal });
        return { status: response.status, headers: response.headers, body: Buffer.from(await response.arrayBuffer()) };
    };
    try {
        const answer = await within(clock, integration.timeoutInMillis, exchange(), () => abort.abort());
        invocation.integration.status = answer.status;
        return answer;
    } catch (error) {
        invocation.integration.error = error instanceof Error ? error.message : String(error);
        throw error instanceof GatewayError ? error : new GatewayError("INTEGRATION_FAILURE", INTERNAL_ERROR);
    } finally {
        invocation.integration.latency = clock.now() - begun;
    }
}

function passBack(answer: Answer): HttpResponse {
    const headers: Record<string, string | string[]> = {};
    for (const [name, value] of answer.headers) {
        if (!FRAMING_HEADERS.has(name) && name !== "set-cookie") headers[remapped(name)] = value;
    }
    const cookies = answer.headers.getSetCookie();
    if (cookies.length > 0) headers["set-cookie"] = cookies;
    return { status: answer.status, headers, body: answer.body };
}
