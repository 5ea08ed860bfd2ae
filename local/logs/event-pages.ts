import { firstIndex } from "./log-group";
import type { LogEvent } from "./model";
import { invalidParameter } from "./refusals";

/** A place between two events, and the way to read on from it. */
export interface Position {
    direction: "forward" | "backward";
    /** Number that event ids are compared with; the event of that id itself is not read again. */
    id: bigint;
}

const HIGHEST_ID = 10n ** 56n - 1n;

/** Of the messages in one answer. */
const HIGHEST_BYTES = 1024 * 1024;

/**
 * Up to `limit` events, or 1 MiB of them, from a position on, in the order of their ids.
 * @param events By event id.
 */
export function pageFrom(events: readonly LogEvent[], from: Position, limit: number): LogEvent[] {
    const forward = from.direction === "forward";
    const start = firstIndex(
        events,
        ({ eventId }) => BigInt(eventId) > from.id || (!forward && BigInt(eventId) === from.id),
    );
    const page: LogEvent[] = [];
    let bytes = 0;
    for (let at = forward ? start : start - 1; page.length < limit; at += forward ? 1 : -1) {
        const event = events[at];
        if (event === undefined) break;
        bytes += Buffer.byteLength(event.message);
        if (bytes > HIGHEST_BYTES && page.length > 0) break;
        page.push(event);
    }
    return forward ? page : page.reverse();
}

/** The position before all events, or after all. */
export function startingPosition(fromHead: boolean): Position {
    return fromHead ? { direction: "forward", id: 0n } : { direction: "backward", id: HIGHEST_ID };
}

/** `f/<56 digits>/s` or `b/<56 digits>/s`, as GetLogEvents writes its tokens. */
export function tokenOf({ direction, id }: Position): string {
    return `${direction === "forward" ? "f" : "b"}/${id.toString().padStart(56, "0")}/s`;
}

/** @throws ServiceError `InvalidParameterException` */
export function positionOf(token: string): Position {
    const match = /^([fb])\/(\d{56})\/s$/.exec(token);
    if (match === null) throw invalidParameter("The specified nextToken is invalid.");
    return { direction: match[1] === "f" ? "forward" : "backward", id: BigInt(match[2] ?? "0") };
}
