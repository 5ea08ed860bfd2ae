import { create, type RootDb } from "dynalite/db";

import type { Item, PointInTimeRecovery, TableDescription, TimeToLive } from "./model";
import type { ItemWrite } from "./storage";
import { Table } from "./table";

type Row = Parameters<RootDb["batch"]>[0][number];

/** What is stored of a table besides its items. */
interface TableRow {
    description: TableDescription;
    tags: [string, string][];
    timeToLive?: TimeToLive | undefined;
    pointInTimeRecovery?: PointInTimeRecovery | undefined;
}

/** Sorts behind every character of a stored key. */
const END = "\x7f";

/**
 * Keeps tables in a LevelDB directory, so that what was acknowledged survives a kill. Indexes are not stored:
 * they follow from the items.
 */
export class Journal {
    readonly #db: RootDb;
    #waiting: Row[] = [];
    #lastBatch: Promise<void> = Promise.resolve();
    #nextBatch: Promise<void> | undefined;

    constructor(directory: string) {
        this.#db = create({ path: directory }).db;
    }

    async *load(): AsyncGenerator<Table> {
        await this.#db.open();
        for await (const [, value] of this.#db.iterator({ gte: "table-", lt: `table-${END}` })) {
            // Only saveTable writes these keys.
            const stored = value as TableRow;
            const table = new Table(stored.description);
            for (const [name, tag] of stored.tags) table.tags.set(name, tag);
            table.timeToLive = stored.timeToLive;
            table.pointInTimeRecovery = stored.pointInTimeRecovery;
            const prefix = itemPrefix(table);
            for await (const [key, item] of this.#db.iterator({ gte: prefix, lt: prefix + END })) {
                table.restore(key.slice(prefix.length), item as Item);
            }
            yield table;
        }
    }

    write(writes: ItemWrite[]): Promise<void> {
        return this.#append(
            writes.map(({ table, key, newItem }): Row => {
                const row = itemPrefix(table) + key;
                return newItem === undefined ? { type: "del", key: row } : { type: "put", key: row, value: newItem };
            }),
        );
    }

    saveTable(table: Table): Promise<void> {
        const { description, timeToLive, pointInTimeRecovery } = table;
        const value: TableRow = { description, tags: [...table.tags], timeToLive, pointInTimeRecovery };
        return this.#append([{ type: "put", key: `table-${description.TableName}`, value }]);
    }

    deleteTable(table: Table): Promise<void> {
        const rows: Row[] = [{ type: "del", key: `table-${table.description.TableName}` }];
        for (const [key] of table.items.range()) rows.push({ type: "del", key: itemPrefix(table) + key });
        return this.#append(rows);
    }

    async close(): Promise<void> {
        await (this.#nextBatch ?? this.#lastBatch);
        await this.#db.close();
    }

    /** Writes what gathers while the disk is busy as one batch, so that batches neither overtake nor wait in line. */
    #append(rows: Row[]): Promise<void> {
        this.#waiting.push(...rows);
        this.#nextBatch ??= this.#lastBatch
            .catch(() => undefined)
            .then(() => {
                const batch = this.#waiting;
                this.#waiting = [];
                this.#nextBatch = undefined;
                this.#lastBatch = this.#db.batch(batch);
                return this.#lastBatch;
            });
        return this.#nextBatch;
    }
}

/** `~` cannot be part of a table's name. */
function itemPrefix(table: Table): string {
    return `item-${table.description.TableName}~`;
}
