import type { Socket } from "node:net";

import { Activity } from "../activity";
import type { Clock } from "../clock";
import { ServiceError } from "../errors";
import { Faults } from "../faults";
import type { Credentials } from "../iam";
import { Checkpoints } from "../polling";
import type { AccessRequest, Materialisers, RestService } from "../service";
import { MEMORY, type Store } from "../store";
import type { Delivery, Target, Targets } from "../targets";
import { AsynchronousInvocations } from "./asynchronous";
import { CodeFolders } from "./code";
import { EventSourceMappings, type EventSources, mappingMaterialiser, mappingRoutes } from "./event-source-mappings";
import { DEFAULT_MAX_ENVIRONMENTS } from "./environment-pool";
import { ExecutionEnvironment } from "./execution-environment";
import type { InvocationResult } from "./invocation";
import { Invoker } from "./invoker";
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
    /** The local endpoint, once it listens. */
    endpoint: () => LocalEndpoint;
    /**
     * Takes what became of asynchronous invocations to other resources. What it does not take is told in the function's
     * log.
     */
    targets?: Pick<Targets, "deliver">;
    /** What event source mappings read: streams by the service in their ARN, and queues. */
    sources?: EventSources;
    /** How far they have been read. Default: as the store has it. */
    checkpoints?: Checkpoints;
    /** Default: nothing is kept. */
    store?: Store;
    activity?: Activity;
    faults?: Faults;
    /** Environments of one version of a function that may run at once. Default: 32. */
    maxEnvironments?: number;
}

export interface LocalEndpoint {
    url: string;
    /** Serves a connection that does not come over the network. */
    connect(socket: Socket): void;
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
    /** For other services' deliveries to functions. */
    readonly target: Target;
    readonly #options: LambdaOptions;
    readonly #faults: Faults;
    readonly #activity: Activity;
    readonly #code = new CodeFolders();
    readonly #invoker: Invoker;
    readonly #asynchronous: AsynchronousInvocations;
    readonly #mappings: EventSourceMappings;

    constructor(options: LambdaOptions) {
        const { clock, region, account, store = MEMORY } = options;
        this.#options = options;
        this.#faults = options.faults ?? new Faults();
        this.#activity = options.activity ?? new Activity();
        this.functions = new Functions(region, account);
        this.#invoker = new Invoker({
            clock,
            store,
            activity: this.#activity,
            faults: this.#faults,
            functions: this.functions,
            maxEnvironments: options.maxEnvironments ?? DEFAULT_MAX_ENVIRONMENTS,
            start: (name, version) => this.#startEnvironment(name, version),
        });
        this.#asynchronous = new AsynchronousInvocations({
            clock,
            store,
            find: (functionArn) => this.functions.find(functionArn),
            run: ({ functionArn, ...event }, attempt) =>
                this.#invoker.run({ ...event, target: this.#routed(this.functions.find(functionArn)), attempt }),
            deliver: (delivery) => this.#deliver(delivery),
            undelivered: (target, delivery, error) => this.#logUndelivered(target, delivery, error),
        });
        this.#mappings = new EventSourceMappings({
            clock,
            region,
            activity: this.#activity,
            checkpoints: options.checkpoints ?? new Checkpoints(store),
            sources: options.sources ?? { streams: {} },
            functions: this,
            iam: options.iam,
            deliver: (delivery) => this.#deliver(delivery),
            lost: (target, text) => this.#log(target, text),
        });
        this.target = { deliver: (delivery) => this.#receive(delivery) };
        const replaced = (functionName: string): void => this.#invoker.replace(functionName);
        this.materialisers = {
            ...lambdaMaterialisers(this.functions, this.#code, clock, replaced),
            "aws:lambda/eventSourceMapping:EventSourceMapping": mappingMaterialiser(this.#mappings),
        };
        const service = lambdaService(this, options);
        this.service = { ...service, routes: [...service.routes, ...mappingRoutes(this.#mappings, options)] };
    }

    /**
     * Invokes a function and waits for its answer.
     * @throws ServiceError ResourceNotFoundException, AccessDeniedException, TooManyRequestsException,
     *   RequestTooLargeException, or InvalidRuntimeException for a function that cannot run here.
     */
    async invoke(request: InvokeRequest): Promise<InvokeResult> {
        const target = this.#permitted(request);
        refuseTooLarge(request.payload, "RequestResponse", REQUEST_LIMIT_BYTES);
        const { payload, clientContext, traceId } = request;
        const requestId = this.#faults.newId(target.arn, payload);
        const result = await this.#invoker.run({ target, requestId, payload, clientContext, traceId, attempt: 1 });
        return { ...answerOf(result), executedVersion: target.version, logTail: result.logTail };
    }

    /** Accepts an event that nobody waits for. Throws as {@link invoke} does. */
    invokeAsync(request: InvokeRequest): void {
        const { arn } = this.#permitted(request);
        const { payload, clientContext, traceId } = request;
        refuseTooLarge(payload, "Event", EVENT_LIMIT_BYTES);
        const requestId = this.#faults.newId(arn, payload);
        this.#asynchronous.accept({ requestId, functionArn: arn, payload, clientContext, traceId });
    }

    /** Goes on with the events that an earlier run has left. Call it once the functions exist. */
    resume(): void {
        this.#asynchronous.resume();
    }

    /** Ends all environments and removes temporary files. */
    async close(): Promise<void> {
        this.#mappings.close();
        this.#asynchronous.close();
        await this.#invoker.close();
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
        return this.#routed(target);
    }

    #routed(target: FunctionReference): FunctionReference {
        return { ...target, version: routedVersion(target, Math.random()) };
    }

    #startEnvironment(name: string, version: string): ExecutionEnvironment {
        const { clock, region, iam, logs, endpoint } = this.#options;
        const { configuration } = this.functions.find(name).function;
        const { roleArn, logGroupName } = configuration;
        // Lambda makes a missing group where the role may: https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs.html
        const createGroup = iam.roleMay(roleArn, { action: "logs:CreateLogGroup", resource: "*" }).allowed;
        const { url, connect } = endpoint();
        return new ExecutionEnvironment({
            clock,
            activity: this.#activity,
            configuration,
            version,
            region,
            endpoint: url,
            connect,
            credentials: iam.serviceSession(roleArn, "lambda.amazonaws.com", name),
            log: (stream, messages) => void logs.put(logGroupName, stream, messages, { createGroup }),
        });
    }

    async #receive({ targetArn, body, sender, waits }: Delivery): Promise<string | undefined> {
        const { service: principal, sourceArn, roleArn: credentials } = sender;
        const request = { functionArn: targetArn, payload: body, principal, sourceArn, credentials };
        if (waits !== true) {
            this.invokeAsync(request);
            return undefined;
        }
        const { payload, functionError } = await this.invoke(request);
        if (functionError !== undefined) throw new ServiceError("FunctionError", payload, 502);
        return payload;
    }

    async #deliver(delivery: Delivery): Promise<void> {
        const { targets } = this.#options;
        if (targets === undefined) throw new Error("nothing here takes it");
        await targets.deliver(delivery);
    }

    #logUndelivered(target: FunctionReference, { id, targetArn }: Delivery, error: unknown): void {
        const why = error instanceof Error ? error.message : String(error);
        this.#log(target, `What became of the event of request ${id} was not delivered to ${targetArn}: ${why}`);
    }

    #log({ function: fn }: FunctionReference, text: string): void {
        this.#options.logs.put(fn.configuration.logGroupName, "undelivered", [text], { createGroup: true });
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
