import { randomUUID } from "node:crypto";
import type { Worker } from "node:worker_threads";

import type { Activity } from "../activity";
import type { Clock, Timer } from "../clock";
import type { Credentials } from "../iam";
import { randomId } from "../random";
import { startRuntime } from "./bootstrap-script";
import { environmentVariables } from "./environment-variables";
import type { FunctionConfiguration } from "./model";
import type {
    EnvironmentSettings,
    FireMessage,
    FunctionFailure,
    InvokeMessage,
    RuntimeMessage,
} from "./runtime/messages";
import { type InvocationReport, SystemLog } from "./system-log";
import { WorkerTimers } from "./worker-timers";

export interface EnvironmentOptions {
    clock: Clock;
    activity: Activity;
    configuration: FunctionConfiguration;
    version: string;
    region: string;
    endpoint: string;
    credentials: Credentials;
    log: (stream: string, messages: string[]) => void;
}

export interface InvocationRequest {
    requestId: string;
    invokedFunctionArn: string;
    payload: string;
    clientContext?: string;
    /** `Root=1-…;Parent=…;Sampled=0`. Default: a new one. */
    traceId?: string;
    /** For tests of what depends on the answer: the environment is killed right before it would give it. */
    isKilledAtEnd?: boolean;
}

export interface InvocationResult {
    payload?: string;
    failure?: FunctionFailure;
    /** Its log, for callers that ask for the end of it. */
    logTail: string[];
}

interface Running {
    request: InvocationRequest;
    startedAt: number;
    hasStarted: boolean;
    timer: Timer;
    lines: string[];
    /** Ends its part in the cloud's activity. */
    rest: () => void;
    resolve: (result: InvocationResult) => void;
}

interface Outcome {
    payload?: string;
    failure?: FunctionFailure;
    status: InvocationReport["status"];
}

/**
 * Loading may take this long. After that Lambda loads anew within the invocation's own time; here it goes on.
 * https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtime-environment.html#runtimes-lifecycle-ib
 */
const INIT_LIMIT_MS = 10_000;

/** Where one invocation after another runs: a worker thread with an environment and a log stream of its own. */
export class ExecutionEnvironment {
    readonly #options: EnvironmentOptions;
    readonly #worker: Worker;
    readonly #logStreamName: string;
    readonly #systemLog: SystemLog;
    readonly #ready: Promise<void>;
    readonly #timers: WorkerTimers;
    #running: Running | undefined;
    #initMs: number | undefined;
    #memoryUsedMb = 0;
    /** When the last invocation ended. */
    idleSince: number;
    /** True once it takes no more invocations. */
    ended = false;

