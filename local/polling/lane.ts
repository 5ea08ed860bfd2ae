import type { Timer } from "../clock";
import { backoffMs } from "./backoff";
import type { GiveUpReason, PollerTools, StreamConsumer, StreamRecord, StreamSource } from "./stream-poller";

/** What an event may hold: https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html */
const MOST_BATCH_BYTES = 6 * 1024 * 1024;

/** Takes records until it is full. */
class Batch {
    readonly records: StreamRecord[] = [];
    isFull = false;
    #bytes = 0;

    constructor(private readonly size: number) {}

    add(record: StreamRecord): void {
        this.#bytes += record.bytes;
        if (this.#bytes > MOST_BATCH_BYTES && this.records.length > 0) this.isFull = true;
        if (this.isFull) return;
        this.records.push(record);
        this.isFull = this.records.length === this.size;
    }
}

/** Records that wait for their next attempt together. */
interface Pending {
    records: StreamRecord[];
    attempts: number;
    givenUp?: { reason: GiveUpReason; cause: unknown; tries: number };
}

/** One of the parallel readers of a stream: it has the records of its keys, one batch after the other. */
export class Lane {
    #pending: Pending[] = [];
    #timer: Timer | undefined;
    #isRunning = false;
    #isClosed = false;

    constructor(
        private readonly source: StreamSource,
        private readonly consumer: StreamConsumer,
        private readonly tools: PollerTools,
        private readonly number: number,
        private position: number,
    ) {}

    wake(): void {
        if (this.#isRunning || this.#isClosed || this.#pending.length > 0) return;
        this.#isRunning = true;
        void this.tools.activity.during(this.#run());
    }

    close(): void {
        this.#isClosed = true;
        this.#timer?.cancel();
    }

    /** Goes on until nothing is left to read, or something is to be waited for. */
    async #run(): Promise<void> {
        try {
            while (!this.#isClosed) {
                const [next = this.#read()] = this.#pending;
                if (next === undefined) return;
                if (this.#pending[0] === undefined) this.#pending.push(next);
                const waitMs = await this.#process(next);
                if (waitMs > 0) return this.#waitFor(waitMs);
            }
        } finally {
            this.#isRunning = false;
        }
    }

    /** The next batch; undefined while there is none, or it may still grow. */
    #read(): Pending | undefined {
        const { streamArn, batchSize, parallel, windowMs, accepts } = this.consumer;
        const isMine = ({ key, record }: StreamRecord): boolean =>
            laneOf(key, parallel) === this.number && accepts(record);
        const batch = new Batch(batchSize);
        for (let after = this.position; !batch.isFull;) {
            const page = this.source.read(streamArn, after, batchSize);
            for (const record of page) {
                after = record.sequence;
                if (isMine(record)) batch.add(record);
                // What precedes the batch is read for good.
                else if (batch.records.length === 0) this.position = record.sequence;
            }
            if (page.length < batchSize) break;
        }
        const { records, isFull } = batch;
        const [first] = records;
        if (first === undefined) return undefined;
        const waitMs = first.at + windowMs - this.tools.clock.now();
        if (!isFull && waitMs > 0) {
            this.#waitFor(waitMs);
            return undefined;
        }
        return { records, attempts: 0 };
    }

    /** @returns how long to wait before the next attempt. */
    async #process(pending: Pending): Promise<number> {
        const { records, attempts } = pending;
        const { retries, maxAgeMs, bisects, handle } = this.consumer;
        const tooOld = records.filter(({ at }) => at + maxAgeMs < this.tools.clock.now());
        if (pending.givenUp === undefined && tooOld.length > 0) {
            const [old, rest] = [records.slice(0, tooOld.length), records.slice(tooOld.length)];
            const givenUp = { reason: "MaximumRecordAgeExceeded" as const, cause: undefined, tries: 0 };
            const others = rest.length > 0 ? [{ records: rest, attempts }] : [];
            this.#pending.splice(0, 1, { records: old, attempts, givenUp }, ...others);
            return 0;
        }
        if (pending.givenUp !== undefined) return this.#giveUp(pending, pending.givenUp);
        const outcome = await handle(records, attempts + 1).catch(
            (cause: unknown) => ({ failed: true, cause }) as const,
        );
        if (this.#isClosed && outcome.failed) return 0;
        if (!outcome.failed) {
            this.#finish(pending, records.length);
            return 0;
        }
        const done = "from" in outcome ? indexOf(records, outcome.from) : 0;
        pending.attempts = done > 0 ? 0 : attempts + 1;
        if (done > 0) this.#finish(pending, done);
        else if (bisects && records.length > 1) this.#halve(pending);
        else if (attempts >= retries) {
            pending.givenUp = { reason: "RetryAttemptsExhausted", cause: outcome.cause, tries: 0 };
            return 0;
        }
        return backoffMs(pending.attempts);
    }

    async #giveUp(pending: Pending, givenUp: NonNullable<Pending["givenUp"]>): Promise<number> {
        try {
            await this.consumer.giveUp(pending.records, givenUp.reason, pending.attempts, givenUp.cause);
        } catch {
            return backoffMs(++givenUp.tries);
        }
        this.#finish(pending, pending.records.length);
        return 0;
    }

    #halve(pending: Pending): void {
        const middle = Math.ceil(pending.records.length / 2);
        // Halving takes nothing from the number of retries.
        const attempts = pending.attempts - 1;
        const halves = [pending.records.slice(0, middle), pending.records.slice(middle)];
        this.#pending.splice(0, 1, ...halves.map((records) => ({ records, attempts })));
    }

    #finish(pending: Pending, count: number): void {
        const last = pending.records[count - 1];
        pending.records = pending.records.slice(count);
        if (pending.records.length === 0) this.#pending.shift();
        if (last !== undefined) this.#reach(last.sequence);
    }

    #reach(position: number): void {
        this.position = position;
        this.tools.checkpoints.keep(this.consumer.id, this.number, position);
    }

    #waitFor(ms: number): void {
        this.#timer?.cancel();
        this.#timer = this.tools.clock.after(ms, () => {
            this.#timer = undefined;
            if (this.#isRunning || this.#isClosed) return;
            this.#isRunning = true;
            void this.tools.activity.during(this.#run());
        });
    }
}

function indexOf(records: StreamRecord[], sequenceNumber: string | undefined): number {
    if (sequenceNumber === undefined) return 0;
    return Math.max(
        0,
        records.findIndex((record) => record.sequenceNumber === sequenceNumber),
    );
}

/** Which of so many parallel readers has the records of a key. */
function laneOf(key: string, count: number): number {
    if (count <= 1) return 0;
    let hash = 0;
    for (let at = 0; at < key.length; at++) hash = (Math.imul(hash, 31) + key.charCodeAt(at)) | 0;
    return Math.abs(hash) % count;
}
