import { Stream } from "node:stream";

import type { Callback, RowDb, RowRange, Store } from "dynalite/db";

import { ServiceError } from "../errors";
import type { Parameters } from "./engine";
import { MAX_ITEM_BYTES } from "./limits";
import type { Item, TableDescription } from "./model";
import { isObject } from "./names";
import type { SortedMap } from "./sorted-map";
import type { IndexWrite, ItemWrite } from "./storage";
import { type Table, withoutAbsent } from "./table";

/**
 * The store as one run of a dynalite action sees it: it reads the tables and gathers what the action writes, so that
 * the caller decides whether and with what else that is committed. Everything calls back at once: an action has
 * finished when its call returns, except that queries and scans must then let the rows `flow`.
 */
export class StoreView implements Store {
    readonly options: { maxItemSize: number };
    readonly writes: ItemWrite[] = [];
    /** The item that was read last, before the action changed it. */
    lastRead: Item | undefined;
    readonly #tables: ReadonlyMap<string, Table>;
    readonly #wholeLocalRows: boolean;
    readonly #streams: RowStream[] = [];
    #indexWrites: IndexWrite[] = [];

    /**
     * @param options.wholeLocalRows Local indexes give whole items, whatever they project.
     * @param options.maxItemSize In bytes; default: DynamoDB's limit.
     */
    constructor(tables: ReadonlyMap<string, Table>, options: { wholeLocalRows?: boolean; maxItemSize?: number } = {}) {
        this.options = { maxItemSize: options.maxItemSize ?? MAX_ITEM_BYTES };
        this.#tables = tables;
        this.#wholeLocalRows = options.wholeLocalRows ?? false;
    }

    getTable(name: string, callback: Callback<TableDescription>): void {
        const table = this.#tables.get(name);
        if (table === undefined)
            callback(new ServiceError("ResourceNotFoundException", "Requested resource not found"));
        else callback(null, this.#wholeLocalRows ? withWholeLocalRows(table.description) : table.description);
    }

    getItemDb(name: string): RowDb {
        const table = this.#existing(name);
        return {
            ...this.#rowDb(table.items),
            get: (key, callback) => {
                this.lastRead = table.items.get(key);
                callback(null, this.lastRead);
            },
            put: (key, item, callback) => {
                this.#write(table, key, item);
                callback(null);
            },
            del: (key, callback) => {
                this.#write(table, key, undefined);
                callback(null);
            },
        };
    }

    getIndexDb(type: string, tableName: string, indexName: string): RowDb {
        const table = this.#existing(tableName);
        const rows = table.indexes.get(indexName);
        if (rows === undefined) throw new Error(`Table ${tableName} has no index ${indexName}.`);
        const whole = this.#wholeLocalRows && type === "local";
        return this.#rowDb(rows, whole ? (row) => table.itemOf(row) ?? row : undefined);
    }

    /** The stored item that the parameters' `Key` names; undefined also when that is no key of the table. */
    itemOf({ TableName: name, Key: key }: Parameters): Item | undefined {
        const table = this.#tables.get(String(name));
        if (table === undefined || !isObject(key)) return undefined;
        // The parameters are validated: a Key holds attribute values.
        return table.itemAt(key as Item);
    }

    /** Emits the rows that a query or scan has asked for. */
    flow(): void {
        for (const stream of this.#streams) stream.flow();
    }

    #rowDb(rows: SortedMap<Item>, expand: (row: Item) => Item = (row) => row): RowDb {
        return {
            // Nothing else runs meanwhile.
            lock: (_key, run) => run((callback) => callback),
            get: (key, callback) => callback(null, rows.get(key)),
            put: (key, item, callback) => {
                this.#indexWrites.push({ rows, key, row: withoutAbsent(item) });
                callback(null);
            },
            del: (key, callback) => {
                this.#indexWrites.push({ rows, key, row: undefined });
                callback(null);
            },
            createValueStream: (range) => {
                const stream = new RowStream(rows, range, expand);
                this.#streams.push(stream);
                return stream;
            },
        };
    }

    /** dynalite updates the indexes of an item right before the item itself. */
    #write(table: Table, key: string, newItem: Item | undefined): void {
        const oldItem = table.items.get(key);
        const indexWrites = this.#indexWrites;
        this.#indexWrites = [];
        if (oldItem === undefined && newItem === undefined) return;
        this.writes.push({ table, key, oldItem, newItem, indexWrites });
    }

    #existing(name: string): Table {
        const table = this.#tables.get(name);
        if (table === undefined) throw new Error(`There is no table ${name}.`);
        return table;
    }
}

/** A query of all attributes goes from a local index to the table: to dynalite, such an index looks complete. */
function withWholeLocalRows(table: TableDescription): TableDescription {
    if (table.LocalSecondaryIndexes === undefined) return table;
    const complete = { ProjectionType: "ALL" } as const;
    return {
        ...table,
        LocalSecondaryIndexes: table.LocalSecondaryIndexes.map((index) => ({ ...index, Projection: complete })),
    };
}

/** As much of a readable stream as dynalite needs; it emits all rows in one go. */
class RowStream extends Stream {
    #destroyed = false;

    constructor(
        private readonly rows: SortedMap<Item>,
        private readonly bounds: RowRange,
        private readonly expand: (row: Item) => Item,
    ) {
        super();
    }

    destroy(): void {
        this.#destroyed = true;
    }

    flow(): void {
        let left = this.bounds.limit === undefined || this.bounds.limit < 0 ? Infinity : this.bounds.limit;
        for (const [, row] of this.rows.range(this.bounds)) {
            if (this.#destroyed || left-- <= 0) break;
            this.emit("data", this.expand(row));
        }
        this.emit("end");
    }
}
