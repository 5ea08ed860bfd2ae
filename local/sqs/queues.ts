import type { Clock } from "../clock";
import { ServiceError } from "../errors";
import type { Records, Store } from "../store";
import { DEFAULT_ATTRIBUTES, FIFO_DEFAULTS, type Message, type QueueAttributes } from "./model";
import { Queue } from "./queue";
import { queueDoesNotExist } from "./refusals";

/** What is kept of a queue that no graph declares. */
interface KeptQueue {
    attributes: QueueAttributes;
    tags: [string, string][];
}

export interface QueuesOptions {
    clock: Clock;
    store: Store;
    region: string;
    account: string;
    newId: (queueArn: string, body: string) => string;
}

/** The account's queues. */
export class Queues {
    readonly #options: QueuesOptions;
    readonly #queues = new Map<string, Queue>();
    readonly #keptQueues: Records<KeptQueue>;
    readonly #keptMessages: Records<Message>;
    /** Messages of an earlier run whose queue is not there yet. */
    readonly #orphans = new Map<string, Message[]>();

    constructor(options: QueuesOptions) {
        this.#options = options;
        this.#keptMessages = options.store.records("sqs/messages");
        this.#keptQueues = options.store.records("sqs/queues");
        for (const [key, message] of this.#keptMessages.load()) {
            const name = key.slice(0, key.indexOf("/"));
            this.#orphans.set(name, [...(this.#orphans.get(name) ?? []), message]);
        }
        for (const [name, { attributes, tags }] of this.#keptQueues.load()) {
            const queue = this.put(name, attributes);
            for (const [key, value] of tags) queue.tags.set(key, value);
        }
    }

    get all(): Queue[] {
        return [...this.#queues.values()];
    }

    arnOf(name: string): string {
        return `arn:aws:sqs:${this.#options.region}:${this.#options.account}:${name}`;
    }

    /** Adds a queue with what an earlier run has left in it, or gives the one of this name other attributes. */
    put(name: string, attributes: QueueAttributes): Queue {
        const complete = { ...DEFAULT_ATTRIBUTES, ...(name.endsWith(".fifo") ? FIFO_DEFAULTS : {}), ...attributes };
        const existing = this.#queues.get(name);
        if (existing !== undefined) {
            existing.attributes = complete;
            return existing;
        }
        const queue = new Queue(name, this.arnOf(name), complete, {
            clock: this.#options.clock,
            kept: this.#keptMessages,
            newId: this.#options.newId,
            deadLetterQueue: (arn) => this.byArn(arn),
        });
        this.#queues.set(name, queue);
        const orphans = (this.#orphans.get(name) ?? []).sort((a, b) => a.sentAt - b.sentAt);
        for (const message of orphans) queue.restore(message);
        this.#orphans.delete(name);
        return queue;
    }

    /** Makes a queue that a client has created outlive the cloud. */
    keep(queue: Queue): void {
        this.#keptQueues.put(queue.name, { attributes: queue.attributes, tags: [...queue.tags] });
    }

    remove(name: string): void {
        const queue = this.#queues.get(name);
        queue?.purge();
        queue?.close();
        this.#queues.delete(name);
        this.#keptQueues.delete(name);
        for (const { id } of this.#orphans.get(name) ?? []) this.#keptMessages.delete(`${name}/${id}`);
        this.#orphans.delete(name);
    }

    get(name: string): Queue | undefined {
        return this.#queues.get(name);
    }

    byArn(arn: string): Queue | undefined {
        return this.#queues.get(arn.split(":")[5] ?? "");
    }

    /** @throws ServiceError QueueDoesNotExist */
    byUrl(url: unknown): Queue {
        if (typeof url !== "string")
            throw new ServiceError("MissingParameter", "The request must contain the parameter QueueUrl.");
        const queue = this.#queues.get(url.slice(url.lastIndexOf("/") + 1));
        if (queue === undefined) throw queueDoesNotExist();
        return queue;
    }
}
