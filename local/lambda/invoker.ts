import type { Activity } from "../activity";
import type { Clock } from "../clock";
import { ServiceError } from "../errors";
import type { Faults } from "../faults";
import type { Store } from "../store";
import { Concurrency } from "./concurrency";
import { EnvironmentPool } from "./environment-pool";
import type { ExecutionEnvironment } from "./execution-environment";
import type { InvocationRequest, InvocationResult } from "./invocation";
import type { FunctionReference, Functions } from "./model";

export interface InvokerOptions {
    clock: Clock;
    activity: Activity;
    faults: Faults;
    store: Store;
    functions: Functions;
    maxEnvironments: number;
    /** Starts an environment for one version of a function. */
    start: (functionName: string, version: string) => ExecutionEnvironment;
}

export interface Invocation extends Omit<InvocationRequest, "invokedFunctionArn" | "isKilledAtEnd"> {
    target: FunctionReference;
    /** From 1. */
    attempt: number;
}

/** Runs invocations, as many at once as the account and the function may have. */
export class Invoker {
    readonly #concurrency = new Concurrency();
    /** By function name, then by version. */
    readonly #pools = new Map<string, Map<string, EnvironmentPool>>();

    constructor(private readonly options: InvokerOptions) {}

    /** @throws ServiceError TooManyRequestsException, or ServiceException where a fault strikes. */
    async run({ target, attempt, ...request }: Invocation): Promise<InvocationResult> {
        const { clock, activity, faults } = this.options;
        const fault = faults.at({ on: "invocation", resource: target.arn, message: request.requestId, attempt });
        if (fault?.kind === "delay") await new Promise<void>((resolve) => void clock.after(fault.delayMs, resolve));
        if (fault?.kind === "drop") {
            throw new ServiceError("ServiceException", "Injected fault: the invocation was dropped.", 500);
        }
        const isKilledAtEnd = fault?.kind === "crash";
        // What led to it must not be lost once the function has acted on it.
        const settled = this.options.store.settled();
        if (settled !== undefined) await activity.during(settled);
        const run = (): Promise<InvocationResult> => this.#run(target, { ...request, isKilledAtEnd });
        if (fault?.kind === "duplicate") await run();
        return run();
    }

    /** Invocations that run finish as they began; new ones get environments with what is declared now. */
    replace(functionName: string): void {
        for (const pool of this.#poolsOf(functionName).values()) pool.replace();
    }

    async close(): Promise<void> {
        const pools = [...this.#pools.values()].flatMap((versions) => [...versions.values()]);
        await Promise.all(pools.map((pool) => pool.close()));
    }

    #run(target: FunctionReference, request: Omit<InvocationRequest, "invokedFunctionArn">): Promise<InvocationResult> {
        const { function: fn, version, arn } = target;
        const share = {
            functionName: fn.configuration.name,
            reserved: fn.reservedConcurrency,
            reservedByAll: this.options.functions.reservedConcurrency,
        };
        return this.#concurrency.run(share, () =>
            this.#pool(fn.configuration.name, version).invoke({ ...request, invokedFunctionArn: arn }),
        );
    }

    #poolsOf(name: string): Map<string, EnvironmentPool> {
        const pools = this.#pools.get(name) ?? new Map<string, EnvironmentPool>();
        this.#pools.set(name, pools);
        return pools;
    }

    #pool(name: string, version: string): EnvironmentPool {
        const pools = this.#poolsOf(name);
        const { start, ...options } = this.options;
        const pool = pools.get(version) ?? new EnvironmentPool({ ...options, start: () => start(name, version) });
        pools.set(version, pool);
        return pool;
    }
}
