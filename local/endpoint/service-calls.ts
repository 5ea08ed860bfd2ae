import { randomUUID } from "node:crypto";

import { ServiceError } from "../errors";
import type { AccessRequest, AwsService, Caller, HttpRequest, HttpResponse, RequestContext } from "../service";
import { answerJson, answerQuery, type Guard, restResponder } from "./protocols";

/** A call that a service makes of another one, in a role. */
export interface ServiceCall {
    /** The called service's name in a SigV4 credential scope: `events`. */
    service: string;
    /** The operation, where the path does not say it. */
    action?: string;
    path?: string;
    httpMethod: string;
    headers: Record<string, string>;
    query: string;
    body: string;
    /** ARN of the role that it acts in. */
    credentials: string;
}

export interface RoleCallers {
    /** Throws a ServiceError where the role does not trust the service. */
    callerInRole(roleArn: string, service: string, sessionName: string): Caller;
    authorize(caller: Caller, access: AccessRequest, resourcePolicy?: string): void;
}

export interface ServiceCallsOptions {
    /** Who calls: `apigateway.amazonaws.com`. */
    principal: string;
    iam: RoleCallers;
    region: string;
    account: string;
    services: () => AwsService[];
}

/** Calls services' APIs for a service that acts in a role, without the way over HTTP. */
export class ServiceCalls {
    /** By role. */
    readonly #callers = new Map<string, Caller>();

    constructor(private readonly options: ServiceCallsOptions) {}

    /** Answers as AWS would over HTTP, refusals included. */
    async send(call: ServiceCall): Promise<{ status: number; headers: Record<string, string>; body: string }> {
        const { services, iam, region, account } = this.options;
        const found = services().filter(({ signingName }) => signingName === call.service);
        const request = requestOf(call, found[0]);
        const service =
            found.find((each) => each.protocol !== "json" || serves(each.targetPrefix, request)) ?? found[0];
        if (service === undefined)
            throw new ServiceError("UnknownService", `${call.service} does not run locally.`, 501);
        let caller: Caller;
        try {
            caller = this.#callerIn(call.credentials);
        } catch (error) {
            const message = error instanceof Error ? error.message : String(error);
            return { status: 403, headers: {}, body: JSON.stringify({ __type: "AccessDeniedException", message }) };
        }
        const context: RequestContext = {
            caller,
            requestId: randomUUID(),
            region,
            account,
            headers: request.headers,
            sourceIp: this.options.principal,
            waitForClock: (promise) => promise,
        };
        const guard: Guard = (access) => {
            for (const one of access) iam.authorize(caller, one, one.resourcePolicy);
        };
        const { status, headers, body } = await answer(service, request, context, guard);
        const single = Object.entries(headers).map(([name, value]) => [name.toLowerCase(), [value].flat().join(", ")]);
        return { status, headers: Object.fromEntries(single) as Record<string, string>, body: body.toString() };
    }

    #callerIn(roleArn: string): Caller {
        const { iam, principal } = this.options;
        const caller = this.#callers.get(roleArn) ?? iam.callerInRole(roleArn, principal, randomUUID());
        this.#callers.set(roleArn, caller);
        return caller;
    }
}

function requestOf(call: ServiceCall, service: AwsService | undefined): HttpRequest {
    const headers = Object.fromEntries(
        Object.entries(call.headers).map(([name, value]) => [name.toLowerCase(), value]),
    ) as Record<string, string>;
    if (service?.protocol === "json" && call.action !== undefined) {
        headers["x-amz-target"] ??= `${service.targetPrefix}.${call.action}`;
    }
    const isQuery = service?.protocol === "query" && call.action !== undefined;
    const form = new URLSearchParams(call.body === "" ? call.query : call.body);
    if (isQuery) form.set("Action", call.action ?? "");
    return {
        method: isQuery ? "POST" : call.httpMethod,
        path: call.path === undefined ? "/" : `/${call.path.replace(/^\//, "")}`,
        query: isQuery ? "" : call.query,
        rawHeaders: Object.entries(headers).flat(),
        headers,
        body: Buffer.from(isQuery ? form.toString() : call.body),
        sourceIp: "127.0.0.1",
    };
}

function serves(targetPrefix: string, { headers }: HttpRequest): boolean {
    return headers["x-amz-target"]?.startsWith(`${targetPrefix}.`) === true;
}

function answer(
    service: AwsService,
    request: HttpRequest,
    context: RequestContext,
    guard: Guard,
): Promise<HttpResponse> {
    switch (service.protocol) {
        case "json":
            return answerJson(service, request, context, guard);
        case "query":
            return answerQuery(service, request, context, guard);
        case "rest":
            return restResponder(service)(request, context, guard);
        case "http":
            return service.answer(request, context, guard);
    }
}
