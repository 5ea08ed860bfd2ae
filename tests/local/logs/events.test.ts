import fc from "fast-check";
import assert from "node:assert/strict";

import type { LogEvent } from "../../../local/logs";
import { DAY, Fixture, GROUP, messages, refused, STREAM } from "./fixture";

const HOUR = DAY / 24;

describe("log events", () => {
    let logs: Fixture;

    beforeEach(async () => {
        logs = await new Fixture().withStream();
    });

    it("are read from the tail by default, and both ways by token", async () => {
        await logs.put(...["1", "2", "3", "4", "5"].map((message, at): [number, string] => [at, message]));
        const tail = await logs.get({ limit: 2 });
        assert.deepEqual(messages(tail), ["4", "5"]);
        const before = await logs.get({ limit: 2, nextToken: tail.nextBackwardToken });
        assert.deepEqual(messages(before), ["2", "3"]);
        const forward = await logs.get({ limit: 2, nextToken: before.nextForwardToken });
        assert.deepEqual(messages(forward), ["4", "5"]);
        const end = await logs.get({ nextToken: forward.nextForwardToken });
        assert.deepEqual([messages(end), end.nextForwardToken], [[], forward.nextForwardToken]);
        const head = await logs.get({ limit: 2, startFromHead: true });
        assert.deepEqual(messages(head), ["1", "2"]);
        const start = await logs.get({ nextToken: head.nextBackwardToken });
        assert.deepEqual([messages(start), start.nextBackwardToken], [[], head.nextBackwardToken]);
        await refused(logs.get({ nextToken: "x" }), "InvalidParameterException", /nextToken is invalid/);
    });

    it("are found by the token of an empty stream once they arrive", async () => {
        for (const startFromHead of [true, false]) {
            const empty = await logs.get({ startFromHead });
            await logs.put([0, "late"]);
            const next = await logs.get({ nextToken: empty.nextForwardToken, startFromHead: true });
            assert.ok(messages(next).includes("late"));
        }
    });

    it("are within the asked time: the end is excluded by GetLogEvents, included by FilterLogEvents", async () => {
        await logs.put([0, "a"], [10, "b"], [20, "c"]);
        const now = logs.clock.now();
        assert.deepEqual(messages(await logs.get({ startTime: now + 10, endTime: now + 20 })), ["b"]);
        assert.deepEqual(messages(await logs.filter({ startTime: now + 10, endTime: now + 20 })), ["b", "c"]);
    });

    it("of several streams are filtered in order of time, in pages", async () => {
        const now = logs.clock.now();
        logs.logs.put(GROUP, "a", [{ timestamp: now, message: "1" }]);
        logs.logs.put(GROUP, "b", [{ timestamp: now + 1, message: "2" }]);
        logs.logs.put(GROUP, "a", [{ timestamp: now + 2, message: "3" }]);
        const first = await logs.filter({ limit: 2 });
        assert.deepEqual(messages(first), ["1", "2"]);
        assert.deepEqual(
            first.events.map(({ logStreamName }) => logStreamName),
            ["a", "b"],
        );
        const rest = await logs.filter({ limit: 2, nextToken: first.nextToken });
        assert.deepEqual([messages(rest), rest.nextToken], [["3"], undefined]);
        assert.deepEqual(messages(await logs.filter({ logStreamNames: ["a"] })), ["1", "3"]);
        assert.deepEqual(messages(await logs.filter({ logStreamNamePrefix: "b" })), ["2"]);
        const newest = await logs.filter({ startFromHead: false, limit: 2 });
        assert.deepEqual(messages(newest), ["3", "2"]);
        assert.deepEqual(messages(await logs.filter({ nextToken: newest.nextToken })), ["1"]);
        const both = { logStreamNames: ["a"], logStreamNamePrefix: "a" };
        await refused(logs.filter(both), "InvalidParameterException");
        await refused(logs.filter({ logStreamNames: ["none"] }), "ResourceNotFoundException");
        await refused(logs.filter({ limit: 10_001 }), "InvalidParameterException", /less than or equal to 10000/);
    });

    it("are answered up to 1 MiB at once", async () => {
        const big = "x".repeat(400 * 1024);
        for (const mark of ["1", "2", "3"]) await logs.put([0, mark + big]);
        const first = await logs.get({ startFromHead: true });
        assert.equal(first.events.length, 2);
        assert.equal((await logs.get({ nextToken: first.nextForwardToken })).events.length, 1);
    });

    it("are refused out of order, too many, empty, too large or more than a day apart", async () => {
        const invalid = "InvalidParameterException";
        await refused(logs.put([1, "a"], [0, "b"]), invalid, /chronological order/);
        await refused(logs.put(), invalid, /length greater than or equal to 1/);
        await refused(logs.put([0, ""]), invalid, /'logEvents.1.member.message'/);
        await refused(logs.put([0, "x".repeat(1024 * 1024)]), invalid, /Log event too large/);
        await refused(logs.put([0, "x".repeat(800_000)], [0, "x".repeat(800_000)]), invalid, /Upload too large/);
        await refused(logs.put([-DAY - 1, "a"], [0, "b"]), invalid, /span more than 24 hours/);
        await refused(logs.put(...Array(10_001).fill([0, "a"])), invalid, /10000/);
        assert.deepEqual(messages(await logs.get()), []);
    });

    it("too old, expired or too new are left out, and the answer says which", async () => {
        await logs.run("PutRetentionPolicy", { logGroupName: GROUP, retentionInDays: 7 });
        const answer = await logs.put([-15 * DAY, "old"], [-8 * DAY, "expired"], [0, "kept"], [3 * HOUR, "new"]);
        assert.deepEqual(answer["rejectedLogEventsInfo"], {
            tooOldLogEventEndIndex: 1,
            expiredLogEventEndIndex: 2,
            tooNewLogEventStartIndex: 3,
        });
        assert.deepEqual(messages(await logs.get()), ["kept"]);
        assert.equal((await logs.put([0, "fine"]))["rejectedLogEventsInfo"], undefined);
    });

    it("written in process make their stream, and their group only where told to", async () => {
        const heard: (LogEvent & { logGroupName: string })[] = [];
        const stop = logs.logs.onEvent((event) => void heard.push(event));
        assert.equal(logs.logs.put("missing", "s", ["x"]), false);
        assert.equal(logs.logs.put("made", "s", ["x", ""], { createGroup: true }), true);
        stop();
        logs.logs.put("made", "s", ["y"]);
        assert.deepEqual(
            heard.map(({ logGroupName, logStreamName, message, timestamp }) => [
                logGroupName,
                logStreamName,
                message,
                timestamp,
            ]),
            [["made", "s", "x", logs.clock.now()]],
        );
        assert.deepEqual(messages(await logs.filter({ logGroupName: "made" })), ["x", "y"]);
        await refused(logs.filter({ logGroupName: "missing" }), "ResourceNotFoundException");
    });

    it("beyond 100,000 push the oldest out", async () => {
        logs.logs.put(
            GROUP,
            STREAM,
            Array.from({ length: 100_002 }, (_, at) => `event ${at}`),
        );
        assert.deepEqual(messages(await logs.get({ startFromHead: true, limit: 1 })), ["event 2"]);
        assert.deepEqual(messages(await logs.get({ limit: 1 })), ["event 100001"]);
    });

    it("beyond 64 MiB push the oldest out", async () => {
        const big = "x".repeat(1000 * 1000);
        for (let at = 0; at < 70; at++) logs.logs.put(GROUP, STREAM, [`${at} ${big}`]);
        const oldest = messages(await logs.get({ startFromHead: true, limit: 1 }))[0] ?? "";
        assert.equal(oldest.split(" ")[0], "3");
    });

    it("read page by page are all events, once, whatever their times and the page's size", async () => {
        const times = fc.array(fc.integer({ min: 0, max: 20 }), { maxLength: 30 });
        await fc.assert(
            fc.asyncProperty(times, fc.integer({ min: 1, max: 7 }), async (offsets, limit) => {
                const fresh = await new Fixture().withStream();
                offsets.forEach((ms, at) => {
                    const event = { timestamp: fresh.clock.now() + ms, message: `${at}` };
                    fresh.logs.put(GROUP, at % 2 === 0 ? STREAM : "other", [event]);
                });
                const expected = offsets
                    .map((ms, at) => ({ ms, message: `${at}` }))
                    .sort((a, b) => a.ms - b.ms)
                    .map(({ message }) => message);
                const filtered: string[] = [];
                let nextToken: string | undefined;
                do {
                    const page = await fresh.filter({ limit, nextToken });
                    filtered.push(...messages(page));
                    nextToken = page.nextToken;
                } while (nextToken !== undefined);
                assert.deepEqual(filtered, expected);

                const backwards: string[] = [];
                for (let page = await fresh.get({ limit }); page.events.length > 0;) {
                    backwards.unshift(...messages(page));
                    page = await fresh.get({ limit, nextToken: page.nextBackwardToken });
                }
                assert.deepEqual(
                    backwards,
                    expected.filter((message) => Number(message) % 2 === 0),
                );
            }),
            { numRuns: 50 },
        );
    });
});
