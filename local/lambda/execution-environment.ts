import { randomBytes, randomUUID } from "node:crypto";
import type { Worker } from "node:worker_threads";

import type { Clock } from "../clock";
import type { Credentials } from "../iam";
import { startRuntime } from "./bootstrap-script";
import type { FunctionConfiguration } from "./model";
import type { EnvironmentSettings, FunctionFailure, InvokeMessage, RuntimeMessage } from "./runtime/messages";

export interface EnvironmentOptions {
    clock: Clock;
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
    traceId?: string;
}

export interface InvocationResult {
    payload?: string;
    failure?: FunctionFailure;
    /** The last lines of its log, for callers that ask for them. */
    logTail: string[];
}

interface Running {
    request: InvocationRequest;
    startedAt: number;
    lines: string[];
    finish: (outcome: Pick<InvocationResult, "payload" | "failure">) => void;
}

/** Where one invocation after another runs: a worker thread with an environment and a log stream of its own. */
export class ExecutionEnvironment {
    readonly #options: EnvironmentOptions;
    readonly #worker: Worker;
    readonly #stream: string;
    readonly #startedAt: number;
    #ready: Promise<FunctionFailure | undefined>;
    #running: Running | undefined;
    #initMs: number | undefined;
    /** When the last invocation ended. */
    idleSince: number;
    ended = false;

    constructor(options: EnvironmentOptions) {
        this.#options = options;
        this.#startedAt = performance.now();
        this.idleSince = options.clock.now();
        this.#stream = streamName(options);
        this.#worker = startRuntime({
            workerData: this.#settings(),
            env: environmentVariables(options, this.#stream),
            resourceLimits: { maxOldGenerationSizeMb: options.configuration.memoryMb },
            execArgv: [],
            stdin: false,
            stdout: true,
            stderr: true,
        });
        this.#ready = this.#initialised();
        this.#worker.on("exit", (code) => this.#exited(code));
        this.#worker.on("error", (error: NodeJS.ErrnoException) => this.#crashed(error));
    }

    get busy(): boolean {
        return this.#running !== undefined;
    }

    /** Runs one invocation; the environment must not be busy. */
    invoke(request: InvocationRequest): Promise<InvocationResult> {
        return new Promise((resolve) => {
            const running: Running = {
                request,
                startedAt: performance.now(),
                lines: [],
                finish: ({ payload, failure }) => {
                    this.#running = undefined;
                    this.idleSince = this.#options.clock.now();
                    resolve({ payload, failure, logTail: running.lines });
                },
            };
            this.#running = running;
            void this.#start(running);
        });
    }

    async close(): Promise<void> {
        this.ended = true;
        await this.#worker.terminate();
    }

    async #start(running: Running): Promise<void> {
        const { configuration, clock } = this.#options;
        const { requestId } = running.request;
        const initFailure = await this.#ready;
        this.#log([...this.#initLines(), `START RequestId: ${requestId} Version: ${this.#options.version}`]);
        if (initFailure !== undefined) {
            this.ended = true;
            void this.#worker.terminate();
            return this.#finish(running, { failure: initFailure });
        }
        const timeoutMs = configuration.timeoutSeconds * 1000;
        const timer = clock.after(timeoutMs, () => this.#timedOut(running));
        const finish = running.finish;
        running.finish = (outcome) => {
            timer.cancel();
            finish(outcome);
        };
        this.#worker.postMessage({
            type: "invoke",
            timeoutMs,
            traceId: `Root=1-${hex(4)}-${hex(12)};Parent=${hex(8)};Sampled=0`,
            ...running.request,
        } satisfies InvokeMessage);
    }

    #initialised(): Promise<FunctionFailure | undefined> {
        return new Promise((resolve) => {
            this.#worker.on("message", (message: RuntimeMessage) => {
                switch (message.type) {
                    case "log":
                        return this.#log([message.text]);
                    case "result":
                        return this.#answered(message);
                    case "ready":
                        this.#initMs = performance.now() - this.#startedAt;
                        return resolve(undefined);
                    case "init-failed":
                        return resolve(message.failure);
                }
            });
            this.#worker.on("exit", (code) => resolve(exitFailure("Runtime.ExitError", code)));
        });
    }

    #answered(message: Extract<RuntimeMessage, { type: "result" }>): void {
        const running = this.#running;
        // After a timeout, an answer comes too late.
        if (running?.request.requestId !== message.requestId) return;
        this.#finish(running, message);
    }

    #finish(running: Running, outcome: Pick<InvocationResult, "payload" | "failure">): void {
        const { requestId } = running.request;
        const { memoryMb } = this.#options.configuration;
        const duration = performance.now() - running.startedAt;
        const init = this.#initMs === undefined ? "" : `Init Duration: ${this.#initMs.toFixed(2)} ms\t`;
        this.#initMs = undefined;
        this.#log([
            `END RequestId: ${requestId}`,
            `REPORT RequestId: ${requestId}\tDuration: ${duration.toFixed(2)} ms\t` +
                `Billed Duration: ${Math.ceil(duration)} ms\tMemory Size: ${memoryMb} MB\t${init}`,
        ]);
        running.finish(outcome);
    }

    #timedOut(running: Running): void {
        this.ended = true;
        void this.#worker.terminate();
        const seconds = this.#options.configuration.timeoutSeconds.toFixed(2);
        const message = `Task timed out after ${seconds} seconds`;
        this.#log([`${new Date(this.#options.clock.now()).toISOString()} ${running.request.requestId} ${message}`]);
        this.#finish(running, {
            failure: {
                errorType: "Sandbox.Timedout",
                errorMessage: `RequestId: ${running.request.requestId} Error: ${message}`,
            },
        });
    }

    #exited(code: number): void {
        this.ended = true;
        const running = this.#running;
        if (running === undefined) return;
        const { errorMessage } = exitFailure("Runtime.ExitError", code);
        const failure = {
            errorType: "Runtime.ExitError",
            errorMessage: `RequestId: ${running.request.requestId} Error: ${errorMessage}`,
        };
        this.#finish(running, { failure });
    }

    #crashed(error: NodeJS.ErrnoException): void {
        const running = this.#running;
        this.ended = true;
        if (running === undefined) return;
        const outOfMemory = error.code === "ERR_WORKER_OUT_OF_MEMORY";
        this.#finish(running, {
            failure: {
                errorType: outOfMemory ? "Runtime.OutOfMemory" : "Runtime.ExitError",
                errorMessage: `RequestId: ${running.request.requestId} Error: Runtime exited with error: ${
                    outOfMemory ? "signal: killed" : error.message
                }`,
            },
        });
    }

    #log(messages: string[]): void {
        this.#running?.lines.push(...messages);
        this.#options.log(this.#stream, messages);
    }

    #initLines(): string[] {
        if (this.#initMs === undefined) return [];
        return [`INIT_START Runtime Version: ${this.#options.configuration.runtime} (local)`];
    }

    #settings(): EnvironmentSettings {
        const { configuration, version, endpoint } = this.#options;
        return {
            taskRoot: configuration.taskRoot,
            handler: configuration.handler,
            functionName: configuration.name,
            functionVersion: version,
            memoryMb: configuration.memoryMb,
            logGroupName: configuration.logGroupName,
            logStreamName: this.#stream,
            jsonLogs: configuration.jsonLogs,
            endpoint,
        };
    }
}

