import type { Message } from "./model";

/** https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/using-messagededuplicationid-property.html */
const INTERVAL_MS = 5 * 60_000;

/** Knows what was sent in the last five minutes. */
export class Deduplication {
    /** In the order of their sending. */
    readonly #recent = new Map<string, { at: number; message: Message }>();

    remember(key: string, message: Message): void {
        this.#recent.set(key, { at: message.sentAt, message });
    }

    sentBefore(key: string, now: number): Message | undefined {
        for (const [old, { at }] of this.#recent) {
            if (at > now - INTERVAL_MS) break;
            this.#recent.delete(old);
        }
        return this.#recent.get(key)?.message;
    }
}
