import { getIndexActions } from "dynalite/db";

import type { Clock, Timer } from "../clock";
import { ServiceError } from "../errors";
import type { JsonObject } from "../service";
import type { Item } from "./model";
import { isObject, requiredText } from "./names";
import type { IndexWrite, ItemWrite, Storage } from "./storage";
import type { Table } from "./table";
import type { Tables } from "./tables";

/** AWS deletes within a few days; until then expired items are still read. */
const SWEEP_INTERVAL_MS = 60 * 1000;

/** Items that expired longer ago than this are kept, as on AWS. */
const LONGEST_EXPIRY_SECONDS = 5 * 365 * 24 * 60 * 60;

/**
 * Deletes expired items: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/howitworks-ttl.html
 * A timer runs only while a table has time to live switched on.
 */
export class TimeToLiveSweeper {
    #timer: Timer | undefined;

    constructor(
        private readonly storage: Storage,
        private readonly tables: Tables,
        private readonly clock: Clock,
    ) {}

    /** Starts the timer where a table needs it, stops it where none does. */
    schedule(): void {
        const needed = [...this.storage.tables.values()].some((table) => table.timeToLive?.enabled === true);
        if (needed) {
            this.#timer ??= this.clock.after(SWEEP_INTERVAL_MS, () => this.#sweepAndGoOn());
        } else {
            this.stop();
        }
    }

    stop(): void {
        this.#timer?.cancel();
        this.#timer = undefined;
    }

    update(input: JsonObject): JsonObject {
        const table = this.tables.find(requiredText(input, "TableName"));
        const specification = isObject(input["TimeToLiveSpecification"]) ? input["TimeToLiveSpecification"] : {};
        const attributeName = requiredText(specification, "AttributeName");
        const enabled = specification["Enabled"] === true;
        checkTransition(table, attributeName, enabled);
        table.timeToLive = { attributeName, enabled };
        this.schedule();
        this.storage.saveTable(table);
        return { TimeToLiveSpecification: { AttributeName: attributeName, Enabled: enabled } };
    }

    describe(input: JsonObject): JsonObject {
        const { timeToLive } = this.tables.find(requiredText(input, "TableName"));
        const description =
            timeToLive?.enabled === true
                ? { TimeToLiveStatus: "ENABLED", AttributeName: timeToLive.attributeName }
                : { TimeToLiveStatus: "DISABLED" };
        return { TimeToLiveDescription: description };
    }

    #sweepAndGoOn(): void {
        this.#timer = undefined;
        for (const table of this.storage.tables.values()) this.#sweep(table);
        this.schedule();
    }

    /** Finds and deletes in one step, so that an item that was renewed meanwhile stays. */
    #sweep(table: Table): void {
        if (table.timeToLive?.enabled !== true) return;
        const { attributeName } = table.timeToLive;
        const now = this.clock.now() / 1000;
        const writes: ItemWrite[] = [];
        for (const [key, item] of table.items.range()) {
            if (isExpired(item, attributeName, now)) writes.push(deletion(table, key, item));
        }
        if (writes.length > 0) this.storage.commit(writes, "ttl");
    }
}

function isExpired(item: Item, attributeName: string, now: number): boolean {
    const text = item[attributeName]?.N;
    if (text === undefined) return false;
    const expiry = Number(text);
    return expiry <= now && expiry > now - LONGEST_EXPIRY_SECONDS;
}

function deletion(table: Table, key: string, oldItem: Item): ItemWrite {
    const { deletes } = getIndexActions(table.indexDescriptions(), oldItem, undefined, table.description);
    const indexWrites = deletes.flatMap(({ index, key: rowKey }): IndexWrite[] => {
        const rows = table.indexes.get(index);
        return rows === undefined ? [] : [{ rows, key: rowKey, row: undefined }];
    });
    return { table, key, oldItem, newItem: undefined, indexWrites };
}

function checkTransition(table: Table, attributeName: string, enable: boolean): void {
    const { timeToLive } = table;
    const enabled = timeToLive?.enabled === true;
    if (enable && enabled) {
        throw new ServiceError(
            "ValidationException",
            timeToLive?.attributeName === attributeName
                ? "TimeToLive is already enabled"
                : `TimeToLive is active on a different AttributeName: current AttributeName is ${timeToLive?.attributeName}`,
        );
    }
    if (!enable && !enabled) throw new ServiceError("ValidationException", "TimeToLive is already disabled");
    if (!enable && timeToLive?.attributeName !== attributeName) {
        throw new ServiceError(
            "ValidationException",
            `TimeToLive is active on a different AttributeName: current AttributeName is ${timeToLive?.attributeName}`,
        );
    }
}
