import type { Activity } from "../activity";
import type { Clock } from "../clock";
import type { Checkpoints } from "./checkpoints";
import { Lane } from "./lane";

/** One record of a stream. */
export interface StreamRecord {
    /** Grows with each record of the stream. */
    sequence: number;
    sequenceNumber: string;
    /** Milliseconds since 1970-01-01 UTC. */
    at: number;
    /** Records of the same key stay in their order. */
    key: string;
    /** About as many as the record's JSON has. */
    bytes: number;
    /** As a function's event has it. */
    record: Record<string, unknown>;
}

/** A stream that keeps its records for a while, for readers that remember how far they have come. */
export interface StreamSource {
    /** The records that follow a sequence number; 0 begins with the oldest. */
    read(streamArn: string, after: number, limit: number): StreamRecord[];
    /** Sequence number after which only records follow that are yet to be written. */
    latest(streamArn: string): number;
    /** Calls the listener after each new record; returns what ends that. */
    onRecord(streamArn: string, listener: () => void): () => void;
}

/** What became of a batch. */
export type BatchOutcome =
    | { failed: false }
    | {
          failed: true;
          /** Sequence number of the first record that was not processed; default: the first one. */
          from?: string;
          /** Told to whoever gets what is given up. */
          cause: unknown;
      };

/** Batches of a stream's records, and what to do with them. */
export interface StreamConsumer {
    /** Unique; the position in the stream is kept under it. */
    id: string;
    streamArn: string;
    /** Where to begin when no position is kept: with the oldest record, with new ones, or with those since a time. */
    start: "TRIM_HORIZON" | "LATEST" | { timestamp: number };
    batchSize: number;
    /** How long a batch that is not full may wait for more. */
    windowMs: number;
    /** Batches of different keys that are processed at once. */
    parallel: number;
    /** Attempts after the first; Infinity for no end. */
    retries: number;
    /** Older records are given up; Infinity for no end. */
    maxAgeMs: number;
    /** Halves a batch that fails, to find the record that it fails for. */
    bisects: boolean;
    accepts: (record: Record<string, unknown>) => boolean;
    /** @param attempt From 1. Rejections are failures of the whole batch. */
    handle: (records: StreamRecord[], attempt: number) => Promise<BatchOutcome>;
    /** Takes what is given up to where it is not lost; rejects where that is to be tried again. */
    giveUp: (records: StreamRecord[], reason: GiveUpReason, attempts: number, cause: unknown) => Promise<void>;
}

export type GiveUpReason = "RetryAttemptsExhausted" | "MaximumRecordAgeExceeded";

export interface PollerTools {
    clock: Clock;
    activity: Activity;
    checkpoints: Checkpoints;
}

/** Reads a stream for one consumer: https://docs.aws.amazon.com/lambda/latest/dg/services-ddb-params.html */
export class StreamPoller {
    readonly #lanes: Lane[];
    readonly #stop: () => void;

    constructor(source: StreamSource, consumer: StreamConsumer, tools: PollerTools) {
        const { id, parallel } = consumer;
        const kept = tools.checkpoints.of(id, parallel);
        if (kept !== undefined) tools.checkpoints.forget(id);
        const start = startOf(source, consumer);
        this.#lanes = Array.from({ length: parallel }, (_, number) => {
            const position = kept?.[number] ?? start;
            tools.checkpoints.keep(id, number, position);
            return new Lane(source, consumer, tools, number, position);
        });
        this.#stop = source.onRecord(consumer.streamArn, () => this.#wake());
        this.#wake();
    }

    /** Stops reading; what is being processed comes to its end. */
    close(): void {
        this.#stop();
        for (const lane of this.#lanes) lane.close();
    }

    #wake(): void {
        for (const lane of this.#lanes) lane.wake();
    }
}

function startOf(source: StreamSource, { streamArn, start }: StreamConsumer): number {
    if (start === "TRIM_HORIZON") return 0;
    if (start === "LATEST") return source.latest(streamArn);
    const all = source.read(streamArn, 0, Infinity);
    const first = all.find(({ at }) => at >= start.timestamp);
    return first === undefined ? source.latest(streamArn) : first.sequence - 1;
}
