import assert from "node:assert/strict";

import { Activity } from "../../../local/activity";
import { VirtualClock } from "../../../local/clock";
import { type QueueConsumer, type QueueMessage, QueuePoller, type QueueSource } from "../../../local/polling";

const QUEUE = "arn:aws:sqs:eu-west-1:123456789012:q";

/** A queue that a test fills; what is received and not deleted is gone. */
class Queue implements QueueSource {
    readonly clock = new VirtualClock();
    readonly activity = new Activity();
    readonly deleted: string[] = [];
    #waiting: QueueMessage[] = [];
    #listener: () => void = () => undefined;

    send(...bodies: string[]): void {
        this.#waiting.push(
            ...bodies.map((body) => ({ MessageId: body, ReceiptHandle: body, Body: body, MD5OfBody: "" })),
        );
        this.#listener();
    }

    receive(_arn: string, { maxMessages }: { maxMessages: number }): QueueMessage[] {
        assert.ok(maxMessages >= 1 && maxMessages <= 10);
        return this.#waiting.splice(0, maxMessages);
    }

    delete(_arn: string, handles: string[]): void {
        this.deleted.push(...handles);
    }

    onAvailable(_arn: string, listener: () => void): () => void {
        this.#listener = listener;
        return () => (this.#listener = () => undefined);
    }

    consume(consumer: Partial<QueueConsumer> & Pick<QueueConsumer, "handle">): QueuePoller {
        const defaults = { queueArn: QUEUE, batchSize: 10, windowMs: 0, concurrency: 2, accepts: () => true };
        return new QueuePoller(this, { ...defaults, ...consumer }, this);
    }

    advance(ms: number): Promise<void> {
        return this.clock.advance(ms, () => this.activity.quiet());
    }
}

describe("receiving from a queue", () => {
    let queue: Queue;
    let batches: string[][];

    beforeEach(() => {
        queue = new Queue();
        batches = [];
    });

    const note = (messages: QueueMessage[]): Promise<Set<string>> => {
        batches.push(messages.map(({ Body }) => Body));
        return Promise.resolve(new Set());
    };

    it("deletes what was processed, and nothing else", async () => {
        queue.consume({ handle: async (messages) => (await note(messages), new Set(["b"])) });
        queue.send("a", "b", "c");
        await queue.advance(0);
        assert.deepEqual([batches, queue.deleted], [[["a", "b", "c"]], ["a", "c"]]);
    });

    it("gathers for its window, also more than one receive gives", async () => {
        queue.consume({ batchSize: 25, windowMs: 2000, handle: note });
        for (let n = 0; n < 24; n++) queue.send(String(n));
        await queue.advance(1999);
        assert.equal(batches.length, 0);
        await queue.advance(1);
        assert.deepEqual(
            batches.map((batch) => batch.length),
            [24],
        );
    });

    it("runs as many batches at once as it may", async () => {
        const running: (() => void)[] = [];
        let most = 0;
        queue.consume({
            batchSize: 1,
            handle: async (messages) => {
                await note(messages);
                await new Promise<void>((resolve) => (most = Math.max(most, running.push(resolve))));
                return new Set();
            },
        });
        queue.send("a", "b", "c");
        const turn = () => new Promise((resolve) => setImmediate(resolve));
        await turn();
        assert.deepEqual([batches, most], [[["a"], ["b"]], 2]);
        for (let finish = running.shift(); finish !== undefined; finish = running.shift()) {
            finish();
            await turn();
        }
        assert.deepEqual(queue.deleted, ["a", "b", "c"]);
    });

    it("deletes what the filter does not accept", async () => {
        queue.consume({ accepts: ({ Body }) => Body !== "b", handle: note });
        queue.send("a", "b", "c");
        await queue.advance(0);
        assert.deepEqual([batches, queue.deleted.sort()], [[["a", "c"]], ["a", "b", "c"]]);
    });

    it("waits a little where nothing can be processed at all", async () => {
        let fails = true;
        queue.consume({
            concurrency: 1,
            batchSize: 1,
            handle: (messages) => (fails ? Promise.reject(new Error("throttled")) : note(messages)),
        });
        queue.send("a", "b");
        await queue.advance(0);
        fails = false;
        assert.deepEqual(batches, []);
        await queue.advance(1000);
        assert.deepEqual([batches, queue.deleted], [[["b"]], ["b"]]);
    });
});
