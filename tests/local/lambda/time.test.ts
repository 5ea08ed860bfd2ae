import assert from "node:assert/strict";

import { LambdaFixture } from "./fixture";

const HOUR = 3600_000;

describe("time in a function", () => {
    let fixture: LambdaFixture;

    beforeEach(() => {
        fixture = new LambdaFixture();
    });

    afterEach(() => fixture.lambda.close());

    it("is the cloud's, however a date is made", async () => {
        await fixture.define(
            "dates",
            `exports.handler = async () => [
                 Date.now(), new Date().getTime(), Date.parse(Date()), new Date(5).getTime(), Date.UTC(1970, 0, 2),
                 new Date() instanceof Date, Object.prototype.toString.call(new Date()),
             ];`,
        );
        await fixture.advance(1000 * HOUR);
        const now = fixture.clock.now();
        const { value } = await fixture.call("dates");
        const inSeconds = Math.floor(now / 1000) * 1000;
        assert.deepEqual(value, [now, now, inSeconds, 5, 86_400_000, true, "[object Date]"]);
    });

    it("passes for its timers when it passes for the cloud, in the order of their times", async () => {
        await fixture.define(
            "sleeper",
            `const { setTimeout: sleep } = require("node:timers/promises");
             const { promisify } = require("node:util");
             exports.handler = async () => {
                 const order = [];
                 const start = Date.now();
                 const note = (what) => order.push(what + "@" + (Date.now() - start));
                 const ticks = setInterval(() => note("tick"), 400);
                 clearTimeout(setTimeout(() => note("never"), 10));
                 await Promise.all([
                     sleep(1000).then(() => note("promise")),
                     promisify(setTimeout)(500).then(() => note("promisified")),
                     new Promise((done) => setTimeout(done, 900, 1)).then(() => note("plain")),
                 ]);
                 clearInterval(ticks);
                 await sleep(1000);
                 return order;
             };`,
        );
        const answer = fixture.call("sleeper");
        await fixture.advance(2000);
        assert.deepEqual((await answer).value, [
            "tick@400",
            "promisified@500",
            "tick@800",
            "plain@900",
            "promise@1000",
        ]);
    });

    it("runs out by the cloud's clock", async () => {
        await fixture.define("slow", "exports.handler = () => new Promise((done) => setTimeout(done, 2500));", {
            timeout: 2,
        });
        const answer = fixture.failure("slow");
        await fixture.advance(3000);
        assert.match((await answer).errorMessage, /timed out after 2\.00 seconds/);
    });

    it("goes on step by step, in several functions at once", async () => {
        await fixture.define(
            "chain",
            `exports.handler = async ({ left }) => {
                 for (let step = 0; step < left; step++) await new Promise((done) => setTimeout(done, 60000));
                 return new Date().toISOString();
             };`,
            { timeout: 900 },
        );
        const began = fixture.clock.now();
        const answers = [1, 5, 14].map((left) => fixture.call("chain", { left }));
        await fixture.advance(HOUR);
        const times = (await Promise.all(answers)).map(({ value }) => Date.parse(String(value)) - began);
        assert.deepEqual(times, [60_000, 300_000, 840_000]);
    });
});
