import type { Clock } from "../clock";
import { Journal } from "./journal";
import type { Item, ItemChange, ItemChangeListener } from "./model";
import type { SortedMap } from "./sorted-map";
import type { Table } from "./table";

/** One item's part of a commit. */
export interface ItemWrite {
    table: Table;
    key: string;
    oldItem: Item | undefined;
    /** Absent: the item is deleted. */
    newItem: Item | undefined;
    indexWrites: IndexWrite[];
}

export interface IndexWrite {
    rows: SortedMap<Item>;
    key: string;
    /** Absent: the row is deleted. */
    row: Item | undefined;
}

/**
 * All tables, in memory, and a journal on disk where a directory is given.
 *
 * Reading, checking and committing happen in one synchronous step of each request. So requests are serialised
 * as a whole: no transaction sees half of another, and none has to be refused because of a conflict.
 */
export class Storage {
    readonly tables = new Map<string, Table>();
    readonly #clock: Clock;
    readonly #journal: Journal | undefined;
    readonly #listeners = new Set<ItemChangeListener>();
    #sequence = 0;

    constructor(options: { clock: Clock; directory: string | undefined }) {
        this.#clock = options.clock;
        this.#journal = options.directory === undefined ? undefined : new Journal(options.directory);
    }

    /** Reads what the journal holds; call it once, before anything else. */
    async load(): Promise<void> {
        for await (const table of this.#journal?.load() ?? []) this.tables.set(table.description.TableName, table);
    }

    /** Calls the listener after each change, once it is durable; returns what ends that. */
    onChange(listener: ItemChangeListener): () => void {
        this.#listeners.add(listener);
        return () => void this.#listeners.delete(listener);
    }

    /**
     * The one place where items change: applies all writes at once.
     * Returns a promise where the caller must wait for the disk before acknowledging.
     */
    commit(writes: ItemWrite[], by: ItemChange["by"] = "user"): Promise<void> | undefined {
        const changes = this.#listeners.size === 0 ? [] : writes.map((write) => this.#change(write, by));
        for (const write of writes) apply(write);
        const written = this.#journal?.write(writes);
        if (written !== undefined) return written.then(() => this.#announce(changes));
        this.#announce(changes);
        return undefined;
    }

    /** Makes a table's description, tags and settings durable. */
    saveTable(table: Table): Promise<void> | undefined {
        return this.#journal?.saveTable(table);
    }

    deleteTable(table: Table): Promise<void> | undefined {
        this.tables.delete(table.description.TableName);
        return this.#journal?.deleteTable(table);
    }

    async close(): Promise<void> {
        await this.#journal?.close();
    }

    #change(write: ItemWrite, by: ItemChange["by"]): ItemChange {
        const { table, oldItem, newItem } = write;
        return {
            table: table.description,
            keys: table.keysOf(newItem ?? oldItem ?? {}),
            ...(oldItem === undefined ? {} : { oldImage: oldItem }),
            ...(newItem === undefined ? {} : { newImage: newItem }),
            sequence: ++this.#sequence,
            at: this.#clock.now(),
            by,
        };
    }

    #announce(changes: ItemChange[]): void {
        for (const change of changes) {
            for (const listener of this.#listeners) listener(change);
        }
    }
}

function apply({ table, key, newItem, indexWrites }: ItemWrite): void {
    if (newItem === undefined) table.items.delete(key);
    else table.items.set(key, newItem);
    for (const { rows, key: rowKey, row } of indexWrites) {
        if (row === undefined) rows.delete(rowKey);
        else rows.set(rowKey, row);
    }
}
