import type { Clock, Timer } from "../clock";
import { ServiceError } from "../errors";
import type { Records } from "../store";
import { Deduplication } from "./deduplication";
import { md5, md5OfAttributes } from "./digests";
import { DueTimes } from "./due-times";
import { DEFAULT_ATTRIBUTES, type Message, type NewMessage, type QueueAttributes } from "./model";
import { FifoReady, type Ready, StandardReady } from "./ready";
import { parseReceiptHandle } from "./receipt-handle";
import { invalidReceiptHandle } from "./refusals";

export interface QueueTools {
    clock: Clock;
    /** By `<queue>/<message>`. */
    kept: Records<Message>;
    newId: (queueArn: string, body: string) => string;
    /** The queue that takes this one's dead letters. */
    deadLetterQueue: (arn: string) => Queue | undefined;
}

/** https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-messages.html */
const MOST_IN_FLIGHT = 120_000;

/** One queue with its messages. */
export class Queue {
    readonly isFifo: boolean;
    readonly createdAt: number;
    lastModified: number;
    readonly tags = new Map<string, string>();
    readonly #tools: QueueTools;
    readonly #ready: Ready;
    readonly #inFlight = new Map<string, Message>();
    readonly #delayed = new Map<string, Message>();
    readonly #due = new DueTimes();
    readonly #listeners = new Set<() => void>();
    readonly #deduplication = new Deduplication();
    #timer: { at: number; timer: Timer } | undefined;
    #sequence = 0;

    constructor(
        readonly name: string,
        readonly arn: string,
        public attributes: QueueAttributes,
        tools: QueueTools,
    ) {
        this.isFifo = name.endsWith(".fifo");
        this.#tools = tools;
        this.#ready = this.isFifo ? new FifoReady() : new StandardReady();
        this.createdAt = tools.clock.now();
        this.lastModified = this.createdAt;
    }

    /** Takes a message of an earlier run over. */
    restore(message: Message): void {
        this.#sequence = Math.max(this.#sequence, Number(message.sequenceNumber ?? 0));
        this.#place(message);
    }

    seconds(attribute: string): number {
        return Number(this.attributes[attribute] ?? DEFAULT_ATTRIBUTES[attribute]);
    }

