import type { Activity } from "./activity";
import type { Clock } from "./clock";
import { ServiceError } from "./errors";
import type { FaultKind, Faults } from "./faults";

/** On whose authority something is delivered. */
export interface Sender {
    /** `events.amazonaws.com`: the target's resource policy must let it in, unless there is a role. */
    service: string;
    /** ARN of the rule, topic, bucket, pipe … that sends; condition keys `aws:SourceArn` and `aws:SourceAccount`. */
    sourceArn: string;
    /** A role to act in: then its policies decide instead. */
    roleArn?: string;
}

/** A message attribute of a queue or a topic. */
export interface TypedAttribute {
    /** `String`, `Number` or `Binary`. */
    DataType: string;
    StringValue?: string;
    /** Base64. */
    BinaryValue?: string;
}

/** One thing on its way from one service to a resource of another. */
export interface Delivery {
    /** The same over all attempts; made by {@link Faults.newId}. */
    id: string;
    /** From 1. */
    attempt: number;
    targetArn: string;
    sender: Sender;
    /** The payload as text: a message body, a function's event, an event's detail, a log line. */
    body: string;
    /** Message attributes; a text is one of type String. */
    attributes?: Record<string, string | TypedAttribute>;
    /** FIFO queues and topics, and fair queues. */
    messageGroupId?: string;
    messageDeduplicationId?: string;
    /** Event buses only. */
    event?: { source: string; detailType: string; resources?: string[]; time?: number };
    /** Functions only: wait for the answer, and fail when the function does. Default false: an event is queued. */
    waits?: boolean;
}

/** Takes deliveries to one service's resources. */
export interface Target {
    /**
     * Settles once the resource has taken it: with the function's answer as JSON text where the delivery waits for one.
     * @throws ServiceError as the service answers; a status of 500 or more, or 429, is worth another attempt.
     */
    deliver(delivery: Delivery): Promise<string | undefined>;
}

/** Hands deliveries to whichever service the target's ARN names. */
export class Targets {
    readonly #byService = new Map<string, Target>();

    constructor(
        private readonly clock: Clock,
        private readonly activity: Activity,
        private readonly faults: Faults,
    ) {}

    /** @param service As in an ARN: `sqs`, `lambda`, `events`, `logs`. */
    register(service: string, target: Target): void {
        this.#byService.set(service, target);
    }

    /** Whether anything takes deliveries to this resource. */
    knows(targetArn: string): boolean {
        return this.#byService.has(serviceOf(targetArn));
    }

    /** @throws ServiceError when the target does not take it, or a fault strikes. */
    async deliver(delivery: Delivery): Promise<string | undefined> {
        const { targetArn, id, attempt } = delivery;
        const target = this.#byService.get(serviceOf(targetArn));
        if (target === undefined) {
            throw new ServiceError("ResourceNotFoundException", `${targetArn} does not exist in the local cloud.`, 404);
        }
        const fault = this.faults.at({ on: "delivery", resource: targetArn, message: id, attempt });
        if (fault?.kind === "delay") {
            await new Promise<void>((resolve) => this.clock.after(fault.delayMs, resolve));
        }
        return this.activity.during(attemptAt(target, delivery, fault?.kind));
    }
}

async function attemptAt(
    target: Target,
    delivery: Delivery,
    fault: FaultKind | undefined,
): Promise<string | undefined> {
    if (fault === "drop") throw lost(delivery);
    if (fault === "duplicate") await target.deliver(delivery);
    const answer = await target.deliver(delivery);
    if (fault === "crash") throw lost(delivery);
    return answer;
}

/** Whether another attempt may succeed where this one has failed. */
export function isRetryable(error: unknown): boolean {
    return !(error instanceof ServiceError) || error.status >= 500 || error.status === 429;
}

function serviceOf(arn: string): string {
    return arn.split(":")[2] ?? "";
}

function lost({ targetArn, attempt }: Delivery): ServiceError {
    return new ServiceError("ServiceUnavailableException", `Injected fault: attempt ${attempt} at ${targetArn}.`, 503);
}
