import type { Clock, Timer } from "../clock";
import type { Records, Store } from "../store";
import { type Delivery, isRetryable } from "../targets";
import type { InvocationResult } from "./invocation";
import { type Condition, destinationDelivery, deadLetterDelivery } from "./invocation-record";
import type { EventInvokeConfig, FunctionReference } from "./model";

/** https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html */
export const EVENT_INVOKE_DEFAULTS: EventInvokeConfig = { maximumRetryAttempts: 2, maximumEventAgeSeconds: 6 * 3600 };
const RETRY_AFTER_MS = [60_000, 120_000];
/** An event that is throttled, or that the service fails to run, is tried again at growing distances until it is too old. */
const FIRST_THROTTLE_MS = 1_000;
const LONGEST_THROTTLE_MS = 5 * 60_000;
/** At a destination that could take it, but has not. */
const DELIVERY_ATTEMPTS = 5;

/** An event on its way to a function. */
export interface AsyncEvent {
    requestId: string;
    /** With its qualifier. */
    functionArn: string;
    payload: string;
    clientContext?: string;
    traceId?: string;
    /** Milliseconds since 1970-01-01 UTC, as `dueAt`, when it is tried next. */
    acceptedAt: number;
    dueAt: number;
    /** Times that it ran. */
    runs: number;
    /** Times that it could not run. */
    throttles: number;
}

export interface AsyncOptions {
    clock: Clock;
    store: Store;
    find: (functionArn: string) => FunctionReference;
    /** Runs it once; rejects with a ServiceError where it is throttled. */
    run: (event: AsyncEvent, attempt: number) => Promise<InvocationResult>;
    deliver: (delivery: Delivery) => Promise<unknown>;
    /** Is told of deliveries that have failed for good; AWS only counts them, too. */
    undelivered: (target: FunctionReference, delivery: Delivery, error: unknown) => void;
}

/** Runs events that nobody waits for, again where they fail, and hands on what became of them. */
export class AsynchronousInvocations {
    readonly #options: AsyncOptions;
    readonly #kept: Records<AsyncEvent>;
    readonly #retries = new Set<Timer>();
    #isClosed = false;

    constructor(options: AsyncOptions) {
        this.#options = options;
        this.#kept = options.store.records("lambda/events");
    }

    accept(event: Pick<AsyncEvent, "requestId" | "functionArn" | "payload" | "clientContext" | "traceId">): void {
        const now = this.#options.clock.now();
        const accepted = { ...event, acceptedAt: now, dueAt: now, runs: 0, throttles: 0 };
        this.#kept.put(event.requestId, accepted);
        void this.#attempt(accepted);
    }

    /** Goes on with the events of an earlier run. Call it once the functions exist. */
    resume(): void {
        for (const [, event] of this.#kept.load()) this.#schedule(event);
    }

    /** Leaves what waits for another attempt to a later run, if there is one. */
    close(): void {
        this.#isClosed = true;
        for (const retry of this.#retries) retry.cancel();
        this.#retries.clear();
    }

    async #attempt(event: AsyncEvent): Promise<void> {
        let target: FunctionReference;
        try {
            target = this.#options.find(event.functionArn);
        } catch {
            // The function has been deleted meanwhile, and its queue with it.
            return this.#kept.delete(event.requestId);
        }
        let result: InvocationResult;
        try {
            result = await this.#options.run(event, event.runs + event.throttles + 1);
        } catch {
            const waitMs = Math.min(FIRST_THROTTLE_MS * 2 ** event.throttles, LONGEST_THROTTLE_MS);
            return this.#again(target, { ...event, throttles: event.throttles + 1 }, waitMs);
        }
        const ran = { ...event, runs: event.runs + 1 };
        const { maximumRetryAttempts } = configOf(target);
        if (result.failure === undefined) return this.#end(target, ran, "Success", result);
        if (ran.runs > maximumRetryAttempts) return this.#end(target, ran, "RetriesExhausted", result);
        return this.#again(target, ran, RETRY_AFTER_MS[ran.runs - 1] ?? 0, result);
    }

    async #again(
        target: FunctionReference,
        event: AsyncEvent,
        waitMs: number,
        result?: InvocationResult,
    ): Promise<void> {
        // What was running when its environment was ended comes by here, too: a later run tries it again.
        if (this.#isClosed) return;
        const dueAt = this.#options.clock.now() + waitMs;
        if (dueAt - event.acceptedAt > configOf(target).maximumEventAgeSeconds * 1000) {
            return this.#end(target, event, "EventAgeExceeded", result);
        }
        const next = { ...event, dueAt };
        this.#kept.put(event.requestId, next);
        this.#schedule(next);
    }

    #schedule(event: AsyncEvent): void {
        const retry = this.#options.clock.after(event.dueAt - this.#options.clock.now(), () => {
            this.#retries.delete(retry);
            void this.#attempt(event);
        });
        this.#retries.add(retry);
    }

    async #end(
        target: FunctionReference,
        event: AsyncEvent,
        condition: Condition,
        result?: InvocationResult,
    ): Promise<void> {
        const { onSuccess, onFailure } = configOf(target);
        const { deadLetterArn } = target.function.configuration;
        const hasFailed = condition !== "Success";
        const destinationArn = hasFailed ? onFailure : onSuccess;
        const at = this.#options.clock.now();
        if (destinationArn !== undefined) {
            await this.#deliver(target, destinationDelivery({ target, event, condition, result, at }, destinationArn));
        }
        if (hasFailed && deadLetterArn !== undefined) {
            await this.#deliver(target, deadLetterDelivery({ target, event, condition, result, at }, deadLetterArn));
        }
        this.#kept.delete(event.requestId);
    }

    async #deliver(target: FunctionReference, delivery: Delivery): Promise<void> {
        const { clock, deliver, undelivered } = this.#options;
        try {
            await deliver(delivery);
        } catch (error) {
            if (!isRetryable(error) || delivery.attempt === DELIVERY_ATTEMPTS) {
                return undelivered(target, delivery, error);
            }
            await new Promise<void>((resolve) => void clock.after(FIRST_THROTTLE_MS * delivery.attempt, resolve));
            await this.#deliver(target, { ...delivery, attempt: delivery.attempt + 1 });
        }
    }
}

function configOf(target: FunctionReference): EventInvokeConfig {
    return target.function.eventInvokeConfigs.get(target.qualifier) ?? EVENT_INVOKE_DEFAULTS;
}
