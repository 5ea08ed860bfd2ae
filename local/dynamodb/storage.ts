import type { Store } from "../store";
import { Journal } from "./journal";
import type { Item } from "./model";
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

/** `user` for requests, `ttl` for items that DynamoDB deletes because they have expired. */
export type Author = "user" | "ttl";

/** Is told of each write in the synchronous step in which it is made. */
export type WriteListener = (write: ItemWrite, by: Author) => void;

/**
 * All tables, in memory and in the store.
 *
 * Reading, checking and committing happen in one synchronous step of each request. So requests are serialised
 * as a whole: no transaction sees half of another, and none has to be refused because of a conflict.
 */
export class Storage {
    readonly tables: Map<string, Table>;
    readonly #journal: Journal;

    /** @param listener What it writes to the store is kept together with the items, or not at all. */
    constructor(
        store: Store,
        private readonly listener: WriteListener,
    ) {
        this.#journal = new Journal(store);
        this.tables = new Map(this.#journal.load().map((table) => [table.description.TableName, table]));
    }

    /** The one place where items change: applies all writes at once. */
    commit(writes: ItemWrite[], by: Author = "user"): void {
        for (const write of writes) {
            apply(write);
            this.#journal.write(write);
            this.listener(write, by);
        }
    }

    /** Keeps a table's description, tags and settings. */
    saveTable(table: Table): void {
        this.#journal.saveTable(table);
    }

    deleteTable(table: Table): void {
        this.tables.delete(table.description.TableName);
        this.#journal.deleteTable(table);
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
