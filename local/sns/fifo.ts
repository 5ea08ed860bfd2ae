import { createHash } from "node:crypto";

import type { Clock } from "../clock";
import type { Records, Store } from "../store";
import { FIRST_SEQUENCE_NUMBER, type Topic } from "./model";
import type { Publication } from "./publications";
import type { Published } from "./sns";
import type { Topics } from "./topics";

interface Sent {
    published: Published;
    /** Milliseconds since 1970-01-01 UTC. */
    at: number;
}

/** https://docs.aws.amazon.com/sns/latest/dg/fifo-message-dedup.html */
const INTERVAL_MS = 5 * 60_000;

/** What FIFO topics have above others: order, and no message twice. */
export class Fifo {
    /** By topic and deduplication id, in the order of their sending. */
    readonly #recent: Map<string, Sent>;
    readonly #kept: Records<Sent>;

    constructor(
        private readonly topics: Topics,
        private readonly clock: Clock,
        store: Store,
    ) {
        this.#kept = store.records("sns/deduplication");
        this.#recent = new Map(this.#kept.load().sort(([, one], [, other]) => one.at - other.at));
    }

    deduplicationId(topic: Topic, { message, deduplicationId }: Publication): string | undefined {
        if (topic.attributes["FifoTopic"] !== "true") return undefined;
        return deduplicationId ?? createHash("sha256").update(message).digest("hex");
    }

    /** What was answered when the same message was published within the last five minutes. */
    sentBefore(topic: Topic, publication: Publication): Published | undefined {
        for (const [old, { at }] of this.#recent) {
            if (at > this.clock.now() - INTERVAL_MS) break;
            this.#recent.delete(old);
            this.#kept.delete(old);
        }
        const key = this.#key(topic, publication);
        return key === undefined ? undefined : this.#recent.get(key)?.published;
    }

    /** Gives a new message its place in the topic's order, where it has one. */
    number(topic: Topic, publication: Publication, messageId: string): Published {
        const key = this.#key(topic, publication);
        if (key === undefined) return { MessageId: messageId };
        const sequenceNumber = topic.sequenceNumber + 1;
        this.topics.keep({ ...topic, sequenceNumber });
        const published = {
            MessageId: messageId,
            SequenceNumber: String(FIRST_SEQUENCE_NUMBER + BigInt(sequenceNumber)),
        };
        const sent = { published, at: this.clock.now() };
        this.#recent.set(key, sent);
        this.#kept.put(key, sent);
        return published;
    }

    #key(topic: Topic, publication: Publication): string | undefined {
        const id = this.deduplicationId(topic, publication);
        if (id === undefined) return undefined;
        const isPerGroup = topic.attributes["FifoThroughputScope"] === "MessageGroup";
        return [topic.arn, isPerGroup ? publication.groupId : "", id].join(" ");
    }
}