    constructor(options: EnvironmentOptions) {
        const { clock, configuration, version } = options;
        this.#options = options;
        this.idleSince = clock.now();
        this.#logStreamName = streamName(options);
        this.#systemLog = new SystemLog(
            configuration,
            version,
            () => clock.now(),
            (lines) => this.#log(lines),
        );
        this.#systemLog.initStart();
        this.#worker = startRuntime({
            workerData: this.#settings(),
            env: environmentVariables({ ...options, logStreamName: this.#logStreamName }),
            resourceLimits: { maxOldGenerationSizeMb: configuration.memoryMb },
            execArgv: [],
            stdin: false,
            stdout: true,
            stderr: true,
        });
        this.#timers = new WorkerTimers(clock, (id) => this.#fire(id));
        this.#ready = this.#initialise();
        this.#worker.on("error", (error: NodeJS.ErrnoException) => this.#crashed(error));
        this.#worker.on("exit", (code) => this.#exited(`exit status ${code}`, "Runtime.ExitError"));
    }

    get busy(): boolean {
        return this.#running !== undefined;
    }

    /** Runs one invocation; the environment must not be busy. */
    invoke(request: InvocationRequest): Promise<InvocationResult> {
        return new Promise((resolve) => {
            const timer = this.#timeOutAfter(INIT_LIMIT_MS + this.#timeoutMs);
            const startedAt = performance.now();
            const rest = this.#options.activity.begin();
            this.#running = { request, startedAt, hasStarted: false, timer, lines: [], rest, resolve };
            void this.#begin(this.#running);
        });
    }

    async close(): Promise<void> {
        this.ended = true;
        this.#timers.cancelAll();
        await this.#worker.terminate();
    }

    get #timeoutMs(): number {
        return this.#options.configuration.timeoutSeconds * 1000;
    }

    async #begin(running: Running): Promise<void> {
        await this.#ready;
        // It may have run out of time, or of memory, as it was loading.
        if (this.#running !== running) return;
        this.#logStart(running);
        running.startedAt = performance.now();
        running.timer.cancel();
        running.timer = this.#timeOutAfter(this.#timeoutMs);
        const { traceId = newTraceId(this.#options.clock.now()), ...request } = running.request;
        this.#worker.postMessage({
            type: "invoke",
            timeoutMs: this.#timeoutMs,
            traceId,
            ...request,
        } satisfies InvokeMessage);
    }

    /** Settles when the code has loaded, and never where that fails. */
    #initialise(): Promise<void> {
        const startedAt = performance.now();
        return new Promise((resolve) => {
            this.#worker.on("message", (message: RuntimeMessage) => {
                switch (message.type) {
                    case "log":
                        return this.#log([message.text]);
                    case "result":
                        return this.#answered(message);
                    case "ready":
                        this.#initMs = performance.now() - startedAt;
                        return resolve();
                    case "timer":
                        return this.#timers.set(message.id, message.ms);
                    case "cancel":
                        return this.#timers.cancel(message.id);
                    case "waiting":
                        if (message.fired === this.#timers.fired) this.#running?.rest();
                        return;
                    case "fatal":
                        // At once, for the worker's exit may be the next event.
                        return this.#fail(message.failure, "error");
                }
            });
        });
    }

    #answered({ requestId, payload, failure, memoryUsedMb }: Extract<RuntimeMessage, { type: "result" }>): void {
        // After a timeout, an answer comes too late.
        if (this.#running?.request.requestId !== requestId) return;
        if (this.#running.request.isKilledAtEnd === true) {
            return this.#exited("signal: killed (injected fault)", "Runtime.ExitError");
        }
        this.#memoryUsedMb = Math.max(this.#memoryUsedMb, memoryUsedMb);
        this.#finish({ payload, failure, status: failure === undefined ? "success" : "error" });
    }

    /** The code goes on with what has waited for the timer. */
    #fire(id: number): void {
        const running = this.#running;
        if (running !== undefined) {
            running.rest();
            running.rest = this.#options.activity.begin();
        }
        this.#worker.postMessage({ type: "fire", id } satisfies FireMessage);
    }

    #timeOutAfter(ms: number): Timer {
        return this.#options.clock.after(ms, () => {
            const running = this.#running;
            if (running === undefined) return;
            const { requestId } = running.request;
            const seconds = this.#options.configuration.timeoutSeconds.toFixed(2);
            const errorMessage = `RequestId: ${requestId} Error: Task timed out after ${seconds} seconds`;
            this.#logStart(running);
            this.#systemLog.timedOut(requestId);
            this.#fail({ errorType: "Sandbox.Timedout", errorMessage }, "timeout");
        });
    }

    #crashed(error: NodeJS.ErrnoException): void {
        if (error.code !== "ERR_WORKER_OUT_OF_MEMORY") return this.#exited(error.message, "Runtime.ExitError");
        this.#memoryUsedMb = this.#options.configuration.memoryMb;
        this.#exited("signal: killed", "Runtime.OutOfMemory");
    }

    #exited(reason: string, errorType: string): void {
        const requestId = this.#running?.request.requestId ?? "";
        const errorMessage = `RequestId: ${requestId} Error: Runtime exited with error: ${reason}`;
        this.#fail({ errorType, errorMessage }, "failure");
    }

    /** Ends the environment with the invocation that runs in it. */
    #fail(failure: FunctionFailure, status: Outcome["status"]): void {
        void this.close();
        if (this.#running === undefined) return;
        this.#logStart(this.#running);
        this.#finish({ failure, status });
    }

    #logStart(running: Running): void {
        if (!running.hasStarted) this.#systemLog.start(running.request.requestId);
        running.hasStarted = true;
    }

    #finish({ payload, failure, status }: Outcome): void {
        const running = this.#running;
        if (running === undefined) return;
        running.timer.cancel();
        running.rest();
        this.#systemLog.report({
            requestId: running.request.requestId,
            durationMs: performance.now() - running.startedAt,
            initMs: this.#initMs,
            memoryUsedMb: this.#memoryUsedMb,
            status,
            errorType: failure?.errorType,
        });
        this.#initMs = undefined;
        this.#running = undefined;
        this.idleSince = this.#options.clock.now();
        running.resolve({ payload, failure, logTail: running.lines });
    }

    #log(messages: string[]): void {
        this.#running?.lines.push(...messages);
        this.#options.log(this.#logStreamName, messages);
    }

    #settings(): EnvironmentSettings {
        const { configuration, version, endpoint } = this.#options;
        return {
            taskRoot: configuration.taskRoot,
            handler: configuration.handler,
            runtime: configuration.runtime,
            functionName: configuration.name,
            functionVersion: version,
            memoryMb: configuration.memoryMb,
            logGroupName: configuration.logGroupName,
            logStreamName: this.#logStreamName,
            jsonLogs: configuration.jsonLogs,
            logLevel: configuration.applicationLogLevel,
            endpoint,
            time: this.#options.clock.shared,
            sdkRoots: [__dirname, process.cwd()],
        };
    }
}

/** `2026/11/23/[$LATEST]0123…` */
function streamName({ clock, version }: EnvironmentOptions): string {
    const day = new Date(clock.now()).toISOString().slice(0, 10).replace(/-/g, "/");
    return `${day}/[${version}]${randomUUID().replace(/-/g, "")}`;
}

/** https://docs.aws.amazon.com/xray/latest/devguide/xray-concepts.html#xray-concepts-traceids */
function newTraceId(now: number): string {
    const seconds = Math.floor(now / 1000).toString(16);
    return `Root=1-${seconds}-${randomId(12)};Parent=${randomId(8)};Sampled=0`;
}
