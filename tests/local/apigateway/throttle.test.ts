import assert from "node:assert/strict";

import * as fc from "fast-check";

import { readThrottle } from "../../../local/apigateway/usage-plan-resources";
import { Throttles, TokenBucket } from "../../../local/apigateway/throttle";
import { type ApiKey, type Quota, type UsagePlan, UsagePlans } from "../../../local/apigateway/usage-plans";
import { VirtualClock } from "../../../local/clock";

const DAY_MS = 24 * 60 * 60 * 1000;

describe("a token bucket", () => {
    it("never admits more than the burst and what the rate has given since", () => {
        const waits = fc.array(fc.integer({ min: 0, max: 2_000 }), { maxLength: 60 });
        fc.assert(
            fc.property(
                fc.integer({ min: 1, max: 50 }),
                fc.integer({ min: 1, max: 20 }),
                waits,
                (rate, burst, pauses) => {
                    const bucket = new TokenBucket({ rateLimit: rate, burstLimit: burst }, 0);
                    let now = 0;
                    let admitted = 0;
                    for (const pause of pauses) {
                        now += pause;
                        if (!bucket.has(now)) continue;
                        bucket.take();
                        admitted++;
                        assert.ok(admitted <= burst + (now / 1000) * rate + 1e-6);
                    }
                },
            ),
        );
    });

    it("admits a steady stream at its rate for ever", () => {
        const bucket = new TokenBucket({ rateLimit: 10, burstLimit: 1 }, 0);
        for (let now = 0; now <= 60_000; now += 100) {
            assert.ok(bucket.has(now), `after ${now} ms`);
            bucket.take();
        }
    });

    it("of nothing admits nothing", () => {
        assert.equal(new TokenBucket({ rateLimit: 0, burstLimit: 0 }, 0).has(1_000_000), false);
    });
});

describe("several limits", () => {
    it("take no token from any where one is used up", () => {
        const throttles = new Throttles(new VirtualClock());
        const wide = { name: "stage", throttle: { rateLimit: 1, burstLimit: 2 } };
        const narrow = { name: "method", throttle: { rateLimit: 1, burstLimit: 1 } };
        assert.equal(throttles.admit([wide, narrow]), true);
        for (let time = 0; time < 5; time++) assert.equal(throttles.admit([wide, narrow]), false);
        assert.equal(throttles.admit([wide]), true);
        assert.equal(throttles.admit([wide]), false);
    });

    it("read what the provider takes for no limit", () => {
        assert.equal(readThrottle(-1, -1), undefined);
        assert.equal(readThrottle(undefined, undefined), undefined);
        assert.deepEqual(readThrottle(0, 0), { rateLimit: 0, burstLimit: 0 });
        assert.deepEqual(readThrottle("2.5", undefined), { rateLimit: 2.5, burstLimit: 3 });
    });
});

describe("a quota", () => {
    const key: ApiKey = { id: "k1", name: "k1", value: "v".repeat(20), enabled: true, createdAt: 0, tags: {} };

    const planOf = (quota: Quota, createdAt: number): UsagePlan => ({
        id: "p1",
        name: "p1",
        stages: [],
        quota,
        keyIds: new Set(["k1"]),
        createdAt,
        tags: {},
    });

    /** How many requests pass before the quota is used up. */
    function passing(plans: UsagePlans, plan: UsagePlan): number {
        let passed = 0;
        while (
            passed < 100 &&
            plans.consume({ key, plan, planStage: { apiId: "", stage: "", throttles: new Map() } })
        ) {
            passed++;
        }
        return passed;
    }

    it("begins again with the day, the week on Sunday and the month on its first day", async () => {
        // A Thursday.
        const start = Date.UTC(2026, 0, 1, 12);
        const cases: [Quota["period"], number][] = [
            ["DAY", Date.UTC(2026, 0, 2)],
            ["WEEK", Date.UTC(2026, 0, 4)],
            ["MONTH", Date.UTC(2026, 1, 1)],
        ];
        for (const [period, next] of cases) {
            const clock = new VirtualClock(start);
            const plans = new UsagePlans(clock);
            const plan = planOf({ limit: 3, offset: 0, period }, start);
            assert.equal(passing(plans, plan), 3, period);
            await clock.advance(next - start - 1);
            assert.equal(passing(plans, plan), 0, `${period}, a moment before`);
            await clock.advance(1);
            assert.equal(passing(plans, plan), 3, `${period}, then`);
        }
    });

    it("is less by its offset in the first period only", async () => {
        const clock = new VirtualClock();
        const plans = new UsagePlans(clock);
        const plan = planOf({ limit: 5, offset: 2, period: "DAY" }, clock.now());
        assert.equal(passing(plans, plan), 3);
        await clock.advance(DAY_MS);
        assert.equal(passing(plans, plan), 5);
    });

    it("is shown by days: what was used, and what was left", async () => {
        const clock = new VirtualClock();
        const begin = clock.now();
        const plans = new UsagePlans(clock);
        const plan = planOf({ limit: 3, offset: 0, period: "DAY" }, begin);
        passing(plans, plan);
        await clock.advance(2 * DAY_MS);
        plans.consume({ key, plan, planStage: { apiId: "", stage: "", throttles: new Map() } });
        assert.deepEqual(plans.usageByDay(plan, "k1", begin, begin + 2 * DAY_MS), [
            [3, 0],
            [0, 3],
            [1, 2],
        ]);
    });

    it("tells keys apart by their values", () => {
        const plans = new UsagePlans(new VirtualClock());
        plans.addKey(key);
        assert.throws(() => plans.addKey({ ...key, id: "k2", name: "k2" }), /"k1" and "k2" have the same value/);
    });
});
