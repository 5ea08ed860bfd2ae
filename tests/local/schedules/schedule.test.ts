import assert from "node:assert/strict";

import * as fc from "fast-check";

import { compileSchedule } from "../../../local/schedules";

function times(expression: string, from: string, count: number, timeZone?: string): string[] {
    const schedule = compileSchedule(expression, timeZone);
    const found: string[] = [];
    for (let after = Date.parse(from); found.length < count;) {
        const next = schedule.next(after, Date.parse(from));
        if (next === undefined) break;
        found.push(new Date(next).toISOString().replace(/:00\.000Z$/, "Z"));
        after = next;
    }
    return found;
}

describe("a schedule expression", () => {
    const cases: [expression: string, from: string, expected: string[]][] = [
        ["rate(5 minutes)", "2026-01-01T00:02:00Z", ["2026-01-01T00:07Z", "2026-01-01T00:12Z"]],
        ["rate(1 day)", "2026-01-01T00:02:00Z", ["2026-01-02T00:02Z"]],
        ["cron(0 10 * * ? *)", "2026-01-01T12:00:00Z", ["2026-01-02T10:00Z", "2026-01-03T10:00Z"]],
        ["cron(15 12 ? * MON-FRI *)", "2026-01-02T13:00:00Z", ["2026-01-05T12:15Z"]],
        ["cron(0/10 * ? * 2-6 *)", "2026-01-03T00:00:00Z", ["2026-01-05T00:00Z", "2026-01-05T00:10Z"]],
        ["cron(0 18 ? * 6L *)", "2026-01-01T00:00:00Z", ["2026-01-30T18:00Z", "2026-02-27T18:00Z"]],
        ["cron(0 9 ? * 2#1 *)", "2026-01-01T00:00:00Z", ["2026-01-05T09:00Z", "2026-02-02T09:00Z"]],
        ["cron(0 8 L * ? *)", "2026-02-01T00:00:00Z", ["2026-02-28T08:00Z", "2026-03-31T08:00Z"]],
        ["cron(0 8 3W * ? *)", "2026-01-01T00:00:00Z", ["2026-01-02T08:00Z"]],
        ["cron(0 8 1 1 ? 2027)", "2026-01-01T00:00:00Z", ["2027-01-01T08:00Z"]],
        ["cron(0 8 1 1 ? 2020)", "2026-01-01T00:00:00Z", []],
        ["at(2026-05-01T08:00:00)", "2026-01-01T00:00:00Z", ["2026-05-01T08:00Z"]],
        ["at(2025-05-01T08:00:00)", "2026-01-01T00:00:00Z", []],
    ];
    for (const [expression, from, expected] of cases) {
        it(`${expression} is due as AWS has it`, () => {
            assert.deepEqual(times(expression, from, Math.max(1, expected.length)), expected);
        });
    }

    it("follows the clocks of its time zone", () => {
        // Europe goes to summer time on 29 March 2026.
        assert.deepEqual(times("cron(0 8 * * ? *)", "2026-03-28T00:00:00Z", 2, "Europe/Berlin"), [
            "2026-03-28T07:00Z",
            "2026-03-29T06:00Z",
        ]);
    });

    it("is refused where AWS would refuse it", () => {
        for (const wrong of [
            "5 minutes",
            "rate(1 minutes)",
            "rate(5 minute)",
            "rate(0 minutes)",
            "rate(5 weeks)",
            "cron(0 10 * * * *)",
            "cron(0 10 ? * ? *)",
            "cron(0 10 * * ?)",
            "cron(99 10 * * ? *)",
            "at(tomorrow)",
        ]) {
            assert.throws(() => compileSchedule(wrong), /ScheduleExpression is not valid/, wrong);
        }
    });

    it("by rate is due at equal distances, whenever it is asked", () => {
        fc.assert(
            fc.property(fc.integer({ min: 2, max: 500 }), fc.nat(1e9), fc.nat(1e9), (minutes, createdAt, later) => {
                const every = minutes * 60_000;
                const next = compileSchedule(`rate(${minutes} minutes)`).next(createdAt + later, createdAt) ?? 0;
                assert.equal((next - createdAt) % every, 0);
                assert.ok(next > createdAt + later && next <= createdAt + later + every);
            }),
        );
    });
});
