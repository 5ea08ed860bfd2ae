import { createKey, getIndexActions, validateKey } from "dynalite/db";

import type { IndexDescription, Item, PointInTimeRecovery, TableDescription, TimeToLive } from "./model";
import { SortedMap } from "./sorted-map";

/** A table with its items, by the key that dynalite makes of an item's primary key. */
export class Table {
    readonly items = new SortedMap<Item>();
    /** Rows of each index, as its projection has them. */
    readonly indexes = new Map<string, SortedMap<Item>>();
    readonly tags = new Map<string, string>();
    timeToLive: TimeToLive | undefined;
    pointInTimeRecovery: PointInTimeRecovery | undefined;

    constructor(public description: TableDescription) {
        for (const index of this.indexDescriptions()) this.addIndex(index);
    }

    indexDescriptions(): IndexDescription[] {
        const { LocalSecondaryIndexes: local = [], GlobalSecondaryIndexes: global = [] } = this.description;
        return [...local, ...global];
    }

    /** Creates the index and fills it from the items. */
    addIndex(index: IndexDescription): void {
        const rows = new SortedMap<Item>();
        for (const [, item] of this.items.range()) this.#project(index, item, rows);
        this.indexes.set(index.IndexName, rows);
    }

    /** Adds an item that is known to be new, for instance when the table is read from disk. */
    restore(key: string, item: Item): void {
        this.items.set(key, item);
        for (const index of this.indexDescriptions()) {
            const rows = this.indexes.get(index.IndexName);
            if (rows !== undefined) this.#project(index, item, rows);
        }
    }

    /** The whole item of an index's row. */
    itemOf(row: Item): Item | undefined {
        return this.items.get(createKey(row, this.description));
    }

    /** Undefined also when this is no key of the table. */
    itemAt(key: Item): Item | undefined {
        return validateKey(key, this.description) ? undefined : this.itemOf(key);
    }

    keysOf(item: Item): Item {
        const keys: Item = {};
        for (const { AttributeName: name } of this.description.KeySchema) {
            const value = item[name];
            if (value !== undefined) keys[name] = value;
        }
        return keys;
    }

    #project(index: IndexDescription, item: Item, rows: SortedMap<Item>): void {
        for (const put of getIndexActions([index], undefined, item, this.description).puts) {
            rows.set(put.key, withoutAbsent(put.item));
        }
    }
}

/** A projected attribute that the item does not have comes from dynalite as a member that is undefined. */
export function withoutAbsent(row: Item): Item {
    return Object.fromEntries(Object.entries(row).filter(([, value]) => value !== undefined));
}
