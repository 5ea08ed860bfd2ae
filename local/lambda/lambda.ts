import { randomUUID } from "node:crypto";

import type { GraphValue } from "../../graph/model";
import type { Clock } from "../clock";
import { ServiceError } from "../errors";
import type { Credentials } from "../iam";
import type { AccessRequest, Materialisers, RestService } from "../service";
import { AsynchronousInvocations, type AsyncInvocation, type Deliver, type Delivery } from "./asynchronous";
import { CodeFolders } from "./code";
import { Concurrency } from "./concurrency";
import { DEFAULT_MAX_ENVIRONMENTS, EnvironmentPool } from "./environment-pool";
import { ExecutionEnvironment, type InvocationResult } from "./execution-environment";
import { lambdaMaterialisers } from "./materialisers";
import { type FunctionReference, Functions, routedVersion } from "./model";
import { lambdaService } from "./operations";
import { resourcePolicyOf } from "./resource-policy";

/** What Lambda needs of IAM. */
export interface RoleKeeper {
    /** Throws a ServiceError where the role does not trust Lambda. */
    serviceSession(roleArn: string, service: string, sessionName: string): Credentials;
    serviceMayAct(request: {
        service: string;
        action: string;
        resource: string;
        sourceArn: string;
        resourcePolicy: string;
    }): boolean;
    roleMay(roleArn: string, access: AccessRequest, resourcePolicy?: string): { allowed: boolean };
}

/** Where functions' logs go. */
export interface FunctionLogs {
    put(logGroupName: string, streamName: string, messages: string[], options?: { createGroup?: boolean }): boolean;
}

export interface LambdaOptions {
    clock: Clock;
    region: string;
    account: string;
    iam: RoleKeeper;
    logs: FunctionLogs;
    /** URL of the local endpoint, known once it listens. */
    endpoint: () => string;
    /**
     * Takes what became of asynchronous invocations to queues, topics and buses. Without it, the function's log tells
     * what was not delivered. Functions get theirs in any case.
     */
    deliver?: Deliver;
    /** Environments of one function that may run at once. Default: twice the machine's cores, at least 2. */
    maxEnvironments?: number;
}

export interface InvokeRequest {
    /** A name, or an ARN, with or without `:qualifier`. */
    functionArn: string;
    /** JSON text. */
    payload: string;
    /** Service that invokes, `apigateway.amazonaws.com`: the function's resource policy must permit it. */
    principal?: string;
    /** ARN of what the service acts for. */
    sourceArn?: string;
    /** ARN of a role to invoke with; then its policies decide instead. */
    credentials?: string;
    /** JSON text. */
    clientContext?: string;
    /** X-Ray's header. Default: a new trace. */
    traceId?: string;
}

export interface InvokeResult {
    payload: string;
    /** `Unhandled` where the function failed; the payload tells why. */
    functionError?: string;
    executedVersion: string;
    logTail: string[];
}

/** https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html */
const REQUEST_LIMIT_BYTES = 6 * 1024 * 1024;
const EVENT_LIMIT_BYTES = 1024 * 1024;
/** Lambda leaves a little room around an answer of 6 MB. */
const RESPONSE_LIMIT_BYTES = REQUEST_LIMIT_BYTES + 100;

const INVOKE = "lambda:InvokeFunction";

/** Functions, each in worker threads of its own. */
export class Lambda {
    readonly service: RestService;
    readonly materialisers: Materialisers;
    readonly functions: Functions;
    readonly #options: LambdaOptions;
    readonly #code = new CodeFolders();
    readonly #concurrency = new Concurrency();
    /** By function name, then by version. */
    readonly #pools = new Map<string, Map<string, EnvironmentPool>>();
    readonly #asynchronous: AsynchronousInvocations;

    constructor(options: LambdaOptions) {
        this.#options = options;
        this.functions = new Functions(options.region, options.account);
        this.#asynchronous = new AsynchronousInvocations(
            options.clock,
            (delivery) => this.#deliver(delivery),
            (invocation, delivery, error) => this.#logUndelivered(invocation, delivery, error),
        );
        this.materialisers = lambdaMaterialisers(this.functions, this.#code, options.clock);
        this.service = lambdaService(this, options);
    }

    /**
     * Invokes a function and waits for its answer.
     * @throws ServiceError ResourceNotFoundException, AccessDeniedException, TooManyRequestsException,
     *   RequestTooLargeException, or InvalidRuntimeException for a function that cannot run here.
     */
    async invoke(request: InvokeRequest): Promise<InvokeResult> {
        const target = this.#permitted(request);
        refuseTooLarge(request.payload, "RequestResponse", REQUEST_LIMIT_BYTES);
        const result = await this.#run(target, randomUUID(), request);
        return { ...answerOf(result), executedVersion: target.version, logTail: result.logTail };
    }

