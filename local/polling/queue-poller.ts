import type { Activity } from "../activity";
import type { Clock, Timer } from "../clock";
import { backoffMs } from "./backoff";

/** A message as SQS's ReceiveMessage gives it. */
export interface QueueMessage {
    MessageId: string;
    ReceiptHandle: string;
    Body: string;
    MD5OfBody: string;
    Attributes?: Record<string, string>;
    MessageAttributes?: Record<string, MessageAttribute>;
    MD5OfMessageAttributes?: string;
}

export interface MessageAttribute {
    DataType: string;
    StringValue?: string;
    /** Base64. */
    BinaryValue?: string;
}

export interface QueueSource {
    receive(queueArn: string, options: { maxMessages: number }): QueueMessage[];
    delete(queueArn: string, receiptHandles: string[]): void;
    /** Calls the listener when messages may have become receivable; returns what ends that. */
    onAvailable(queueArn: string, listener: () => void): () => void;
}

/** Batches of a queue's messages, and what to do with them. */
export interface QueueConsumer {
    queueArn: string;
    batchSize: number;
    /** How long a batch that is not full may wait for more. */
    windowMs: number;
    /** Batches that are processed at once. */
    concurrency: number;
    /** Messages that are not accepted are deleted. */
    accepts: (message: QueueMessage) => boolean;
    /**
     * @returns ids of the messages that were not processed: they come again when their visibility timeout is over.
     *   A rejection is that of all.
     */
    handle: (messages: QueueMessage[]) => Promise<ReadonlySet<string>>;
}

/** SQS gives no more at once. */
const MOST_PER_RECEIVE = 10;

/** Receives a queue's messages for one consumer: https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html */
export class QueuePoller {
    readonly #stop: () => void;
    #gathered: QueueMessage[] = [];
    #window: Timer | undefined;
    #backoff: Timer | undefined;
    #failures = 0;
    #running = 0;
    #isClosed = false;

    constructor(
        private readonly source: QueueSource,
        private readonly consumer: QueueConsumer,
        private readonly tools: { clock: Clock; activity: Activity },
    ) {
        this.#stop = source.onAvailable(consumer.queueArn, () => this.#poll());
        this.#poll();
    }

    /** Stops receiving; what has been received and not been processed comes again after its visibility timeout. */
    close(): void {
        this.#isClosed = true;
        this.#stop();
        this.#window?.cancel();
        this.#backoff?.cancel();
    }

    #poll(): void {
        const { concurrency, batchSize, windowMs } = this.consumer;
        while (!this.#isClosed && this.#backoff === undefined && this.#running < concurrency) {
            this.#gather();
            if (this.#gathered.length === 0) return;
            if (this.#gathered.length < batchSize && windowMs > 0) {
                this.#window ??= this.tools.clock.after(windowMs, () => this.#endWindow());
                return;
            }
            this.#start(this.#gathered.splice(0, batchSize));
        }
    }

    #gather(): void {
        const { queueArn, batchSize, accepts } = this.consumer;
        while (this.#gathered.length < batchSize) {
            const maxMessages = Math.min(MOST_PER_RECEIVE, batchSize - this.#gathered.length);
            const received = this.source.receive(queueArn, { maxMessages });
            if (received.length === 0) return;
            const unwanted = received.filter((message) => !accepts(message));
            if (unwanted.length > 0) this.source.delete(queueArn, handlesOf(unwanted));
            this.#gathered.push(...received.filter((message) => !unwanted.includes(message)));
        }
    }

    #endWindow(): void {
        this.#window = undefined;
        if (this.#gathered.length > 0) this.#start(this.#gathered.splice(0));
        this.#poll();
    }

    #start(messages: QueueMessage[]): void {
        this.#window?.cancel();
        this.#window = undefined;
        this.#running++;
        void this.tools.activity.during(this.#process(messages));
    }

    async #process(messages: QueueMessage[]): Promise<void> {
        try {
            const failed = await this.consumer.handle(messages);
            const done = messages.filter(({ MessageId }) => !failed.has(MessageId));
            if (done.length > 0) this.source.delete(this.consumer.queueArn, handlesOf(done));
            this.#failures = 0;
        } catch {
            // The messages come again by themselves; the next ones wait a little, as whoever takes them has failed.
            this.#backOff(++this.#failures);
        } finally {
            this.#running--;
        }
        this.#poll();
    }

    #backOff(failures: number): void {
        this.#backoff ??= this.tools.clock.after(backoffMs(failures), () => {
            this.#backoff = undefined;
            this.#poll();
        });
    }
}

function handlesOf(messages: QueueMessage[]): string[] {
    return messages.map(({ ReceiptHandle }) => ReceiptHandle);
}
