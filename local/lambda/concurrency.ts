import { availableParallelism } from "node:os";

import type { Clock, Timer } from "../clock";
import { ServiceError } from "../errors";
import type { ExecutionEnvironment, InvocationRequest, InvocationResult } from "./execution-environment";

/** Default of an account: https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html */
export const ACCOUNT_CONCURRENCY = 1_000;

/** Idle environments end after this. */
const IDLE_MS = 5 * 60 * 1000;

/** More threads than these would only take turns on the machine's cores. */
export const DEFAULT_MAX_ENVIRONMENTS = Math.max(2, 2 * availableParallelism());

/** Invocations of the whole account that are running or waiting. */
export class AccountConcurrency {
    #running = 0;

    /** @throws ServiceError TooManyRequestsException */
    enter(): void {
        if (this.#running >= ACCOUNT_CONCURRENCY) {
            throw new ServiceError("TooManyRequestsException", "Rate Exceeded.", 429, {
                Reason: "ConcurrentInvocationLimitExceeded",
            });
        }
        this.#running++;
    }

    leave(): void {
        this.#running--;
    }
}

interface Waiting {
    request: InvocationRequest;
    resolve: (result: InvocationResult) => void;
    reject: (error: unknown) => void;
}

/**
 * The execution environments of one function. They are started on demand and kept for the next invocation; as many
 * invocations as there may be environments run at once, the others wait their turn.
 */
export class EnvironmentPool {
    #environments: ExecutionEnvironment[] = [];
    readonly #waiting: Waiting[] = [];
    #inFlight = 0;
    #sweep: Timer | undefined;

    constructor(
        private readonly clock: Clock,
        private readonly start: () => ExecutionEnvironment,
        private readonly account: AccountConcurrency,
        private readonly maxEnvironments: number,
    ) {}

    /**
     * @param reserved Invocations that may run at once; undefined where only the account's limit counts.
     * @throws ServiceError TooManyRequestsException
     */
    async invoke(request: InvocationRequest, reserved: number | undefined): Promise<InvocationResult> {
        if (reserved !== undefined && this.#inFlight >= reserved) {
            throw new ServiceError("TooManyRequestsException", "Rate Exceeded.", 429, {
                Reason: "ReservedFunctionConcurrentInvocationLimitExceeded",
            });
        }
        this.account.enter();
        this.#inFlight++;
        try {
            return await new Promise<InvocationResult>((resolve, reject) => {
                this.#waiting.push({ request, resolve, reject });
                this.#next();
            });
        } finally {
            this.#inFlight--;
            this.account.leave();
        }
    }

    /** Running invocations finish where they are; new ones get environments with the new code. */
    replace(): void {
        for (const environment of this.#environments) {
            if (!environment.busy) void environment.close();
            else environment.ended = true;
        }
        this.#environments = this.#environments.filter(({ busy }) => busy);
    }

    async close(): Promise<void> {
        this.#sweep?.cancel();
        const closed = new ServiceError("ServiceException", "The local cloud is shutting down.", 500);
        for (const { reject } of this.#waiting.splice(0)) reject(closed);
        await Promise.all(this.#environments.splice(0).map((environment) => environment.close()));
    }

    #next(): void {
        while (this.#waiting.length > 0) {
            const environment = this.#free();
            if (environment === undefined) return;
            const waiting = this.#waiting.shift();
            if (waiting === undefined) return;
            void this.#run(environment, waiting);
        }
    }

    #free(): ExecutionEnvironment | undefined {
        this.#environments = this.#environments.filter((each) => each.busy || !each.ended);
        const idle = this.#environments.find((each) => !each.busy);
        if (idle !== undefined) return idle;
        if (this.#environments.length >= this.maxEnvironments) return undefined;
        const started = this.start();
        this.#environments.push(started);
        return started;
    }

    async #run(environment: ExecutionEnvironment, { request, resolve, reject }: Waiting): Promise<void> {
        try {
            resolve(await environment.invoke(request));
        } catch (error) {
            reject(error);
        }
        if (environment.ended) void environment.close();
        this.#sweep ??= this.clock.after(IDLE_MS, () => this.#endIdle());
        this.#next();
    }

    #endIdle(): void {
        this.#sweep = undefined;
        const before = this.clock.now() - IDLE_MS;
        const isOld = (each: ExecutionEnvironment): boolean => !each.busy && each.idleSince <= before;
        for (const old of this.#environments.filter(isOld)) void old.close();
        this.#environments = this.#environments.filter((each) => !isOld(each));
        if (this.#environments.length > 0) this.#sweep = this.clock.after(IDLE_MS, () => this.#endIdle());
    }
}
