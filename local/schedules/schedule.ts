import { Cron } from "croner";

import { cronerPattern } from "./cron-fields";

/** A schedule expression that makes no sense. */
export class ScheduleError extends Error {
    override name = "ValidationException";
}

export interface Schedule {
    /**
     * The first time after a moment; undefined where there is none any more. Both are milliseconds since 1970-01-01 UTC.
     * @param createdAt Rates count from here.
     */
    next(after: number, createdAt: number): number | undefined;
}

const UNITS_MS: Record<string, number> = {
    minute: 60_000,
    minutes: 60_000,
    hour: 3_600_000,
    hours: 3_600_000,
    day: 86_400_000,
    days: 86_400_000,
};

/**
 * Compiles `rate(5 minutes)`, `cron(0 8 ? * MON-FRI *)` or `at(2026-11-23T08:00:00)`.
 * https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-scheduled-rule-pattern.html
 * @param timeZone For cron and at. Default UTC.
 * @throws ScheduleError
 */
export function compileSchedule(expression: string, timeZone = "UTC"): Schedule {
    const [, kind, content = ""] = /^(rate|cron|at)\((.*)\)$/.exec(expression.trim()) ?? [];
    switch (kind) {
        case "rate":
            return rate(expression, content);
        case "cron":
            return cron(expression, content, timeZone);
        case "at":
            return at(expression, content, timeZone);
        default:
            throw invalid(expression);
    }
}

function rate(expression: string, content: string): Schedule {
    const [, count = "", unit = ""] = /^(\d+) (\w+)$/.exec(content) ?? [];
    const value = Number(count);
    const unitMs = UNITS_MS[unit];
    // AWS takes one minute, but not one minutes.
    if (unitMs === undefined || value < 1 || (value === 1) === unit.endsWith("s")) throw invalid(expression);
    const every = value * unitMs;
    return { next: (after, createdAt) => createdAt + (Math.floor((after - createdAt) / every) + 1) * every };
}

function cron(expression: string, content: string, timeZone: string): Schedule {
    const pattern = cronerPattern(content);
    if (pattern === undefined) throw invalid(expression);
    let job: Cron;
    try {
        job = new Cron(pattern, { timezone: timeZone, paused: true });
    } catch {
        throw invalid(expression);
    }
    return { next: (after) => job.nextRun(new Date(after))?.getTime() };
}

function at(expression: string, content: string, timeZone: string): Schedule {
    // A day that its month does not have would become one of the next month.
    const isDate = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d$/.test(content) && isSameDate(content);
    if (!isDate) throw invalid(expression);
    const due = new Cron(content, { timezone: timeZone, paused: true });
    return { next: (after) => due.nextRun(new Date(after))?.getTime() };
}

function isSameDate(content: string): boolean {
    const date = new Date(`${content}Z`);
    return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(content);
}

function invalid(expression: string): ScheduleError {
    return new ScheduleError(`Parameter ScheduleExpression is not valid: ${expression}`);
}
