import { Activity } from "../../../local/activity";
import { VirtualClock } from "../../../local/clock";
import {
    Checkpoints,
    type StreamConsumer,
    StreamPoller,
    type StreamRecord,
    type StreamSource,
} from "../../../local/polling";
import { MEMORY } from "../../../local/store";

export const STREAM = "arn:aws:dynamodb:eu-west-1:123456789012:table/t/stream/1";

/** A stream that a test writes, with one consumer. */
export class StreamFixture implements StreamSource {
    readonly clock = new VirtualClock();
    readonly activity = new Activity();
    readonly records: StreamRecord[] = [];
    readonly #listeners = new Set<() => void>();
    poller: StreamPoller | undefined;

    constructor(public checkpoints = new Checkpoints(MEMORY)) {}

    write(...keys: string[]): void {
        for (const key of keys) {
            const sequence = this.records.length + 1;
            const record = { key, sequence };
            this.records.push({
                sequence,
                sequenceNumber: `s${sequence}`,
                at: this.clock.now(),
                key,
                bytes: 100,
                record,
            });
        }
        for (const listener of this.#listeners) listener();
    }

    read(_arn: string, after: number, limit: number): StreamRecord[] {
        return this.records.slice(after, after + limit);
    }

    latest(): number {
        return this.records.length;
    }

    onRecord(_arn: string, listener: () => void): () => void {
        this.#listeners.add(listener);
        return () => void this.#listeners.delete(listener);
    }

    consume(consumer: Partial<StreamConsumer> & Pick<StreamConsumer, "handle">): void {
        const complete: StreamConsumer = {
            id: "consumer",
            streamArn: STREAM,
            start: "TRIM_HORIZON",
            batchSize: 10,
            windowMs: 0,
            parallel: 1,
            retries: Infinity,
            maxAgeMs: Infinity,
            bisects: false,
            accepts: () => true,
            giveUp: () => Promise.resolve(),
            ...consumer,
        };
        this.poller = new StreamPoller(this, complete, this);
    }

    advance(ms: number): Promise<void> {
        return this.clock.advance(ms, () => this.activity.quiet());
    }
}
