import { availableParallelism } from "node:os";

import type { Clock, Timer } from "../clock";
import { ServiceError } from "../errors";
import type { ExecutionEnvironment, InvocationRequest, InvocationResult } from "./execution-environment";

/** Idle environments end after this. */
const IDLE_MS = 5 * 60 * 1000;

/** More threads than these would only take turns on the machine's cores. */
export const DEFAULT_MAX_ENVIRONMENTS = Math.max(2, 2 * availableParallelism());

interface Waiting {
    request: InvocationRequest;
    resolve: (result: InvocationResult) => void;
    reject: (error: unknown) => void;
}

/**
 * The execution environments of one version of a function. They are started on demand and kept for the next invocation;
 * as many invocations as there may be environments run at once, the others wait their turn.
 */
export class EnvironmentPool {
    #environments: ExecutionEnvironment[] = [];
    readonly #waiting: Waiting[] = [];
    #sweep: Timer | undefined;

    /** @param start May throw a ServiceError, which the invocation that needs the environment is answered with. */
    constructor(
        private readonly clock: Clock,
        private readonly start: () => ExecutionEnvironment,
        private readonly maxEnvironments: number,
    ) {}

    invoke(request: InvocationRequest): Promise<InvocationResult> {
        return new Promise((resolve, reject) => {
            this.#waiting.push({ request, resolve, reject });
            this.#next();
        });
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
        for (let waiting = this.#waiting[0]; waiting !== undefined; waiting = this.#waiting[0]) {
            try {
                const environment = this.#free();
                if (environment === undefined) return;
                this.#waiting.shift();
                void this.#run(environment, waiting);
            } catch (error) {
                this.#waiting.shift();
                waiting.reject(error);
            }
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

    async #run(environment: ExecutionEnvironment, { request, resolve }: Waiting): Promise<void> {
        resolve(await environment.invoke(request));
        if (environment.ended) void environment.close();
        this.#sweep ??= this.clock.after(IDLE_MS, () => this.#endIdle());
        this.#next();
    }

    #endIdle(): void {
        const before = this.clock.now() - IDLE_MS;
        const isOld = (each: ExecutionEnvironment): boolean => !each.busy && each.idleSince <= before;
        for (const old of this.#environments.filter(isOld)) void old.close();
        this.#environments = this.#environments.filter((each) => !isOld(each));
        const isNeeded = this.#environments.length > 0;
        this.#sweep = isNeeded ? this.clock.after(IDLE_MS, () => this.#endIdle()) : undefined;
    }
}
