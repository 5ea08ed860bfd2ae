import assert from "node:assert/strict";

import * as fc from "fast-check";

import type { BatchOutcome, StreamRecord } from "../../../local/polling";
import { StreamFixture } from "./fixture";

const HOUR = 3600_000;
const OK: BatchOutcome = { failed: false };

const sequences = (records: StreamRecord[]): number[] => records.map(({ sequence }) => sequence);

describe("reading a stream", () => {
    let stream: StreamFixture;
    let batches: number[][];

    beforeEach(() => {
        stream = new StreamFixture();
        batches = [];
    });

    const note = (records: StreamRecord[]): Promise<BatchOutcome> => {
        batches.push(sequences(records));
        return Promise.resolve(OK);
    };

    it("takes batches of what is there, one after the other", async () => {
        stream.write("a", "b", "c", "d", "e");
        stream.consume({ batchSize: 2, handle: note });
        await stream.advance(0);
        assert.deepEqual(batches, [[1, 2], [3, 4], [5]]);
    });

    it("begins where it is told to, and goes on where it was", async () => {
        stream.write("a", "b");
        stream.consume({ start: "LATEST", handle: note });
        stream.write("c");
        await stream.advance(0);
        stream.poller?.close();
        stream.write("d");
        stream.consume({ start: "TRIM_HORIZON", handle: note });
        await stream.advance(0);
        assert.deepEqual(batches, [[3], [4]]);
    });

    it("begins with what is as new as a time", async () => {
        stream.write("a");
        await stream.advance(1000);
        stream.write("b", "c");
        stream.consume({ start: { timestamp: stream.clock.now() }, handle: note });
        await stream.advance(0);
        assert.deepEqual(batches, [[2, 3]]);
    });

    it("waits for its window, unless the batch is full before", async () => {
        stream.consume({ batchSize: 3, windowMs: 5000, handle: note });
        stream.write("a");
        await stream.advance(4000);
        assert.deepEqual(batches, []);
        stream.write("b", "c", "d");
        await stream.advance(0);
        assert.deepEqual(batches, [[1, 2, 3]]);
        await stream.advance(5000);
        assert.deepEqual(batches, [[1, 2, 3], [4]]);
    });

    it("leaves out what the filter does not accept", async () => {
        stream.write("a", "b", "a");
        stream.consume({ accepts: ({ key }) => key === "a", handle: note });
        await stream.advance(0);
        assert.deepEqual(batches, [[1, 3]]);
    });

    it("tries a batch again, ever later, until it succeeds", async () => {
        const times: number[] = [];
        const start = stream.clock.now();
        stream.write("a");
        stream.consume({
            handle: () => {
                times.push(stream.clock.now() - start);
                return times.length < 4 ? Promise.reject(new Error("not yet")) : Promise.resolve(OK);
            },
        });
        await stream.advance(HOUR);
        assert.deepEqual(times, [0, 1000, 3000, 7000]);
    });

    it("gives a batch up after its retries, and goes on", async () => {
        const givenUp: unknown[] = [];
        stream.write("a", "b", "c");
        stream.consume({
            batchSize: 2,
            retries: 2,
            handle: (records) => {
                batches.push(sequences(records));
                return Promise.resolve(records[0]?.sequence === 1 ? { failed: true, cause: "broken" } : OK);
            },
            giveUp: (records, reason, attempts, cause) => {
                givenUp.push(sequences(records), reason, attempts, cause);
                return Promise.resolve();
            },
        });
        await stream.advance(HOUR);
        assert.deepEqual(batches, [[1, 2], [1, 2], [1, 2], [3]]);
        assert.deepEqual(givenUp, [[1, 2], "RetryAttemptsExhausted", 3, "broken"]);
    });

    it("gives up what has become too old, and keeps trying to tell so", async () => {
        const told: number[][] = [];
        stream.write("a");
        await stream.advance(HOUR);
        stream.write("b");
        stream.consume({
            maxAgeMs: HOUR / 2,
            handle: note,
            giveUp: (records, reason) => {
                told.push(sequences(records));
                assert.equal(reason, "MaximumRecordAgeExceeded");
                return told.length < 3 ? Promise.reject(new Error("queue is away")) : Promise.resolve();
            },
        });
        await stream.advance(HOUR / 4);
        assert.deepEqual([told, batches], [[[1], [1], [1]], [[2]]]);
    });

    it("goes on after what has been processed of a batch", async () => {
        stream.write("a", "b", "c", "d");
        stream.consume({
            handle: (records) => {
                batches.push(sequences(records));
                return Promise.resolve(batches.length === 1 ? { failed: true, from: "s3", cause: 0 } : OK);
            },
        });
        await stream.advance(HOUR);
        assert.deepEqual(batches, [
            [1, 2, 3, 4],
            [3, 4],
        ]);
    });

    it("finds the one record that fails by halving", async () => {
        await fc.assert(
            fc.asyncProperty(fc.integer({ min: 1, max: 12 }), fc.nat(11), async (count, at) => {
                const poison = (at % count) + 1;
                const fresh = new StreamFixture();
                const done: number[] = [];
                const givenUp: number[] = [];
                fresh.write(...Array.from({ length: count }, (_, n) => `k${n}`));
                fresh.consume({
                    batchSize: 12,
                    retries: 1,
                    bisects: true,
                    handle: (records) => {
                        if (sequences(records).includes(poison))
                            return Promise.resolve({ failed: true, cause: "poison" });
                        done.push(...sequences(records));
                        return Promise.resolve(OK);
                    },
                    giveUp: (records) => {
                        givenUp.push(...sequences(records));
                        return Promise.resolve();
                    },
                });
                await fresh.advance(HOUR);
                assert.deepEqual(givenUp, [poison]);
                assert.deepEqual(
                    done,
                    Array.from({ length: count }, (_, n) => n + 1).filter((n) => n !== poison),
                );
            }),
            { numRuns: 50 },
        );
    });

    it("loses nothing and keeps each key's order, whatever fails", async () => {
        await fc.assert(
            fc.asyncProperty(
                fc.array(fc.constantFrom("a", "b", "c", "d"), { minLength: 1, maxLength: 30 }),
                fc.array(fc.boolean(), { maxLength: 30 }),
                fc.integer({ min: 1, max: 5 }),
                fc.integer({ min: 1, max: 4 }),
                async (keys, failures, batchSize, parallel) => {
                    const fresh = new StreamFixture();
                    const done: StreamRecord[] = [];
                    let calls = 0;
                    fresh.consume({
                        batchSize,
                        parallel,
                        handle: async (records) => {
                            const fails = failures[calls++] === true;
                            await new Promise((resolve) => setImmediate(resolve));
                            if (fails) throw new Error("scripted");
                            done.push(...records);
                            return OK;
                        },
                    });
                    for (const key of keys) {
                        fresh.write(key);
                        await fresh.advance(500);
                    }
                    await fresh.advance(10 * HOUR);
                    assert.deepEqual(
                        sequences(done).sort((a, b) => a - b),
                        sequences(fresh.records),
                    );
                    for (const key of new Set(keys)) {
                        const ofKey = sequences(done.filter((record) => record.key === key));
                        assert.deepEqual(
                            ofKey,
                            [...ofKey].sort((a, b) => a - b),
                        );
                    }
                },
            ),
            { numRuns: 40 },
        );
    });
});
