import type { Clock } from "../clock";
import type { JsonObject } from "../service";
import { pageFrom, type Position, positionOf, startingPosition, tokenOf } from "./event-pages";
import { filterPattern } from "./filter-pattern";
import type { LogGroup } from "./log-group";
import type { LogGroups } from "./log-groups";
import type { LogEvent, LogStream, NewLogEvent } from "./model";
import { readBatch } from "./put-log-events";
import { invalidMember, invalidParameter } from "./refusals";
import { limit, logGroupName, logGroupOf, logStreamName, optionalText, optionalTexts, optionalTime } from "./requests";

const MOST_EVENTS = 10_000;

/** The operations that write and read events. */
export class EventOperations {
    constructor(
        private readonly groups: LogGroups,
        private readonly clock: Clock,
        private readonly append: (group: LogGroup, stream: LogStream, events: NewLogEvent[]) => void,
    ) {}

    put(input: JsonObject): JsonObject {
        const streamName = logStreamName(input);
        const group = this.groups.get(logGroupName(input));
        const stream = group.stream(streamName);
        const { accepted, rejected } = readBatch(input, group, this.clock.now());
        this.append(group, stream, accepted);
        // Sequence tokens mean nothing any more, but older clients still expect one.
        return { nextSequenceToken: "0".repeat(56), rejectedLogEventsInfo: rejected };
    }

    get(input: JsonObject): JsonObject {
        const streamName = logStreamName(input);
        const group = this.groups.get(logGroupOf(input));
        group.stream(streamName);
        const most = limit(input, MOST_EVENTS);
        const since = optionalTime(input, "startTime") ?? 0;
        const before = optionalTime(input, "endTime") ?? Infinity;
        const events = group
            .events(this.clock.now())
            .filter((event) => event.logStreamName === streamName)
            .filter(({ timestamp }) => timestamp >= since && timestamp < before);
        const token = optionalText(input, "nextToken");
        const from = token === undefined ? startingPosition(input["startFromHead"] === true) : positionOf(token);
        const page = pageFrom(events, from, most);
        const [backward, forward] = around(page, from);
        return {
            events: page.map(({ timestamp, message, ingestionTime }) => ({ timestamp, message, ingestionTime })),
            nextBackwardToken: tokenOf(backward),
            nextForwardToken: tokenOf(forward),
        };
    }

    filter(input: JsonObject): JsonObject {
        const group = this.groups.get(logGroupOf(input));
        const inStreams = streamsOf(group, input);
        const since = optionalTime(input, "startTime") ?? 0;
        const until = optionalTime(input, "endTime") ?? Infinity;
        const matches = filterPattern(optionalText(input, "filterPattern") ?? "");
        const most = limit(input, MOST_EVENTS);
        const token = optionalText(input, "nextToken");
        const from = token === undefined ? startingPosition(input["startFromHead"] !== false) : positionOf(token);
        const events = group
            .events(this.clock.now())
            .filter(
                ({ timestamp, logStreamName }) => timestamp >= since && timestamp <= until && inStreams(logStreamName),
            )
            .filter(({ message }) => matches(message));
        const page = inDirection(pageFrom(events, from, most), from);
        const last = page.at(-1);
        const more = last !== undefined && last !== (from.direction === "forward" ? events.at(-1) : events[0]);
        return {
            events: page,
            searchedLogStreams: [],
            nextToken: more ? tokenOf({ direction: from.direction, id: BigInt(last.eventId) }) : undefined,
        };
    }
}

function inDirection(page: LogEvent[], { direction }: Position): LogEvent[] {
    return direction === "forward" ? page : page.reverse();
}

/** Where to read on before and after a page. At an end, the token that led there comes back, as AWS has it. */
function around(page: LogEvent[], from: Position): [Position, Position] {
    const first = page[0];
    const last = page.at(-1);
    if (first !== undefined && last !== undefined) {
        return [
            { direction: "backward", id: BigInt(first.eventId) },
            { direction: "forward", id: BigInt(last.eventId) },
        ];
    }
    // Backwards from here lies nothing, so every event, also a later one, lies forwards of the very beginning.
    return from.direction === "forward"
        ? [{ direction: "backward", id: from.id + 1n }, from]
        : [from, startingPosition(true)];
}

function streamsOf(group: LogGroup, input: JsonObject): (logStreamName: string) => boolean {
    const names = optionalTexts(input, "logStreamNames");
    const prefix = optionalText(input, "logStreamNamePrefix");
    if (names !== undefined && prefix !== undefined) {
        throw invalidParameter("Give either logStreamNames or logStreamNamePrefix, not both.");
    }
    if (names === undefined) return (name) => name.startsWith(prefix ?? "");
    if (names.length < 1 || names.length > 100) {
        throw invalidMember("logStreamNames", names, "Member must have length between 1 and 100");
    }
    for (const name of names) group.stream(name);
    return (name) => names.includes(name);
}
