import type { JsonObject } from "../service";
import { invalid } from "./refusals";

/** https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutEvents.html */
const MOST_ENTRIES = 10;
const MOST_BYTES = 1024 * 1024;

/** One entry of PutEvents that makes sense. */
export interface EventEntry {
    busName: string;
    source: string;
    detailType: string;
    detail: unknown;
    resources: string[];
    /** Milliseconds since 1970-01-01 UTC; default: now. */
    time?: number;
}

export type EntryError = { ErrorCode: string; ErrorMessage: string };

/** @throws ServiceError ValidationException where the request as a whole is wrong. */
export function readEntries(input: JsonObject): (EventEntry | EntryError)[] {
    const entries: unknown = input["Entries"];
    if (!Array.isArray(entries) || entries.length === 0 || entries.length > MOST_ENTRIES) {
        throw invalid(
            "1 validation error detected: Value at 'entries' failed to satisfy constraint: " +
                `Member must have length between 1 and ${MOST_ENTRIES}`,
        );
    }
    const records = entries.map((entry: unknown) => ({ ...Object(entry) }) as JsonObject);
    if (records.reduce((sum, entry) => sum + sizeOf(entry), 0) > MOST_BYTES) {
        throw invalid("Total size of the entries in the request is over the limit.");
    }
    return records.map(readEntry);
}

function readEntry(entry: JsonObject): EventEntry | EntryError {
    const { Source, DetailType, Detail, EventBusName, Resources, Time } = entry;
    for (const [name, value] of Object.entries({ Source, DetailType, Detail })) {
        if (typeof value === "string" && value !== "") continue;
        return {
            ErrorCode: "InvalidArgument",
            ErrorMessage: `Parameter ${name} is not valid. Reason: ${name} is a required argument.`,
        };
    }
    if (String(Source).startsWith("aws.")) {
        return {
            ErrorCode: "NotAuthorizedForSourceException",
            ErrorMessage: `Not authorized for the source ${String(Source)}.`,
        };
    }
    let detail: unknown;
    try {
        detail = JSON.parse(String(Detail));
    } catch {
        return { ErrorCode: "MalformedDetail", ErrorMessage: "Detail is malformed." };
    }
    if (typeof detail !== "object" || detail === null || Array.isArray(detail)) {
        return { ErrorCode: "MalformedDetail", ErrorMessage: "Detail is malformed." };
    }
    return {
        busName: typeof EventBusName === "string" ? EventBusName : "default",
        source: String(Source),
        detailType: String(DetailType),
        detail,
        resources: Array.isArray(Resources) ? Resources.map(String) : [],
        ...(typeof Time === "number" ? { time: Time * 1000 } : {}),
    };
}

/** https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-putevents.html#eb-putevent-size */
function sizeOf({ Time, Source, DetailType, Detail, Resources }: JsonObject): number {
    const texts = [Source, DetailType, Detail, ...(Array.isArray(Resources) ? (Resources as unknown[]) : [])];
    const ofTime = Time === undefined ? 0 : 14;
    return texts.reduce<number>((sum, text) => sum + Buffer.byteLength(typeof text === "string" ? text : ""), ofTime);
}
