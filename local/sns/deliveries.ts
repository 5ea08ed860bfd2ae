import type { Clock, Timer } from "../clock";
import { ServiceError } from "../errors";
import type { Records, Store } from "../store";
import { type Delivery, isRetryable } from "../targets";
import type { Notification, Subscription, Topic } from "./model";
import { retryWaitMs } from "./retry-policy";

/** A message on its way to one subscriber. */
interface Pending {
    id: string;
    subscriptionArn: string;
    notification: Notification;
    /** That have failed. */
    attempts: number;
    /** Milliseconds since 1970-01-01 UTC, when it is tried next. */
    dueAt: number;
}

export interface DeliveriesOptions {
    clock: Clock;
    store: Store;
    /** Undefined where they are gone. */
    find: (subscriptionArn: string) => { topic: Topic; subscription: Subscription } | undefined;
    /** One attempt. */
    send: (
        notification: Notification,
        subscription: Subscription,
        attempt: { id: string; attempt: number },
    ) => Promise<void>;
    deliver: (delivery: Delivery) => Promise<unknown>;
    /** The message as its subscriber would have got it. */
    bodyFor: (notification: Notification, subscription: Subscription) => string;
    /** Is told of what could not be delivered, nor put into a dead-letter queue. */
    lost: (text: string) => void;
}

/** Takes messages to subscribers, again where that fails, and to dead-letter queues in the end. */
export class Deliveries {
    readonly #options: DeliveriesOptions;
    readonly #kept: Records<Pending>;
    readonly #retries = new Set<Timer>();
    /** What waits for its predecessors, by subscription and message group. */
    readonly #lanes = new Map<string, Pending[]>();
    #isClosed = false;

    constructor(options: DeliveriesOptions) {
        this.#options = options;
        this.#kept = options.store.records("sns/deliveries");
    }

    accept(id: string, subscription: Subscription, notification: Notification): void {
        const dueAt = this.#options.clock.now();
        const pending = { id, subscriptionArn: subscription.arn, notification, attempts: 0, dueAt };
        this.#kept.put(id, pending);
        this.#enter(pending);
    }

    /** Goes on with the deliveries of an earlier run. Call it once the topics exist. */
    resume(): void {
        const kept = this.#kept.load().map(([, pending]) => pending);
        const order = ({ notification: { sequenceNumber = "" } }: Pending): string => sequenceNumber.padStart(20, "0");
        for (const pending of kept.sort((one, other) => (order(one) < order(other) ? -1 : 1))) this.#enter(pending);
    }

    /** Leaves what waits for another attempt to a later run, if there is one. */
    close(): void {
        this.#isClosed = true;
        for (const retry of this.#retries) retry.cancel();
    }

    /** Messages of one group reach each subscriber one after the other; a FIFO topic's alone have such an order. */
    #enter(pending: Pending): void {
        const lane = laneOf(pending);
        if (lane === undefined) return this.#schedule(pending);
        const waiting = this.#lanes.get(lane);
        if (waiting !== undefined) return void waiting.push(pending);
        this.#lanes.set(lane, []);
        this.#schedule(pending);
    }

    #leave(pending: Pending): void {
        this.#kept.delete(pending.id);
        const lane = laneOf(pending);
        if (lane === undefined) return;
        const next = this.#lanes.get(lane)?.shift();
        if (next === undefined) this.#lanes.delete(lane);
        else this.#schedule(next);
    }

    #schedule(pending: Pending): void {
        const { clock } = this.#options;
        const waitMs = pending.dueAt - clock.now();
        if (waitMs <= 0) return void this.#attempt(pending);
        const retry = clock.after(waitMs, () => {
            this.#retries.delete(retry);
            void this.#attempt(pending);
        });
        this.#retries.add(retry);
    }

    async #attempt(pending: Pending): Promise<void> {
        const found = this.#options.find(pending.subscriptionArn);
        if (found === undefined) return this.#leave(pending);
        const { id, notification, attempts } = pending;
        try {
            await this.#options.send(notification, found.subscription, { id, attempt: attempts + 1 });
            this.#leave(pending);
        } catch (error) {
            if (this.#isClosed) return;
            await this.#failed({ ...pending, attempts: attempts + 1 }, found.topic, found.subscription, error);
        }
    }

    async #failed(pending: Pending, topic: Topic, subscription: Subscription, error: unknown): Promise<void> {
        const { protocol, attributes } = subscription;
        const waitMs = retryWaitMs(protocol, pending.attempts, attributes, topic.attributes);
        if (isRetryable(error) && waitMs !== undefined) {
            const next = { ...pending, dueAt: this.#options.clock.now() + waitMs };
            this.#kept.put(next.id, next);
            return this.#schedule(next);
        }
        await this.#giveUp(pending, subscription, error);
        this.#leave(pending);
    }

    /** https://docs.aws.amazon.com/sns/latest/dg/sns-dead-letter-queues.html */
    async #giveUp({ id, notification }: Pending, subscription: Subscription, error: unknown): Promise<void> {
        const { topicArn, groupId, deduplicationId } = notification;
        const message = error instanceof Error ? error.message : String(error);
        const what = `Message ${notification.id} of ${topicArn} for ${subscription.protocol} ${subscription.endpoint}`;
        const queueArn = deadLetterQueue(subscription);
        if (queueArn === undefined) return this.#options.lost(`${what} was not delivered: ${message}`);
        const attributes = {
            RequestID: notification.id,
            ErrorCode: error instanceof ServiceError ? error.name : "InternalError",
            ErrorMessage: message.slice(0, 1024),
        };
        try {
            await this.#options.deliver({
                id: `${id}/DeadLetter`,
                attempt: 1,
                targetArn: queueArn,
                sender: { service: "sns.amazonaws.com", sourceArn: topicArn },
                body: this.#options.bodyFor(notification, subscription),
                attributes,
                messageGroupId: groupId,
                messageDeduplicationId: deduplicationId,
            });
        } catch (failure) {
            const why = failure instanceof Error ? failure.message : String(failure);
            this.#options.lost(`${what} was not delivered: ${message}. Nor did its dead-letter queue take it: ${why}`);
        }
    }
}

function laneOf({ subscriptionArn, notification }: Pending): string | undefined {
    const { sequenceNumber, groupId } = notification;
    return sequenceNumber === undefined ? undefined : `${subscriptionArn} ${groupId ?? ""}`;
}

function deadLetterQueue({ attributes }: Subscription): string | undefined {
    const text = attributes["RedrivePolicy"];
    if (text === undefined || text === "") return undefined;
    const arn: unknown = Reflect.get(Object(JSON.parse(text)), "deadLetterTargetArn");
    return typeof arn === "string" ? arn : undefined;
}
