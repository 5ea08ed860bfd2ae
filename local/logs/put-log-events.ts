import type { JsonObject } from "../service";
import { EVENT_OVERHEAD_BYTES, firstIndex, type LogGroup } from "./log-group";
import type { NewLogEvent } from "./model";
import { invalidMember, invalidParameter } from "./refusals";

const HOUR = 60 * 60 * 1000;
const DAY = 24 * HOUR;
const MIB = 1024 * 1024;

/** A batch of PutLogEvents, split as AWS does. */
export interface Batch {
    accepted: NewLogEvent[];
    /** `rejectedLogEventsInfo` of the answer; absent when all are accepted. */
    rejected: JsonObject | undefined;
}

/**
 * Checks a batch and leaves out the events that are too old or too new.
 * https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutLogEvents.html
 * @throws ServiceError `InvalidParameterException` when the batch as a whole is refused.
 */
export function readBatch(input: JsonObject, group: LogGroup, now: number): Batch {
    const events = readEvents(input["logEvents"]);
    if (events.some((event, at) => at > 0 && event.timestamp < (events[at - 1]?.timestamp ?? 0))) {
        throw invalidParameter("Log events in a single PutLogEvents request must be in chronological order.");
    }
    checkSizes(events);
    const tooOld = firstIndex(events, ({ timestamp }) => timestamp >= now - 14 * DAY);
    const expired = firstIndex(events, ({ timestamp }) => timestamp >= group.retainedSince(now));
    const tooNew = firstIndex(events, ({ timestamp }) => timestamp > now + 2 * HOUR);
    const accepted = events.slice(Math.max(tooOld, expired), tooNew);
    if ((accepted.at(-1)?.timestamp ?? 0) - (accepted[0]?.timestamp ?? 0) > DAY) {
        throw invalidParameter(
            "The batch of log events in a single PutLogEvents request cannot span more than 24 hours.",
        );
    }
    const rejected = {
        ...(tooOld > 0 ? { tooOldLogEventEndIndex: tooOld } : {}),
        ...(expired > 0 ? { expiredLogEventEndIndex: expired } : {}),
        ...(tooNew < events.length ? { tooNewLogEventStartIndex: tooNew } : {}),
    };
    return { accepted, rejected: Object.keys(rejected).length === 0 ? undefined : rejected };
}

function readEvents(given: unknown): NewLogEvent[] {
    if (!Array.isArray(given)) throw invalidMember("logEvents", undefined, "Member must not be null");
    if (given.length === 0 || given.length > 10_000) {
        const bound = given.length === 0 ? "greater than or equal to 1" : "less than or equal to 10000";
        throw invalidMember("logEvents", `[${given.length} events]`, `Member must have length ${bound}`);
    }
    return given.map((event: unknown, at) => readEvent(event, `logEvents.${at + 1}.member`));
}

function readEvent(event: unknown, member: string): NewLogEvent {
    const { timestamp, message }: JsonObject = typeof event === "object" ? { ...event } : {};
    if (typeof timestamp !== "number") throw invalidMember(`${member}.timestamp`, undefined, "Member must not be null");
    if (timestamp < 0) {
        throw invalidMember(`${member}.timestamp`, timestamp, "Member must have value greater than or equal to 0");
    }
    if (typeof message !== "string") throw invalidMember(`${member}.message`, undefined, "Member must not be null");
    if (message === "") {
        throw invalidMember(`${member}.message`, message, "Member must have length greater than or equal to 1");
    }
    return { timestamp, message };
}

function checkSizes(events: NewLogEvent[]): void {
    let total = 0;
    for (const { message } of events) {
        const bytes = Buffer.byteLength(message) + EVENT_OVERHEAD_BYTES;
        if (bytes > MIB) throw invalidParameter(`Log event too large: ${bytes} bytes exceeds limit of ${MIB}`);
        total += bytes;
    }
    if (total > MIB) throw invalidParameter(`Upload too large: ${total} bytes exceeds limit of ${MIB}`);
}
