import type { Item, KeySchemaElement } from "../model";

/** One change of one item, as the Streams API and Lambda's events have it; only the time's unit differs between them. */
export interface StreamRecord {
    /** Grows with each record of the account, so with each of the stream. */
    sequence: number;
    /** Milliseconds since 1970-01-01 UTC. */
    at: number;
    eventId: string;
    eventName: "INSERT" | "MODIFY" | "REMOVE";
    keys: Item;
    newImage?: Item;
    oldImage?: Item;
    sizeBytes: number;
    /** DynamoDB deleted the item because it had expired. */
    expired?: true;
}

export interface StreamSettings {
    arn: string;
    label: string;
    tableName: string;
    keySchema: KeySchemaElement[];
    viewType: string;
    /** Milliseconds since 1970-01-01 UTC. */
    createdAt: number;
    enabled: boolean;
}

/** Records stay for a day: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Streams.html */
export const RETENTION_MS = 24 * 60 * 60 * 1000;

/** The one shard of each stream here; AWS splits streams by load. */
export const SHARD_ID = "shardId-00000000000000000001-00000001";

/** A table's stream: its records in the order of the changes. */
export class Stream {
    #records: StreamRecord[] = [];

    constructor(public settings: StreamSettings) {}

    append(record: StreamRecord): void {
        this.#records.push(record);
    }

    /** The next records after a sequence number; 0 begins with the oldest. */
    after(sequence: number, limit: number): StreamRecord[] {
        const start = this.#indexAfter(sequence);
        return this.#records.slice(start, start + limit);
    }

    /** Sequence number of the newest record; 0 while there is none. */
    get latest(): number {
        return this.#records.at(-1)?.sequence ?? 0;
    }

    get oldest(): StreamRecord | undefined {
        return this.#records[0];
    }

    /** Removes and returns what was written before this time. */
    trim(before: number): StreamRecord[] {
        let count = 0;
        while ((this.#records[count]?.at ?? before) < before) count++;
        return count === 0 ? [] : this.#records.splice(0, count);
    }

    #indexAfter(sequence: number): number {
        let low = 0;
        let high = this.#records.length;
        while (low < high) {
            const middle = (low + high) >> 1;
            if ((this.#records[middle]?.sequence ?? 0) > sequence) high = middle;
            else low = middle + 1;
        }
        return low;
    }
}
