import type { Message } from "./model";

/** Messages that can be received, in the order in which they are given out. */
export interface Ready {
    readonly size: number;
    add(message: Message): void;
    remove(message: Message): void;
    get(id: string): Message | undefined;
    /** Takes the next ones out. */
    take(count: number): Message[];
    /** All of them, oldest first as far as the kind of queue has an order. */
    all(): Iterable<Message>;
}

/** Of a standard queue: those that became receivable first go first. */
export class StandardReady implements Ready {
    readonly #messages = new Map<string, Message>();

    get size(): number {
        return this.#messages.size;
    }

    add(message: Message): void {
        this.#messages.set(message.id, message);
    }

    remove({ id }: Message): void {
        this.#messages.delete(id);
    }

    get(id: string): Message | undefined {
        return this.#messages.get(id);
    }

    take(count: number): Message[] {
        const taken: Message[] = [];
        for (const message of this.#messages.values()) {
            if (taken.length === count) break;
            taken.push(message);
        }
        for (const { id } of taken) this.#messages.delete(id);
        return taken;
    }

    all(): Iterable<Message> {
        return this.#messages.values();
    }
}

interface Group {
    /** By sequence number. */
    waiting: Message[];
    /** Messages that were received and are neither deleted nor visible again: they hold the others up. */
    inFlight: number;
}

/**
 * Of a FIFO queue: groups take turns, and one whose messages are in flight waits for their end.
 * https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/FIFO-queues-understanding-logic.html
 */
export class FifoReady implements Ready {
    readonly #groups = new Map<string, Group>();
    #size = 0;

    get size(): number {
        return this.#size;
    }

    add(message: Message): void {
        const group = this.#group(message);
        const at = group.waiting.findIndex((other) => (other.sequenceNumber ?? "") > (message.sequenceNumber ?? ""));
        if (at < 0) group.waiting.push(message);
        else group.waiting.splice(at, 0, message);
        this.#size++;
    }

    remove(message: Message): void {
        const { waiting } = this.#group(message);
        const at = waiting.indexOf(message);
        if (at >= 0) {
            waiting.splice(at, 1);
            this.#size--;
        }
    }

    get(id: string): Message | undefined {
        for (const message of this.all()) if (message.id === id) return message;
        return undefined;
    }

    take(count: number): Message[] {
        const taken: Message[] = [];
        for (const [id, group] of [...this.#groups]) {
            if (taken.length === count) break;
            if (group.inFlight > 0 || group.waiting.length === 0) continue;
            const messages = group.waiting.splice(0, count - taken.length);
            group.inFlight += messages.length;
            this.#size -= messages.length;
            taken.push(...messages);
            // Behind the others, so that none starves.
            this.#groups.delete(id);
            this.#groups.set(id, group);
        }
        return taken;
    }

    /** A message has come to its end, or is about to be added again. */
    release(message: Message): void {
        const group = this.#group(message);
        group.inFlight = Math.max(0, group.inFlight - 1);
        if (group.inFlight === 0 && group.waiting.length === 0) this.#groups.delete(message.groupId ?? "");
    }

    *all(): Iterable<Message> {
        for (const { waiting } of this.#groups.values()) yield* waiting;
    }

    #group({ groupId = "" }: Message): Group {
        const group = this.#groups.get(groupId) ?? { waiting: [], inFlight: 0 };
        this.#groups.set(groupId, group);
        return group;
    }
}
