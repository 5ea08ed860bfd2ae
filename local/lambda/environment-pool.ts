import { availableParallelism } from "node:os";

import type { Activity } from "../activity";
import type { Clock, Timer } from "../clock";
import { ServiceError } from "../errors";
import type { ExecutionEnvironment } from "./execution-environment";
import type { InvocationRequest, InvocationResult } from "./invocation";

/** Idle environments end after this. */
const IDLE_MS = 5 * 60 * 1000;

/** More threads than these would only take turns on the machine's cores, unless they wait for something. */
const BUSY_ENVIRONMENTS = availableParallelism() + 1;

/** What has waited for so long finds the environments waiting, too: it gets one more. */
const PATIENCE_MS = 100;

/** Share of the time; a thread that works for less of it has waited for something else. */
const BUSY_SHARE = 0.6;

/** Each takes some ten megabytes. */
export const DEFAULT_MAX_ENVIRONMENTS = 32;

export interface PoolOptions {
    clock: Clock;
    activity: Activity;
    /** Starts an environment. May throw a ServiceError, which the invocation that needs it is answered with. */
    start: () => ExecutionEnvironment;
    maxEnvironments: number;
}

interface Waiting {
    request: InvocationRequest;
    /** By the machine's clock: what is short of threads is the machine. */
    waitingSince: number;
    /** Ends its part in the cloud's activity. */
    rest: () => void;
    resolve: (result: InvocationResult) => void;
    reject: (error: unknown) => void;
}

/**
 * The execution environments of one version of a function. They are started on demand and kept for the next invocation.
 * While all are busy, each is sent one invocation ahead, so that its thread need not sleep in between.
 */
export class EnvironmentPool {
    #environments: ExecutionEnvironment[] = [];
    readonly #waiting: Waiting[] = [];
    #sweep: Timer | undefined;
    #growth: NodeJS.Timeout | undefined;
    #isClosed = false;

    constructor(private readonly options: PoolOptions) {}

    invoke(request: InvocationRequest): Promise<InvocationResult> {
        return new Promise((resolve, reject) => {
            const rest = this.options.activity.begin();
            this.#waiting.push({ request, waitingSince: performance.now(), rest, resolve, reject });
            this.#assign();
        });
    }

    /** Running invocations finish where they are; new ones get environments with the new code. */
    replace(): void {
        for (const environment of this.#environments) {
            environment.ended = true;
            environment.withdraw();
            if (!environment.busy) void environment.close();
        }
        this.#environments = this.#environments.filter(({ busy }) => busy);
    }

    async close(): Promise<void> {
        this.#isClosed = true;
        this.#sweep?.cancel();
        clearTimeout(this.#growth);
        for (const environment of this.#environments) environment.withdraw();
        for (const waiting of this.#waiting.splice(0)) refuse(waiting, shuttingDown());
        await Promise.all(this.#environments.splice(0).map((environment) => environment.close()));
    }

    /** Gives as many of those that wait to environments as these can take. */
    #assign(): void {
        this.#environments = this.#environments.filter((each) => each.busy || !each.ended);
        for (let waiting = this.#waiting[0]; waiting !== undefined; waiting = this.#waiting[0]) {
            try {
                const environment =
                    this.#environments.find((each) => !each.busy) ??
                    this.#startUpTo(BUSY_ENVIRONMENTS) ??
                    this.#environments.find((each) => each.takesNext);
                if (environment === undefined) break;
                this.#waiting.shift();
                void this.#run(environment, waiting);
            } catch (error) {
                this.#waiting.shift();
                refuse(waiting, error);
            }
        }
        this.#watchPatience();
    }

    #startUpTo(limit: number): ExecutionEnvironment | undefined {
        if (this.#environments.length >= Math.min(limit, this.options.maxEnvironments)) return undefined;
        const started = this.options.start();
        this.#environments.push(started);
        return started;
    }

    async #run(environment: ExecutionEnvironment, waiting: Waiting): Promise<void> {
        const result = await environment.invoke(waiting.request, waiting.rest);
        if (result !== undefined) waiting.resolve(result);
        else if (this.#isClosed) refuse(waiting, shuttingDown());
        else this.#waiting.unshift(waiting);
        if (!environment.busy && environment.ended) void environment.close();
        this.#sweep ??= this.options.clock.after(IDLE_MS, () => this.#endIdle());
        const isFree = !environment.busy && this.#waiting.length === 0;
        // Rather here and now than where something else runs first.
        if (isFree) this.#environments.find(({ hasNext }) => hasNext)?.withdraw();
        this.#assign();
    }

    /** Environments whose functions wait, for each other or for a timer, must not keep what comes after them. */
    #watchPatience(): void {
        const isShort = this.#waiting.length > 0 || this.#environments.some(({ hasNext }) => hasNext);
        if (!isShort || this.#growth !== undefined || this.#isClosed) return;
        const before = performance.eventLoopUtilization();
        const shares = this.#environments.map((environment) => environment.busyShare());
        this.#growth = setTimeout(() => {
            this.#growth = undefined;
            const busiest = Math.max(
                performance.eventLoopUtilization(before).utilization,
                ...shares.map((share) => share()),
            );
            const oldest = Math.min(
                ...[this.#waiting[0], ...this.#environments].map((each) => each?.waitingSince ?? Infinity),
            );
            const hasPatience = performance.now() - oldest < PATIENCE_MS;
            // Another thread would not help what waits for this one, or for its turn on the machine's cores.
            if (hasPatience || busiest > BUSY_SHARE) this.#watchPatience();
            else this.#grow();
        }, PATIENCE_MS).unref();
    }

    #grow(): void {
        for (const environment of this.#environments) environment.withdraw();
        try {
            const count = this.#environments.length;
            const limit = Math.min(2 * count, this.options.maxEnvironments);
            // Nothing more can be done before time goes on.
            if (count >= limit) for (const { rest } of this.#waiting) rest();
            while (this.#startUpTo(limit) !== undefined);
        } catch (error) {
            const waiting = this.#waiting.shift();
            if (waiting !== undefined) refuse(waiting, error);
        }
        this.#assign();
    }

    #endIdle(): void {
        const { clock } = this.options;
        const before = clock.now() - IDLE_MS;
        const isOld = (each: ExecutionEnvironment): boolean => !each.busy && each.idleSince <= before;
        for (const old of this.#environments.filter(isOld)) void old.close();
        this.#environments = this.#environments.filter((each) => !isOld(each));
        const isNeeded = this.#environments.length > 0;
        this.#sweep = isNeeded ? clock.after(IDLE_MS, () => this.#endIdle()) : undefined;
    }
}

function refuse({ rest, reject }: Waiting, error: unknown): void {
    rest();
    reject(error);
}

function shuttingDown(): ServiceError {
    return new ServiceError("ServiceException", "The local cloud is shutting down.", 500);
}