function exitFailure(errorType: string, code: number): FunctionFailure {
    return { errorType, errorMessage: `Runtime exited with error: exit status ${code}` };
}

/** `2026/11/23/[$LATEST]0123…` */
function streamName({ clock, version }: EnvironmentOptions): string {
    const day = new Date(clock.now()).toISOString().slice(0, 10).replace(/-/g, "/");
    return `${day}/[${version}]${randomUUID().replace(/-/g, "")}`;
}

function hex(bytes: number): string {
    return randomBytes(bytes).toString("hex");
}

/** Lambda's own variables and the function's; nothing of this machine's environment. */
function environmentVariables(options: EnvironmentOptions, logStreamName: string): Record<string, string> {
    const { configuration, version, region, endpoint, credentials } = options;
    return {
        // https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html#configuration-envvars-runtime
        _HANDLER: configuration.handler,
        AWS_DEFAULT_REGION: region,
        AWS_EXECUTION_ENV: `AWS_Lambda_${configuration.runtime}`,
        AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(configuration.memoryMb),
        AWS_LAMBDA_FUNCTION_NAME: configuration.name,
        AWS_LAMBDA_FUNCTION_VERSION: version,
        AWS_LAMBDA_INITIALIZATION_TYPE: "on-demand",
        AWS_LAMBDA_LOG_GROUP_NAME: configuration.logGroupName,
        AWS_LAMBDA_LOG_STREAM_NAME: logStreamName,
        AWS_REGION: region,
        AWS_ACCESS_KEY_ID: credentials.accessKeyId,
        AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
        AWS_SESSION_TOKEN: credentials.sessionToken,
        LAMBDA_TASK_ROOT: configuration.taskRoot,
        LANG: "en_US.UTF-8",
        TZ: ":UTC",
        // The SDK warns in every function that it will need a newer Node, which AWS's runtime is.
        NODE_NO_WARNINGS: "1",
        ...withoutNodeOptions(configuration.environment),
        AWS_ENDPOINT_URL: endpoint,
    };
}

/** They are for Lambda's own process; a worker thread refuses some of them. */
function withoutNodeOptions(variables: Record<string, string>): Record<string, string> {
    return Object.fromEntries(Object.entries(variables).filter(([name]) => name !== "NODE_OPTIONS"));
}
