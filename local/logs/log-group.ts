import type { EventKeeper } from "./journal";
import { alreadyExists, missing } from "./refusals";
import type { LogEvent, LogGroupSettings, LogStream, NewLogEvent } from "./model";

/** Events beyond this many push the oldest ones of their group out, so that a long run cannot fill the memory. */
const EVENTS_PER_GROUP = 100_000;
/** The same for the bytes of a group's events. */
const BYTES_PER_GROUP = 64 * 1024 * 1024;

/** How much beyond its limits a group may grow before the oldest events are dropped. */
const SLACK = 1.1;

/** What CloudWatch Logs counts for an event besides its message. */
export const EVENT_OVERHEAD_BYTES = 26;

const DAY = 24 * 60 * 60 * 1000;

/** One log group with its streams and events. */
export class LogGroup {
    readonly name: string;
    retentionInDays: number | undefined;
    kmsKeyId: string | undefined;
    logGroupClass = "STANDARD";
    deletionProtectionEnabled = false;
    tags = new Map<string, string>();
    readonly streams = new Map<string, LogStream>();
    storedBytes = 0;
    /** By event id, so by time. */
    #events: LogEvent[] = [];
    #arrivals = 0;

    constructor(
        settings: LogGroupSettings,
        readonly creationTime: number,
        private readonly keeper: EventKeeper,
    ) {
        this.name = settings.logGroupName;
        this.settle(settings);
    }

    settle(settings: LogGroupSettings): void {
        this.retentionInDays = settings.retentionInDays;
        this.kmsKeyId = settings.kmsKeyId;
        this.logGroupClass = settings.logGroupClass ?? "STANDARD";
        this.deletionProtectionEnabled = settings.deletionProtectionEnabled ?? false;
        this.tags = new Map(Object.entries(settings.tags ?? {}));
    }

    /** @throws ServiceError `ResourceAlreadyExistsException` */
    createStream(name: string, now: number): LogStream {
        if (this.streams.has(name)) throw alreadyExists("log stream");
        const stream: LogStream = { name, creationTime: now };
        this.streams.set(name, stream);
        return stream;
    }

    /** @throws ServiceError `ResourceNotFoundException` */
    stream(name: string): LogStream {
        const stream = this.streams.get(name);
        if (stream === undefined) throw missing("log stream");
        return stream;
    }

    deleteStream(name: string): void {
        this.stream(name);
        this.streams.delete(name);
        for (const event of this.#events) if (event.logStreamName === name) this.keeper.delete(event);
        this.#events = this.#events.filter((event) => event.logStreamName !== name);
        this.storedBytes = this.#events.reduce((sum, event) => sum + size(event), 0);
    }

    /** Takes events of an earlier run over, in their order. */
    restore(events: LogEvent[]): void {
        for (const event of events) {
            this.#events.push(event);
            this.#count(this.streams.get(event.logStreamName) ?? this.#newStream(event), event);
            this.#arrivals = Math.max(this.#arrivals, Number(event.eventId.slice(20)) + 1);
        }
    }

    clear(): void {
        this.#drop(this.#events.length);
    }

    /** Keeps the events in their order of time. */
    append(stream: LogStream, events: NewLogEvent[], now: number): LogEvent[] {
        const added = events.map((event) => this.#add(stream, event, now));
        this.#makeRoom(SLACK);
        return added;
    }

    /** The start of what is not yet past its retention. */
    retainedSince(now: number): number {
        return this.retentionInDays === undefined ? 0 : now - this.retentionInDays * DAY;
    }

    /** By event id, without those past their retention. */
    events(now: number): readonly LogEvent[] {
        this.#makeRoom(1);
        this.#drop(firstIndex(this.#events, (event) => event.timestamp >= this.retainedSince(now)));
        return this.#events;
    }

    #add(stream: LogStream, { timestamp, message }: NewLogEvent, now: number): LogEvent {
        const eventId = String(timestamp).padStart(20, "0") + String(this.#arrivals++).padStart(36, "0");
        const event = { eventId, logStreamName: stream.name, timestamp, message, ingestionTime: now };
        const last = this.#events.at(-1);
        if (last === undefined || last.timestamp <= timestamp) this.#events.push(event);
        else this.#events.splice(this.#indexAfter(eventId), 0, event);
        this.keeper.put(event);
        this.#count(stream, event);
        return event;
    }

    #indexAfter(eventId: string): number {
        return firstIndex(this.#events, (other) => other.eventId > eventId);
    }

    #newStream({ logStreamName: name, ingestionTime }: LogEvent): LogStream {
        return this.createStream(name, ingestionTime);
    }

    #count(stream: LogStream, event: LogEvent): void {
        const { timestamp, ingestionTime } = event;
        this.storedBytes += size(event);
        stream.firstEventTimestamp = Math.min(stream.firstEventTimestamp ?? timestamp, timestamp);
        stream.lastEventTimestamp = Math.max(stream.lastEventTimestamp ?? timestamp, timestamp);
        stream.lastIngestionTime = ingestionTime;
    }

    /** Drops many at once while nobody looks: each time, those that stay must be moved. */
    #makeRoom(slack: number): void {
        if (this.#events.length <= EVENTS_PER_GROUP * slack && this.storedBytes <= BYTES_PER_GROUP * slack) return;
        let excess = Math.max(0, this.#events.length - EVENTS_PER_GROUP);
        let bytes = this.storedBytes - this.#events.slice(0, excess).reduce((sum, event) => sum + size(event), 0);
        for (; bytes > BYTES_PER_GROUP; excess++) bytes -= size(this.#events[excess]);
        this.#drop(excess);
    }

    #drop(count: number): void {
        for (const event of this.#events.splice(0, count)) {
            this.storedBytes -= size(event);
            this.keeper.delete(event);
        }
    }
}

function size(event: NewLogEvent | undefined): number {
    return event === undefined ? 0 : Buffer.byteLength(event.message) + EVENT_OVERHEAD_BYTES;
}

/** Index of the first item for which `holds`, in a list where it holds for all that follow. */
export function firstIndex<T>(items: readonly T[], holds: (item: T) => boolean): number {
    let low = 0;
    let high = items.length;
    while (low < high) {
        const middle = (low + high) >> 1;
        const item = items[middle];
        if (item !== undefined && holds(item)) high = middle;
        else low = middle + 1;
    }
    return low;
}
