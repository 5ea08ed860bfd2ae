import type { Records, Store } from "../store";
import type { Item, PointInTimeRecovery, TableDescription, TimeToLive } from "./model";
import type { ItemWrite } from "./storage";
import { Table } from "./table";

/** What is kept of a table besides its items. */
interface TableRow {
    description: TableDescription;
    tags: [string, string][];
    timeToLive?: TimeToLive;
    pointInTimeRecovery?: PointInTimeRecovery;
}

/** Cannot be part of a table's name. */
const SEPARATOR = "~";

/** Keeps tables and items in the store. Indexes are not kept: they follow from the items. */
export class Journal {
    readonly #tables: Records<TableRow>;
    readonly #items: Records<Item>;

    constructor(store: Store) {
        this.#tables = store.records("dynamodb/tables");
        this.#items = store.records("dynamodb/items");
    }

    /** The tables of an earlier run, with their items. */
    load(): Table[] {
        const tables = new Map<string, Table>();
        for (const [name, { description, tags, timeToLive, pointInTimeRecovery }] of this.#tables.load()) {
            const table = new Table(description);
            for (const [key, value] of tags) table.tags.set(key, value);
            table.timeToLive = timeToLive;
            table.pointInTimeRecovery = pointInTimeRecovery;
            tables.set(name, table);
        }
        for (const [row, item] of this.#items.load()) {
            const end = row.indexOf(SEPARATOR);
            tables.get(row.slice(0, end))?.restore(row.slice(end + 1), item);
        }
        return [...tables.values()];
    }

    write({ table, key, newItem }: ItemWrite): void {
        const row = rowOf(table, key);
        if (newItem === undefined) this.#items.delete(row);
        else this.#items.put(row, newItem);
    }

    saveTable(table: Table): void {
        const { description, timeToLive, pointInTimeRecovery } = table;
        this.#tables.put(description.TableName, {
            description,
            tags: [...table.tags],
            timeToLive,
            pointInTimeRecovery,
        });
    }

    deleteTable(table: Table): void {
        this.#tables.delete(table.description.TableName);
        for (const [key] of table.items.range()) this.#items.delete(rowOf(table, key));
    }
}

function rowOf(table: Table, key: string): string {
    return table.description.TableName + SEPARATOR + key;
}
