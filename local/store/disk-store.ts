import { mkdirSync } from "node:fs";
import { join } from "node:path";

import { ClassicLevel } from "classic-level";

import { claimDirectory, DataDirectoryError, type Owner } from "./data-directory";
import type { Kept, Records, Store } from "./store";

type Row = { type: "put"; key: string; value: Kept } | { type: "del"; key: string };

/** Part of no name of records, and sorts before every character of theirs. */
const SEPARATOR = "!";

/**
 * Keeps records in LevelDB, whose log is handed to the operating system before a write is acknowledged: that survives
 * a kill of the process, though not of the machine.
 */
export class DiskStore implements Store {
    readonly directory: string;
    readonly #db: ClassicLevel<string, Kept>;
    readonly #found: Map<string, [string, Kept][]>;
    #waiting: Row[] = [];
    #lastBatch: Promise<void> = Promise.resolve();
    #nextBatch: Promise<void> | undefined;
    #isBusy = false;

    /**
     * Opens a directory, or makes a new one.
     * @throws DataDirectoryError when it is damaged, in use, or belongs to something else.
     */
    static async open(directory: string, owner: Owner): Promise<DiskStore> {
        claimDirectory(directory, owner);
        const folder = join(directory, "records");
        mkdirSync(folder, { recursive: true });
        const db = new ClassicLevel<string, Kept>(folder, { valueEncoding: "json" });
        try {
            await db.open();
            return new DiskStore(directory, db, await readAll(db));
        } catch (error) {
            await db.close().catch(() => undefined);
            throw DataDirectoryError.of(directory, error);
        }
    }

    private constructor(directory: string, db: ClassicLevel<string, Kept>, found: Map<string, [string, Kept][]>) {
        this.directory = directory;
        this.#db = db;
        this.#found = found;
    }

    records<T extends Kept>(name: string): Records<T> {
        const prefix = name + SEPARATOR;
        return {
            load: () => {
                const found = this.#found.get(name) ?? [];
                this.#found.delete(name);
                // Only this method's put has written them.
                return found as [string, T][];
            },
            put: (key, value) => this.#append({ type: "put", key: prefix + key, value }),
            delete: (key) => this.#append({ type: "del", key: prefix + key }),
        };
    }

    settled(): Promise<void> | undefined {
        return this.#nextBatch ?? (this.#isBusy ? this.#lastBatch : undefined);
    }

    async close(): Promise<void> {
        try {
            await this.settled();
        } finally {
            await this.#db.close();
        }
    }

    /** Writes what gathers while the disk is busy as one batch, so that batches neither overtake nor wait in line. */
    #append(row: Row): void {
        this.#waiting.push(row);
        this.#nextBatch ??= this.#lastBatch.then(() => this.#write());
        // A failed write fails whoever waits for it; nobody else need handle it.
        this.#nextBatch.catch(() => undefined);
    }

    #write(): Promise<void> {
        const batch = this.#waiting;
        this.#waiting = [];
        this.#nextBatch = undefined;
        this.#isBusy = true;
        this.#lastBatch = this.#db.batch(batch).then(() => {
            this.#isBusy = false;
        });
        return this.#lastBatch;
    }
}

async function readAll(db: ClassicLevel<string, Kept>): Promise<Map<string, [string, Kept][]>> {
    const found = new Map<string, [string, Kept][]>();
    for await (const [row, value] of db.iterator()) {
        const end = row.indexOf(SEPARATOR);
        const name = row.slice(0, end);
        const records = found.get(name) ?? [];
        records.push([row.slice(end + 1), value]);
        found.set(name, records);
    }
    return found;
}
