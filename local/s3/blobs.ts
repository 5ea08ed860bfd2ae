import { randomUUID } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** The bytes of objects, by ids of their own: keys never become paths. */
export interface Blobs {
    /** They are there for good when it returns. */
    put(bytes: Buffer): string;
    get(id: string): Buffer;
    delete(id: string): void;
    /** Forgets what nothing refers to: what was being written when an earlier run ended. */
    keepOnly(ids: Set<string>): void;
}

/** @param directory Undefined where nothing outlives the process. */
export function openBlobs(directory: string | undefined): Blobs {
    return directory === undefined ? new MemoryBlobs() : new FileBlobs(join(directory, "s3"));
}

class MemoryBlobs implements Blobs {
    readonly #blobs = new Map<string, Buffer>();

    put(bytes: Buffer): string {
        const id = randomUUID();
        this.#blobs.set(id, Buffer.from(bytes));
        return id;
    }

    get(id: string): Buffer {
        return this.#blobs.get(id) ?? Buffer.alloc(0);
    }

    delete(id: string): void {
        this.#blobs.delete(id);
    }

    keepOnly(): void {
        // Nothing is left of an earlier run.
    }
}

class FileBlobs implements Blobs {
    constructor(private readonly directory: string) {
        mkdirSync(directory, { recursive: true });
    }

    put(bytes: Buffer): string {
        const id = randomUUID();
        const file = join(this.directory, id);
        writeFileSync(`${file}.new`, bytes, { flush: true });
        renameSync(`${file}.new`, file);
        return id;
    }

    get(id: string): Buffer {
        return readFileSync(join(this.directory, id));
    }

    delete(id: string): void {
        rmSync(join(this.directory, id), { force: true });
    }

    keepOnly(ids: Set<string>): void {
        for (const file of readdirSync(this.directory)) {
            if (!ids.has(file)) this.delete(file);
        }
    }
}
