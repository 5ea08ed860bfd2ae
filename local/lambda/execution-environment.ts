import { randomUUID } from "node:crypto";
import type { Socket } from "node:net";
import type { Worker } from "node:worker_threads";

import type { Activity } from "../activity";
import type { Clock, Timer } from "../clock";
import type { Credentials } from "../iam";
import { type InvocationRequest, type InvocationResult, newTraceId } from "./invocation";
import type { FunctionConfiguration } from "./model";
import type { FireMessage, FunctionFailure, InvokeMessage, RuntimeMessage } from "./runtime/messages";
import { PortSocket } from "./runtime/port-socket";
import { Tickets } from "./runtime/tickets";
import { startRuntime } from "./runtime-worker";
import { type InvocationReport, SystemLog } from "./system-log";
import { WorkerTimers } from "./worker-timers";

export interface EnvironmentOptions {
    clock: Clock;
    /** Counts an invocation again when a timer that it has waited for fires. */
    activity: Activity;
    configuration: FunctionConfiguration;
    version: string;
    region: string;
    endpoint: string;
    /** Gives the endpoint a connection that does not come over the network. */
    connect: (socket: Socket) => void;
    credentials: Credentials;
    log: (stream: string, messages: string[]) => void;
}

/** An invocation that its environment runs, or will run next. */
interface Assigned {
    request: InvocationRequest;
    ticket: number;
    /** When the code began; until then, when it was asked to. */
    startedAt: number;
    hasStarted: boolean;
    /** Ends it at its timeout. */
    timer?: Timer;
    lines: string[];
    /** Ends its part in the cloud's activity. */
    rest: () => void;
    resolve: (result: InvocationResult | undefined) => void;
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
    readonly #tickets = new Tickets();
    #running: Assigned | undefined;
    #next: Assigned | undefined;
    #isReady = false;
    #lastTicket = 0;
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
        this.#worker = startRuntime(options, this.#logStreamName, this.#tickets.shared);
        this.#timers = new WorkerTimers(clock, (id) => this.#fire(id));
        this.#ready = this.#initialise();
        this.#worker.on("error", (error: NodeJS.ErrnoException) => this.#crashed(error));
        this.#worker.on("exit", (code) => this.#exited(`exit status ${code}`, "Runtime.ExitError"));
    }

    get busy(): boolean {
        return this.#running !== undefined;
    }

    /** Whether it has been sent an invocation that it will run next. */
    get hasNext(): boolean {
        return this.#next !== undefined;
    }

    /** When it was sent the invocation that it will run next, by the machine's clock. */
    get waitingSince(): number | undefined {
        return this.#next?.startedAt;
    }

    /** @returns the share of the time since now that its thread has worked, when it is asked for. */
    busyShare(): () => number {
        const { performance: thread } = this.#worker;
        const before = thread.eventLoopUtilization();
        return () => thread.eventLoopUtilization(before).utilization;
    }

    /** Whether it may be sent one more while it is busy. */
    get takesNext(): boolean {
        const mayGoOn = this.#running !== undefined && this.#running.request.isKilledAtEnd !== true;
        return mayGoOn && this.#isReady && !this.ended && !this.hasNext;
    }

    /**
     * Runs one invocation: at once, or after the one that runs if it `takesNext`.
     * @param rest Ends the invocation's part in the cloud's activity.
     * @returns undefined where it has not begun and is to run elsewhere.
     */
    invoke(request: InvocationRequest, rest: () => void): Promise<InvocationResult | undefined> {
        return new Promise((resolve) => {
            const ticket = this.#newTicket();
            const startedAt = performance.now();
            const assigned = { request, ticket, startedAt, hasStarted: false, lines: [], rest, resolve };
            if (this.#running === undefined) return void this.#beginFirst(assigned);
            this.#next = assigned;
            this.#send(assigned);
        });
    }

    /** What has been sent ahead runs elsewhere, unless it has just begun. */
    withdraw(): void {
        const next = this.#next;
        if (next === undefined || !this.#tickets.take(next.ticket)) return;
        this.#next = undefined;
        next.resolve(undefined);
    }

    async close(): Promise<void> {
        this.ended = true;
        this.#timers.cancelAll();
        await this.#worker.terminate();
    }

    get #timeoutMs(): number {
        return this.#options.configuration.timeoutSeconds * 1000;
    }

    /** Two are open at most, one odd and one even. */
    #newTicket(): number {
        const isTaken = (this.#lastTicket + 1) % 2 === (this.#running?.ticket ?? NaN) % 2;
        this.#lastTicket += isTaken ? 2 : 1;
        return this.#lastTicket;
    }

    async #beginFirst(assigned: Assigned): Promise<void> {
        this.#running = assigned;
        assigned.timer = this.#timeOutAfter(INIT_LIMIT_MS + this.#timeoutMs);
        if (!this.#isReady) await this.#ready;
        // It may have run out of time, or of memory, as it was loading.
        if (this.#running !== assigned) return;
        this.#send(assigned);
        this.#begun(assigned);
    }

    #begun(running: Assigned): void {
        this.#running = running;
        this.#logStart(running);
        running.startedAt = performance.now();
        running.timer?.cancel();
        running.timer = this.#timeOutAfter(this.#timeoutMs);
    }

    #send({ request, ticket }: Assigned): void {
        const { traceId = newTraceId(this.#options.clock.now()), ...invocation } = request;
        this.#tickets.offer(ticket);
        const timeoutMs = this.#timeoutMs;
        this.#worker.postMessage({ type: "invoke", ticket, timeoutMs, traceId, ...invocation } satisfies InvokeMessage);
    }

    /** Settles when the code has loaded, and never where that fails. */
    #initialise(): Promise<void> {
        const startedAt = performance.now();
        return new Promise((resolve) => {
            this.#worker.on("message", (message: RuntimeMessage) => {
                switch (message.type) {
                    case "log":
                        return this.#log([message.text]);
                    case "connect":
                        return this.#options.connect(new PortSocket(message.port));
                    case "result":
                        return this.#answered(message);
                    case "ready":
                        this.#initMs = performance.now() - startedAt;
                        this.#isReady = true;
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

    /** Ends the environment with the invocation that runs in it, and the next if it has begun, too. */
    #fail(failure: FunctionFailure, status: Outcome["status"]): void {
        void this.close();
        this.withdraw();
        while (this.#running !== undefined) {
            this.#logStart(this.#running);
            this.#finish({ failure, status });
        }
    }

    #logStart(running: Assigned): void {
        if (!running.hasStarted) this.#systemLog.start(running.request.requestId);
        running.hasStarted = true;
    }

    #finish({ payload, failure, status }: Outcome): void {
        const running = this.#running;
        if (running === undefined) return;
        running.timer?.cancel();
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
        this.idleSince = this.#options.clock.now();
        this.#running = this.#next;
        this.#next = undefined;
        if (this.#running !== undefined) this.#begun(this.#running);
        running.resolve({ payload, failure, logTail: running.lines });
    }

    #log(messages: string[]): void {
        this.#running?.lines.push(...messages);
        this.#options.log(this.#logStreamName, messages);
    }
}

/** `2026/11/23/[$LATEST]0123…` */
function streamName({ clock, version }: EnvironmentOptions): string {
    const day = new Date(clock.now()).toISOString().slice(0, 10).replace(/-/g, "/");
    return `${day}/[${version}]${randomUUID().replace(/-/g, "")}`;
}
