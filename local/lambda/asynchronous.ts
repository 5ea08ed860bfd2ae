import type { Clock } from "../clock";
import type { EventInvokeConfig, FunctionReference } from "./model";
import type { InvocationResult } from "./execution-environment";

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
    responseContext: { statusCode: number; executedVersion: string; functionError?: string };
    responsePayload: unknown;
}

/** Takes records to a destination: the ARN of a queue, a topic, a bus or a function. */
export type Deliver = (destinationArn: string, record: InvocationRecord) => void | Promise<void>;

/** https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html */
const DEFAULTS: EventInvokeConfig = { maximumRetryAttempts: 2, maximumEventAgeSeconds: 6 * 60 * 60 };
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

/** Runs events that nobody waits for, again where they fail, and hands on what became of them. */
export class AsynchronousInvocations {
    constructor(
        private readonly clock: Clock,
        private readonly deliver: Deliver,
    ) {}

    accept(invocation: AsyncInvocation): void {
        const { eventInvokeConfigs } = invocation.target.function;
        const config = eventInvokeConfigs.get(invocation.target.qualifier) ?? DEFAULTS;
        void this.#attempt(invocation, config, { acceptedAt: this.clock.now(), attempts: 0, throttles: 0 });
    }

    async #attempt(
        invocation: AsyncInvocation,
        config: EventInvokeConfig,
        state: { acceptedAt: number; attempts: number; throttles: number },
    ): Promise<void> {
        const isTooOld = (afterMs: number): boolean =>
            this.clock.now() + afterMs - state.acceptedAt > config.maximumEventAgeSeconds * 1000;
        let result: InvocationResult;
        try {
            result = await invocation.run();
        } catch {
            const wait = Math.min(FIRST_THROTTLE_MS * 2 ** state.throttles, LONGEST_THROTTLE_MS);
            if (isTooOld(wait)) return this.#report(invocation, config, state.attempts, "EventAgeExceeded");
            const next = { ...state, throttles: state.throttles + 1 };
            this.clock.after(wait, () => void this.#attempt(invocation, config, next));
            return;
        }
        const attempts = state.attempts + 1;
        if (result.failure === undefined) return this.#report(invocation, config, attempts, "Success", result);
        const wait = RETRY_AFTER_MS[attempts - 1] ?? 0;
        if (attempts > config.maximumRetryAttempts) {
            return this.#report(invocation, config, attempts, "RetriesExhausted", result);
        }
        if (isTooOld(wait)) return this.#report(invocation, config, attempts, "EventAgeExceeded", result);
        this.clock.after(wait, () => void this.#attempt(invocation, config, { ...state, attempts }));
    }

    async #report(
        { target, requestId, payload }: AsyncInvocation,
        config: EventInvokeConfig,
        attempts: number,
        condition: InvocationRecord["requestContext"]["condition"],
        result?: InvocationResult,
    ): Promise<void> {
        const destination = condition === "Success" ? config.onSuccess : config.onFailure;
        if (destination === undefined) return;
        await this.deliver(destination, {
            version: "1.0",
            timestamp: new Date(this.clock.now()).toISOString(),
            requestContext: { requestId, functionArn: target.arn, condition, approximateInvokeCount: attempts },
            requestPayload: JSON.parse(payload) as unknown,
            responseContext: {
                statusCode: 200,
                executedVersion: target.version,
                ...(result?.failure === undefined ? {} : { functionError: "Unhandled" }),
            },
            responsePayload: result?.failure ?? (result?.payload === undefined ? null : JSON.parse(result.payload)),
        });
    }
}