    /** Accepts an event that nobody waits for. Throws as {@link invoke} does. */
    invokeAsync(request: InvokeRequest): void {
        const target = this.#permitted(request);
        refuseTooLarge(request.payload, "Event", EVENT_LIMIT_BYTES);
        const requestId = randomUUID();
        this.#asynchronous.accept({
            target,
            requestId,
            payload: request.payload,
            run: () => this.#run(target, requestId, request),
        });
    }

    /** Gives a function new code: invocations that run finish with the old one. */
    replaceCode(functionArn: string, code: GraphValue): void {
        const { configuration } = this.functions.find(functionArn).function;
        configuration.taskRoot = this.#code.folderOf(code);
        configuration.lastModified = this.#options.clock.now();
        for (const pool of this.#poolsOf(configuration.name).values()) pool.replace();
    }

    /** Ends all environments and removes temporary files; what waits for another attempt is forgotten. */
    async close(): Promise<void> {
        this.#asynchronous.close();
        const pools = [...this.#pools.values()].flatMap((versions) => [...versions.values()]);
        await Promise.all(pools.map((pool) => pool.close()));
        this.#code.removeAll();
    }

    #permitted({ functionArn, principal, sourceArn = "", credentials }: InvokeRequest): FunctionReference {
        const target = this.functions.find(functionArn);
        const { notRunnable, name } = target.function.configuration;
        const resourcePolicy = resourcePolicyOf(target.function, target.qualifier);
        const access = { action: INVOKE, resource: target.arn };
        const { iam } = this.#options;
        const allowed =
            credentials !== undefined
                ? iam.roleMay(credentials, access).allowed
                : principal === undefined ||
                  (resourcePolicy !== undefined &&
                      iam.serviceMayAct({ ...access, service: principal, sourceArn, resourcePolicy }));
        if (!allowed) {
            const who = credentials ?? principal ?? "";
            throw new ServiceError(
                "AccessDeniedException",
                `${who} is not authorized to perform: ${INVOKE} on resource: ${target.arn}`,
                403,
            );
        }
        if (notRunnable !== undefined) {
            throw new ServiceError(
                "InvalidRuntimeException",
                `The function ${name} does not run locally: ${notRunnable}.`,
                502,
            );
        }
        return { ...target, version: routedVersion(target, Math.random()) };
    }

    #run(target: FunctionReference, requestId: string, request: InvokeRequest): Promise<InvocationResult> {
        const { function: fn, version, arn } = target;
        const { name } = fn.configuration;
        const { payload, clientContext, traceId } = request;
        const share = {
            functionName: name,
            reserved: fn.reservedConcurrency,
            reservedByAll: this.functions.reservedConcurrency,
        };
        return this.#concurrency.run(share, () =>
            this.#pool(name, version).invoke({ requestId, invokedFunctionArn: arn, payload, clientContext, traceId }),
        );
    }

    #poolsOf(name: string): Map<string, EnvironmentPool> {
        const pools = this.#pools.get(name) ?? new Map<string, EnvironmentPool>();
        this.#pools.set(name, pools);
        return pools;
    }

    #pool(name: string, version: string): EnvironmentPool {
        const pools = this.#poolsOf(name);
        const { clock, maxEnvironments = DEFAULT_MAX_ENVIRONMENTS } = this.#options;
        const pool =
            pools.get(version) ?? new EnvironmentPool(clock, () => this.#environment(name, version), maxEnvironments);
        pools.set(version, pool);
        return pool;
    }

    #environment(name: string, version: string): ExecutionEnvironment {
        const { clock, region, iam, logs, endpoint } = this.#options;
        const { configuration } = this.functions.find(name).function;
        const { roleArn, logGroupName } = configuration;
        // Lambda makes a missing group where the role may: https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs.html
        const createGroup = iam.roleMay(roleArn, { action: "logs:CreateLogGroup", resource: "*" }).allowed;
        return new ExecutionEnvironment({
            clock,
            configuration,
            version,
            region,
            endpoint: endpoint(),
            credentials: iam.serviceSession(roleArn, "lambda.amazonaws.com", name),
            log: (stream, messages) => void logs.put(logGroupName, stream, messages, { createGroup }),
        });
    }

    async #deliver(delivery: Delivery): Promise<void> {
        const { destinationArn, roleArn, body } = delivery;
        if (destinationArn.includes(":function:")) {
            this.invokeAsync({ functionArn: destinationArn, payload: body, credentials: roleArn });
            return;
        }
        const { deliver } = this.#options;
        if (deliver === undefined) throw new Error("destinations of this kind do not run locally");
        await deliver(delivery);
    }

    #logUndelivered({ target, requestId }: AsyncInvocation, { destinationArn }: Delivery, error: unknown): void {
        const { logGroupName } = target.function.configuration;
        const why = error instanceof Error ? error.message : String(error);
        const text = `What became of the event of request ${requestId} was not delivered to ${destinationArn}: ${why}`;
        this.#options.logs.put(logGroupName, "undelivered", [text], { createGroup: true });
    }
}

function refuseTooLarge(payload: string, invocationType: string, limit: number): void {
    const size = Buffer.byteLength(payload);
    if (size <= limit) return;
    throw new ServiceError(
        "RequestTooLargeException",
        `${size} byte payload is too large for the ${invocationType} invocation type (limit ${limit} bytes)`,
        413,
    );
}

function answerOf({ payload, failure }: InvocationResult): Pick<InvokeResult, "payload" | "functionError"> {
    if (failure !== undefined) return { payload: JSON.stringify(failure), functionError: "Unhandled" };
    if (payload !== undefined && Buffer.byteLength(payload) > RESPONSE_LIMIT_BYTES) {
        const tooLarge = {
            errorType: "Function.ResponseSizeTooLarge",
            errorMessage: `Response payload size exceeded maximum allowed payload size (${RESPONSE_LIMIT_BYTES} bytes).`,
        };
        return { payload: JSON.stringify(tooLarge), functionError: "Unhandled" };
    }
    return { payload: payload ?? "null" };
}
