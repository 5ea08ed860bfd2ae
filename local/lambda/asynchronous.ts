import type { Clock, Timer } from "../clock";
import type { InvocationResult } from "./execution-environment";
import type { EventInvokeConfig, FunctionReference } from "./model";

/** What a destination is told: https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html */
export interface InvocationRecord {
    version: "1.0";
    timestamp: string;
    requestContext: {
        requestId: string;
        functionArn: string;
        condition: "Success" | "RetriesExhausted" | "EventAgeExceeded";
        approximateInvokeCount: number;
    };
    requestPayload: unknown;
    responseContext?: { statusCode: number; executedVersion: string; functionError?: string };
    responsePayload?: unknown;
}

/** What became of an asynchronous invocation, on its way to a destination or a dead-letter queue. */
export interface Delivery {
    /** A queue, a topic, a bus or a function. */
    destinationArn: string;
    /** The function's role, which must be allowed to send there. */
    roleArn: string;
    /** JSON text: an {@link InvocationRecord} for a destination, the event itself for a dead-letter queue. */
    body: string;
    /** Message attributes: RequestID, ErrorCode and ErrorMessage for a dead-letter queue, none for a destination. */
    attributes: Record<string, string>;
}

/** Takes a delivery; throws or rejects where it cannot. */
export type Deliver = (delivery: Delivery) => void | Promise<void>;

/** https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html */
export const EVENT_INVOKE_DEFAULTS: EventInvokeConfig = { maximumRetryAttempts: 2, maximumEventAgeSeconds: 6 * 3600 };
const RETRY_AFTER_MS = [60_000, 120_000];
/** A throttled event is tried again, at growing distances, until it is too old. */
const FIRST_THROTTLE_MS = 1_000;
const LONGEST_THROTTLE_MS = 5 * 60_000;

export interface AsyncInvocation {
    target: FunctionReference;
    requestId: string;
    payload: string;
    /** Runs it once; rejects with a ServiceError where it is throttled. */
    run: () => Promise<InvocationResult>;
}

interface Attempts {
    acceptedAt: number;
    /** Times that it ran. */
    runs: number;
    throttles: number;
}

/** Runs events that nobody waits for, again where they fail, and hands on what became of them. */
export class AsynchronousInvocations {
    readonly #retries = new Set<Timer>();
    #isClosed = false;

    /** @param undelivered Is told of deliveries that failed. */
    constructor(
        private readonly clock: Clock,
        private readonly deliver: Deliver,
        private readonly undelivered: (invocation: AsyncInvocation, delivery: Delivery, error: unknown) => void,
    ) {}

    accept(invocation: AsyncInvocation): void {
        void this.#attempt(invocation, { acceptedAt: this.clock.now(), runs: 0, throttles: 0 });
    }

    /** Forgets all that waits for another attempt. */
    close(): void {
        this.#isClosed = true;
        for (const retry of this.#retries) retry.cancel();
        this.#retries.clear();
    }

    async #attempt(invocation: AsyncInvocation, attempts: Attempts): Promise<void> {
        let result: InvocationResult;
        try {
            result = await invocation.run();
        } catch {
            const waitMs = Math.min(FIRST_THROTTLE_MS * 2 ** attempts.throttles, LONGEST_THROTTLE_MS);
            return this.#again(invocation, { ...attempts, throttles: attempts.throttles + 1 }, waitMs);
        }
        const runs = attempts.runs + 1;
        const { maximumRetryAttempts } = configOf(invocation);
        if (result.failure === undefined) return this.#end(invocation, runs, "Success", result);
        if (runs > maximumRetryAttempts) return this.#end(invocation, runs, "RetriesExhausted", result);
        return this.#again(invocation, { ...attempts, runs }, RETRY_AFTER_MS[runs - 1] ?? 0, result);
    }

    async #again(
        invocation: AsyncInvocation,
        attempts: Attempts,
        waitMs: number,
        result?: InvocationResult,
    ): Promise<void> {
        const age = this.clock.now() + waitMs - attempts.acceptedAt;
        if (age > configOf(invocation).maximumEventAgeSeconds * 1000) {
            return this.#end(invocation, attempts.runs, "EventAgeExceeded", result);
        }
        // What was running when its environment was ended comes by here, too.
        if (this.#isClosed) return;
        const retry = this.clock.after(waitMs, () => {
            this.#retries.delete(retry);
            void this.#attempt(invocation, attempts);
        });
        this.#retries.add(retry);
    }

    async #end(
        invocation: AsyncInvocation,
        runs: number,
        condition: InvocationRecord["requestContext"]["condition"],
        result?: InvocationResult,
    ): Promise<void> {
        const { onSuccess, onFailure } = configOf(invocation);
        const { deadLetterArn, roleArn } = invocation.target.function.configuration;
        const hasFailed = condition !== "Success";
        const destinationArn = hasFailed ? onFailure : onSuccess;
        if (destinationArn !== undefined) {
            const body = JSON.stringify(this.#record(invocation, runs, condition, result));
            await this.#deliver(invocation, { destinationArn, roleArn, body, attributes: {} });
        }
        if (hasFailed && deadLetterArn !== undefined) {
            const attributes = {
                RequestID: invocation.requestId,
                ErrorCode: result === undefined ? "429" : "200",
                ErrorMessage: (result?.failure?.errorMessage ?? "Rate Exceeded.").slice(0, 1024),
            };
            const body = invocation.payload;
            await this.#deliver(invocation, { destinationArn: deadLetterArn, roleArn, body, attributes });
        }
    }

    async #deliver(invocation: AsyncInvocation, delivery: Delivery): Promise<void> {
        try {
            await this.deliver(delivery);
        } catch (error) {
            this.undelivered(invocation, delivery, error);
        }
    }

    #record(
        { target, requestId, payload }: AsyncInvocation,
        runs: number,
        condition: InvocationRecord["requestContext"]["condition"],
        result: InvocationResult | undefined,
    ): InvocationRecord {
        return {
            version: "1.0",
            timestamp: new Date(this.clock.now()).toISOString(),
            requestContext: {
                requestId,
                functionArn: target.qualifier === "" ? `${target.arn}:$LATEST` : target.arn,
                condition,
                approximateInvokeCount: runs,
            },
            requestPayload: JSON.parse(payload) as unknown,
            ...(result === undefined ? {} : response(target, result)),
        };
    }
}

function response(
    { version }: FunctionReference,
    { failure, payload = "null" }: InvocationResult,
): Pick<InvocationRecord, "responseContext" | "responsePayload"> {
    const ran = { statusCode: 200, executedVersion: version };
    if (failure === undefined) return { responseContext: ran, responsePayload: JSON.parse(payload) as unknown };
    return { responseContext: { ...ran, functionError: "Unhandled" }, responsePayload: failure };
}

function configOf({ target }: AsyncInvocation): EventInvokeConfig {
    return target.function.eventInvokeConfigs.get(target.qualifier) ?? EVENT_INVOKE_DEFAULTS;
}
