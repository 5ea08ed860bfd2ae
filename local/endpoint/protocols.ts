import { ServiceError } from "../errors";
import type {
    AccessRequest,
    HttpRequest,
    HttpResponse,
    JsonObject,
    JsonService,
    Operation,
    QueryService,
    RequestContext,
    RestRequest,
    RestResponse,
    RestRoute,
    RestService,
} from "../service";
import { toXml } from "./xml";

/** Throws when the caller may not do one of these. */
export type Guard = (access: AccessRequest[]) => void;

const REQUEST_ID = "x-amzn-requestid";

async function runOperation(
    operation: Operation | undefined,
    name: string,
    input: JsonObject,
    context: RequestContext,
    guard: Guard,
): Promise<JsonObject> {
    if (operation === undefined) {
        throw new ServiceError("UnknownOperationException", `The local cloud does not run the operation ${name}.`);
    }
    if (operation.access !== "public") guard(operation.access(input, context));
    return operation.run(input, context);
}

function parseJson(body: Buffer): JsonObject {
    let parsed: unknown;
    try {
        parsed = JSON.parse(body.length === 0 ? "{}" : body.toString("utf8"));
    } catch {
        throw new ServiceError("SerializationException", "The request body is not valid JSON.");
    }
    if (typeof parsed !== "object" || parsed === null || Array.isArray(parsed)) {
        throw new ServiceError("SerializationException", "The request body must be a JSON object.");
    }
    return { ...parsed };
}

/** AWS JSON 1.0 and 1.1: https://smithy.io/2.0/aws/protocols/aws-json-1_0-protocol.html */
export async function answerJson(
    service: JsonService,
    request: HttpRequest,
    context: RequestContext,
    guard: Guard,
): Promise<HttpResponse> {
    const headers = { "content-type": service.contentType, [REQUEST_ID]: context.requestId };
    try {
        const name = (request.headers["x-amz-target"] ?? "").slice(service.targetPrefix.length + 1);
        const output = await runOperation(service.operations[name], name, parseJson(request.body), context, guard);
        return { status: 200, headers, body: JSON.stringify(output) };
    } catch (error) {
        const refusal = asServiceError(error);
        const status = refusal.status >= 500 ? refusal.status : 400;
        const body = JSON.stringify({ __type: refusal.name, message: refusal.message, ...refusal.fields });
        return { status, headers: { ...headers, ...service.errorHeaders?.(refusal) }, body };
    }
}

/** AWS Query: https://smithy.io/2.0/aws/protocols/aws-query-protocol.html */
export async function answerQuery(
    service: QueryService,
    request: HttpRequest,
    context: RequestContext,
    guard: Guard,
): Promise<HttpResponse> {
    const headers = { "content-type": "text/xml", [REQUEST_ID]: context.requestId };
    const namespace = `xmlns="${service.xmlNamespace}"`;
    try {
        const form = new URLSearchParams(request.method === "GET" ? request.query : request.body.toString("utf8"));
        const name = form.get("Action") ?? "";
        const output = await runOperation(
            service.operations[name],
            name,
            Object.fromEntries(form.entries()),
            context,
            guard,
        );
        const metadata = toXml("ResponseMetadata", { RequestId: context.requestId });
        const body = `<${name}Response ${namespace}>${toXml(`${name}Result`, output)}${metadata}</${name}Response>`;
        return { status: 200, headers, body };
    } catch (error) {
        const refusal = asServiceError(error);
        const detail = {
            Type: refusal.status >= 500 ? "Receiver" : "Sender",
            // The Query protocol's codes go without the suffix that the JSON protocols' names carry.
            Code: refusal.name.replace(/Exception$/, ""),
            Message: refusal.message,
        };
        const requestId = toXml("RequestId", context.requestId);
        const body = `<ErrorResponse ${namespace}>${toXml("Error", detail)}${requestId}</ErrorResponse>`;
        return { status: refusal.status, headers, body };
    }
}

interface CompiledRoute {
    route: RestRoute;
    pattern: RegExp;
    names: string[];
}

function compile(route: RestRoute): CompiledRoute {
    const names: string[] = [];
    const source = route.path
        .split("/")
        .map((part) => {
            const parameter = /^\{(\w+)(\+?)\}$/.exec(part);
            if (parameter === null) return part.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
            names.push(parameter[1] ?? "");
            return parameter[2] === "+" ? "(.+)" : "([^/]+)";
        })
        .join("/");
    return { route, pattern: new RegExp(`^${source}/?$`), names };
}

/** AWS REST JSON: https://smithy.io/2.0/aws/protocols/aws-restjson1-protocol.html */
export function restResponder(
    service: RestService,
): (request: HttpRequest, context: RequestContext, guard: Guard) => Promise<HttpResponse> {
    const routes = service.routes.map(compile);

    const find = (request: HttpRequest): { route: RestRoute; path: Record<string, string> } => {
        for (const { route, pattern, names } of routes) {
            if (route.method !== request.method) continue;
            const match = pattern.exec(request.path);
            if (match === null) continue;
            return {
                route,
                path: Object.fromEntries(names.map((name, at) => [name, decodeURIComponent(match[at + 1] ?? "")])),
            };
        }
        const what = `${request.method} ${request.path}`;
        throw new ServiceError("UnknownOperationException", `The local cloud does not run ${what}.`, 404);
    };

    return async (request, context, guard) => {
        try {
            const { route, path } = find(request);
            const query = new URLSearchParams(request.query);
            const rest: RestRequest = { method: request.method, path, query, body: request.body, context };
            guard(route.access(rest));
            return restAnswer(await route.run(rest), context);
        } catch (error) {
            const refusal = asServiceError(error);
            return {
                status: refusal.status,
                headers: {
                    "content-type": "application/json",
                    "x-amzn-errortype": refusal.name,
                    [REQUEST_ID]: context.requestId,
                },
                body: JSON.stringify({ message: refusal.message, ...refusal.fields }),
            };
        }
    };
}

function restAnswer(response: RestResponse, context: RequestContext): HttpResponse {
    const body = response.body ?? "";
    return {
        status: response.status,
        headers: { "content-type": "application/json", [REQUEST_ID]: context.requestId, ...response.headers },
        body: typeof body === "string" || Buffer.isBuffer(body) ? body : JSON.stringify(body),
    };
}

function asServiceError(error: unknown): ServiceError {
    if (error instanceof ServiceError) return error;
    const detail = error instanceof Error ? (error.stack ?? error.message) : String(error);
    process.stderr.write(`local cloud: internal failure: ${detail}\n`);
    return new ServiceError("InternalFailure", "The local cloud failed; its terminal shows why.", 500);
}