    get counts(): { visible: number; inFlight: number; delayed: number } {
        this.#dropExpired();
        return { visible: this.#ready.size, inFlight: this.#inFlight.size, delayed: this.#delayed.size };
    }

    /** A message that is sent again within five minutes is the same one: its first sending is answered. */
    send({
        body,
        attributes = {},
        delaySeconds,
        groupId,
        deduplicationId,
        traceHeader,
        senderId,
    }: NewMessage): Message {
        const now = this.#tools.clock.now();
        const deduplication = this.#deduplicationKey(body, groupId, deduplicationId);
        const earlier = deduplication === undefined ? undefined : this.#deduplication.sentBefore(deduplication, now);
        if (earlier !== undefined) return earlier;
        const delay = this.isFifo ? this.seconds("DelaySeconds") : (delaySeconds ?? this.seconds("DelaySeconds"));
        const message: Message = {
            id: this.#tools.newId(this.arn, body),
            body,
            md5OfBody: md5(body),
            attributes,
            md5OfAttributes: md5OfAttributes(attributes),
            senderId,
            sentAt: now,
            visibleAt: now + delay * 1000,
            receiveCount: 0,
            groupId,
            traceHeader,
            ...(this.isFifo ? { deduplicationId: deduplication, sequenceNumber: this.#nextSequenceNumber() } : {}),
        };
        if (deduplication !== undefined) this.#deduplication.remember(deduplication, message);
        this.#keep(message);
        this.#place(message);
        return message;
    }

    /** Takes a message over from another queue. */
    move(message: Message, deadLetterSource?: string): void {
        const now = this.#tools.clock.now();
        const moved: Message = {
            ...message,
            visibleAt: now,
            receiveCount: 0,
            deadLetterSource,
            // The age of a FIFO queue's dead letter begins anew:
            // https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-dead-letter-queues.html
            ...(this.isFifo ? { sentAt: now, sequenceNumber: this.#nextSequenceNumber() } : {}),
        };
        this.#keep(moved);
        this.#place(moved);
    }

    /**
     * The next messages, which nobody else receives for a while. Those that were received too often go to the
     * dead-letter queue instead.
     */
    receive(maxMessages: number, visibilitySeconds = this.seconds("VisibilityTimeout")): Message[] {
        this.#dropExpired();
        if (this.#inFlight.size >= MOST_IN_FLIGHT) {
            if (!this.isFifo)
                throw new ServiceError("OverLimit", "The maximum number of in flight messages is reached.");
            return [];
        }
        const now = this.#tools.clock.now();
        const received: Message[] = [];
        while (received.length < maxMessages) {
            const taken = this.#ready.take(maxMessages - received.length);
            if (taken.length === 0) break;
            for (const message of taken) {
                if (this.#isDeadLetter(message)) {
                    this.#bury(message);
                    continue;
                }
                message.receiveCount++;
                message.firstReceivedAt ??= now;
                message.visibleAt = now + visibilitySeconds * 1000;
                this.#keep(message);
                this.#inFlight.set(message.id, message);
                this.#wakeAt(message);
                received.push(message);
            }
        }
        if (visibilitySeconds === 0) this.#surface();
        return received;
    }

    /** Once more is once: what is gone is gone. */
    delete(handle: string): void {
        const { id, receiveCount } = parseReceiptHandle(this.name, handle);
        const inFlight = this.#inFlight.get(id);
        // What has become visible again can still be deleted by who received it last.
        const message = inFlight ?? this.#ready.get(id);
        if (message === undefined || message.receiveCount !== receiveCount) return;
        if (inFlight === undefined) {
            if (this.isFifo) throw invalidReceiptHandle(handle);
            this.#ready.remove(message);
        }
        this.#end(message);
    }

    changeVisibility(handle: string, seconds: number): void {
        const { id, receiveCount } = parseReceiptHandle(this.name, handle);
        const message = this.#inFlight.get(id);
        if (message?.receiveCount !== receiveCount) {
            throw new ServiceError(
                "MessageNotInflight",
                "The specified message isn't in flight or its receipt handle is of an earlier receipt.",
            );
        }
        message.visibleAt = this.#tools.clock.now() + seconds * 1000;
        this.#keep(message);
        this.#wakeAt(message);
        this.#surface();
    }

    /** Ends all messages. */
    purge(): void {
        for (const message of [...this.#ready.all()]) {
            this.#ready.remove(message);
            this.#forget(message);
        }
        for (const message of [...this.#inFlight.values(), ...this.#delayed.values()]) this.#end(message);
    }

    /** Takes up to so many visible messages out, for another queue. */
    takeOut(count: number): Message[] {
        const taken = this.#ready.take(count);
        for (const message of taken) this.#end(message, true);
        return taken;
    }

    /** Calls the listener when messages may have become receivable; returns what ends that. */
    onAvailable(listener: () => void): () => void {
        this.#listeners.add(listener);
        return () => void this.#listeners.delete(listener);
    }

    close(): void {
        this.#timer?.timer.cancel();
    }

    #place(message: Message): void {
        if (message.visibleAt <= this.#tools.clock.now()) {
            this.#ready.add(message);
            this.#announce();
            return;
        }
        (message.receiveCount > 0 ? this.#inFlight : this.#delayed).set(message.id, message);
        this.#wakeAt(message);
    }

    /** One timer for the queue: at the earliest time at which a message may become visible. */
    #wakeAt({ id, visibleAt }: Message): void {
        this.#due.add(visibleAt, id);
        this.#setTimer();
    }

    #setTimer(): void {
        const at = this.#due.earliest;
        if (at === undefined || (this.#timer !== undefined && this.#timer.at <= at)) return;
        this.#timer?.timer.cancel();
        const timer = this.#tools.clock.after(at - this.#tools.clock.now(), () => {
            this.#timer = undefined;
            this.#surface();
        });
        this.#timer = { at, timer };
    }

    /** Makes visible what is due; a time that was changed meanwhile is still to come. */
    #surface(): void {
        const now = this.#tools.clock.now();
        let hasMore = false;
        for (const id of this.#due.take(now)) {
            const message = this.#inFlight.get(id) ?? this.#delayed.get(id);
            if (message === undefined || message.visibleAt > now) continue;
            if (this.#inFlight.delete(id)) this.#release(message);
            this.#delayed.delete(id);
            this.#ready.add(message);
            hasMore = true;
        }
        this.#setTimer();
        if (hasMore) this.#announce();
    }

    #announce(): void {
        for (const listener of [...this.#listeners]) listener();
    }

    #isDeadLetter(message: Message): boolean {
        const policy = this.redrivePolicy;
        return policy !== undefined && message.receiveCount >= policy.maxReceiveCount;
    }

    get redrivePolicy(): { deadLetterTargetArn: string; maxReceiveCount: number } | undefined {
        const text = this.attributes["RedrivePolicy"];
        if (text === undefined || text === "") return undefined;
        const policy: unknown = JSON.parse(text);
        return {
            deadLetterTargetArn: String(Reflect.get(Object(policy), "deadLetterTargetArn")),
            maxReceiveCount: Number(Reflect.get(Object(policy), "maxReceiveCount")),
        };
    }

    #bury(message: Message): void {
        const queue = this.#tools.deadLetterQueue(this.redrivePolicy?.deadLetterTargetArn ?? "");
        this.#end(message, true);
        queue?.move(message, this.arn);
    }

    /** @param wasTaken It has just been taken out of what is ready. */
    #end(message: Message, wasTaken = false): void {
        if (this.#inFlight.delete(message.id) || wasTaken) this.#release(message);
        this.#delayed.delete(message.id);
        this.#forget(message);
    }

    /** The others of a FIFO queue's group may follow. */
    #release(message: Message): void {
        if (!(this.#ready instanceof FifoReady)) return;
        this.#ready.release(message);
        if (this.#ready.size > 0) this.#announce();
    }

    #keep(message: Message): void {
        this.#tools.kept.put(`${this.name}/${message.id}`, message);
    }

    #forget({ id }: Message): void {
        this.#tools.kept.delete(`${this.name}/${id}`);
    }

    #dropExpired(): void {
        const before = this.#tools.clock.now() - this.seconds("MessageRetentionPeriod") * 1000;
        for (const message of this.#ready.all()) {
            if (message.sentAt >= before) break;
            this.#ready.remove(message);
            this.#forget(message);
        }
    }

    #deduplicationKey(body: string, groupId = "", given?: string): string | undefined {
        if (!this.isFifo) return undefined;
        const id = given ?? md5(body);
        return this.attributes["DeduplicationScope"] === "messageGroup" ? `${groupId} ${id}` : id;
    }

    #nextSequenceNumber(): string {
        return String(++this.#sequence).padStart(20, "0");
    }
}
