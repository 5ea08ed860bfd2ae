import type { HttpRequest, HttpResponse } from "../service";
import { writeAccessLog } from "./access-log";
import type { CompiledApi, MethodSettings, Route, Stage } from "./api";
import { requireApiKey } from "./authorizers/api-key";
import type { Backends } from "./compile";
import { GatewayError, INTERNAL_ERROR } from "./gateway-error";
import { type Destination, type Invocation, newInvocation } from "./invocation";
import type { LogSink } from "./ports";
import { type Throttle, Throttles } from "./throttle";
import type { Entitlement, UsagePlans } from "./usage-plans";

/** Payloads above this are refused: https://docs.aws.amazon.com/apigateway/latest/developerguide/limits.html */
const PAYLOAD_LIMIT_BYTES = 10 * 1024 * 1024;

/**
 * Leads a request through the steps of API Gateway: route, resource policy and authorizer, API key, throttling and
 * quota, validation, integration; then the access log.
 */
export class Pipeline {
    readonly #throttles: Throttles;

    constructor(
        private readonly backends: Backends,
        private readonly plans: UsagePlans,
        private readonly logs: LogSink,
    ) {
        this.#throttles = new Throttles(backends.clock);
    }

    async run(destination: Destination, compiled: CompiledApi, request: HttpRequest): Promise<HttpResponse> {
        const { region, account, clock } = this.backends;
        const invocation = newInvocation(destination, request, { region, account, now: clock.now() });
        let response: HttpResponse;
        try {
            response = withGatewayHeaders(await this.#answer(invocation, compiled), invocation);
        } catch (error) {
            invocation.error = asGatewayError(error);
            response = compiled.gatewayResponses.respond(invocation, invocation.error);
        }
        const { accessLog } = invocation.stage;
        if (accessLog !== undefined) {
            const latency = clock.now() - invocation.startedAt;
            invocation.answer = { status: response.status, length: Buffer.byteLength(response.body), latency };
            writeAccessLog(this.logs, accessLog, invocation);
        }
        return response;
    }

    async #answer(invocation: Invocation, compiled: CompiledApi): Promise<HttpResponse> {
        const route = findRoute(invocation, compiled);
        if (invocation.request.body.length > PAYLOAD_LIMIT_BYTES) {
            throw new GatewayError("REQUEST_TOO_LARGE", "Request Too Long");
        }
        // Where nothing waits, nothing is awaited.
        const authorizing = route.authorize?.(invocation);
        if (authorizing !== undefined) await authorizing;
        const entitlement = route.method.apiKeyRequired ? requireApiKey(this.plans, invocation) : undefined;
        this.#limit(invocation, route, entitlement);
        validate(invocation, route);
        return route.integrate(invocation);
    }

    /**
     * https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-request-throttling.html
     * The account's own limit, 10,000 requests a second unless AWS raises it, is beyond what a laptop is asked for.
     * A request that is throttled does not count against the quota.
     */
    #limit(invocation: Invocation, route: Route, entitlement: Entitlement | undefined): void {
        const limits: { name: string; throttle: Throttle }[] = [];
        const { api, stage, request } = invocation;
        const where = `${route.resourcePath}/${request.method}`;
        const method = methodSettings(stage, where)?.throttle;
        if (method !== undefined) limits.push({ name: `method ${api.id}/${stage.name}${where}`, throttle: method });
        if (entitlement !== undefined) limits.push(...keyLimits(entitlement, invocation, where));
        if (!this.#throttles.admit(limits)) throw new GatewayError("THROTTLED", "Too Many Requests");
        if (entitlement !== undefined && !this.plans.consume(entitlement)) {
            throw new GatewayError("QUOTA_EXCEEDED", "Limit Exceeded");
        }
    }
}

function findRoute(invocation: Invocation, compiled: CompiledApi): Route {
    const match = compiled.router.match(invocation.rawPath);
    const route = match?.target.get(invocation.request.method) ?? match?.target.get("ANY");
    if (match === undefined || route === undefined) {
        // Not a 404: API Gateway does not tell strangers which paths exist.
        throw new GatewayError("MISSING_AUTHENTICATION_TOKEN", "Missing Authentication Token");
    }
    invocation.route = route;
    invocation.pathParameters = match.pathParameters;
    return route;
}

/** The stage's settings apply to each method by itself: a busy method does not use up the limit of another. */
function methodSettings(stage: Stage, where: string): MethodSettings | undefined {
    return stage.methodSettings.get(where) ?? stage.methodSettings.get("*/*");
}

function keyLimits(
    { key, plan, planStage }: Entitlement,
    { api, stage }: Invocation,
    where: string,
): { name: string; throttle: Throttle }[] {
    // A plan's limit for one method takes the place of the plan's own.
    const method = planStage.throttles.get(where);
    if (method !== undefined) {
        return [{ name: `key ${plan.id}/${key.id} ${api.id}/${stage.name}${where}`, throttle: method }];
    }
    return plan.throttle === undefined ? [] : [{ name: `key ${plan.id}/${key.id}`, throttle: plan.throttle }];
}

function validate(invocation: Invocation, route: Route): void {
    route.validate?.({
        path: invocation.pathParameters,
        querystring: invocation.query,
        header: invocation.request.headers,
        body: () => invocation.request.body.toString("utf8"),
    });
}

function withGatewayHeaders(response: HttpResponse, invocation: Invocation): HttpResponse {
    const { headers } = response;
    headers["x-amzn-RequestId"] = invocation.requestId;
    headers["x-amz-apigw-id"] = invocation.extendedRequestId;
    return response;
}

function asGatewayError(error: unknown): GatewayError {
    if (error instanceof GatewayError) return error;
    const detail = error instanceof Error ? (error.stack ?? error.message) : String(error);
    process.stderr.write(`local cloud: API Gateway failed: ${detail}\n`);
    return new GatewayError("DEFAULT_5XX", INTERNAL_ERROR);
}
