import { isDeepStrictEqual } from "node:util";

import { itemSize } from "dynalite/db";

import type { Clock } from "../../clock";
import type { Records, Store } from "../../store";
import type { Item, TableDescription } from "../model";
import type { Author, ItemWrite } from "../storage";
import { RETENTION_MS, Stream, type StreamRecord, type StreamSettings } from "./stream";

const SEQUENCE_DIGITS = 20;
/** The first number of each run of the local cloud is a multiple of this. */
const SEQUENCES_PER_RUN = 1e11;

/** The streams of all tables, those that were switched off included until a day has passed. */
export class Streams {
    readonly #streams = new Map<string, Stream>();
    readonly #listeners = new Map<string, Set<() => void>>();
    readonly #settings: Records<StreamSettings>;
    readonly #records: Records<StreamRecord>;
    readonly #clock: Clock;
    #sequence: number;

    constructor(store: Store, clock: Clock) {
        this.#clock = clock;
        this.#settings = store.records("dynamodb/streams");
        this.#records = store.records("dynamodb/stream-records");
        const runs = store.records<number>("dynamodb/stream-runs");
        for (const [arn, settings] of this.#settings.load()) this.#streams.set(arn, new Stream(settings));
        let last = 0;
        for (const [row, record] of this.#records.load()) {
            this.#streams.get(row.slice(0, row.lastIndexOf("/")))?.append(record);
            last = Math.max(last, record.sequence);
        }
        // Readers remember numbers of records that are gone by now: none may be given twice.
        const [[, run] = ["", 0]] = runs.load();
        runs.put("count", run + 1);
        this.#sequence = Math.max(last, run * SEQUENCES_PER_RUN);
    }

    get all(): Stream[] {
        return [...this.#streams.values()];
    }

    find(arn: string): Stream | undefined {
        const stream = this.#streams.get(arn);
        if (stream !== undefined) this.#trim(stream);
        return stream;
    }

    /** Sequence number of the last change of the account. */
    get latestSequence(): number {
        return this.#sequence;
    }

    /** Brings a table's stream in line with its description; a stream that is switched off stays readable. */
    follow(description: TableDescription): void {
        const { LatestStreamArn: arn, LatestStreamLabel: label = "", StreamSpecification: specification } = description;
        const enabled = specification?.StreamEnabled === true;
        for (const stream of this.all.filter(({ settings }) => settings.tableName === description.TableName)) {
            if (stream.settings.enabled && (stream.settings.arn !== arn || !enabled)) {
                this.#save(stream, { ...stream.settings, enabled: false });
            }
        }
        if (arn === undefined || !enabled || this.#streams.get(arn)?.settings.enabled === true) return;
        const settings = {
            arn,
            label,
            tableName: description.TableName,
            keySchema: description.KeySchema,
            viewType: specification?.StreamViewType ?? "NEW_AND_OLD_IMAGES",
            createdAt: this.#clock.now(),
            enabled,
        };
        const stream = this.#streams.get(arn) ?? new Stream(settings);
        this.#streams.set(arn, stream);
        this.#save(stream, settings);
    }

    /** Ends the table's streams and forgets their records. */
    delete(tableName: string): void {
        for (const stream of this.all.filter(({ settings }) => settings.tableName === tableName)) {
            const { arn } = stream.settings;
            for (const record of stream.trim(Infinity)) this.#records.delete(rowOf(arn, record));
            this.#streams.delete(arn);
            this.#settings.delete(arn);
        }
    }

    /** Writes the record of a change, unless the item has stayed as it was or the table has no stream. */
    append({ table, oldItem, newItem }: ItemWrite, by: Author): void {
        const { LatestStreamArn: arn = "", StreamSpecification: specification } = table.description;
        const stream = specification?.StreamEnabled === true ? this.#streams.get(arn) : undefined;
        if (stream === undefined || isDeepStrictEqual(oldItem, newItem)) return;
        this.#trim(stream);
        const record = this.#recordOf(stream.settings, table.keysOf(newItem ?? oldItem ?? {}), oldItem, newItem);
        if (by === "ttl") record.expired = true;
        stream.append(record);
        this.#records.put(rowOf(arn, record), record);
        for (const listener of this.#listeners.get(arn) ?? []) listener();
    }

    /** Calls the listener after each new record of a stream; returns what ends that. */
    onAppend(arn: string, listener: () => void): () => void {
        const listeners = this.#listeners.get(arn) ?? new Set();
        this.#listeners.set(arn, listeners.add(listener));
        return () => void listeners.delete(listener);
    }

    #recordOf(
        { viewType }: StreamSettings,
        keys: Item,
        oldItem: Item | undefined,
        newItem: Item | undefined,
    ): StreamRecord {
        const images = {
            ...(newItem !== undefined && viewType.startsWith("NEW") ? { newImage: newItem } : {}),
            ...(oldItem !== undefined && viewType.includes("OLD") ? { oldImage: oldItem } : {}),
        };
        const sequence = ++this.#sequence;
        return {
            sequence,
            at: this.#clock.now(),
            eventId: sequence.toString(16).padStart(32, "0"),
            eventName: oldItem === undefined ? "INSERT" : newItem === undefined ? "REMOVE" : "MODIFY",
            keys,
            ...images,
            sizeBytes: [keys, ...Object.values(images)].reduce((sum, item) => sum + itemSize(item), 0),
        };
    }

    #save(stream: Stream, settings: StreamSettings): void {
        stream.settings = settings;
        this.#settings.put(settings.arn, settings);
    }

    #trim(stream: Stream): void {
        const { arn } = stream.settings;
        for (const record of stream.trim(this.#clock.now() - RETENTION_MS)) this.#records.delete(rowOf(arn, record));
    }
}

function rowOf(arn: string, { sequence }: StreamRecord): string {
    return `${arn}/${String(sequence).padStart(SEQUENCE_DIGITS, "0")}`;
}
