import { mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** Whose state a directory holds: state of one account, region and program means nothing to another. */
export interface Owner {
    /** Pulumi project and stack, `quintet/dev`. */
    stack: string;
    account: string;
    region: string;
}

/** A data directory cannot be used. The message says why, and what to do. */
export class DataDirectoryError extends Error {
    override name = "DataDirectoryError";

    static of(directory: string, error: unknown): DataDirectoryError {
        const cause = error instanceof Error ? error.cause : undefined;
        const code: unknown = Reflect.get(Object(cause), "code") ?? Reflect.get(Object(error), "code");
        const why = cause instanceof Error ? cause.message : error instanceof Error ? error.message : String(error);
        const told =
            code === "LEVEL_LOCKED"
                ? "is in use by another local cloud. Stop that one, or choose another directory with --data."
                : `cannot be read: ${why}. Restore it from a copy, or choose another directory with --data.`;
        return new DataDirectoryError(`The data directory ${directory} ${told}`, { cause: error });
    }
}

const MANIFEST = "local-cloud.json";
const FORMAT = 1;

/**
 * Makes the directory this owner's, unless it is so already.
 * @throws DataDirectoryError when it is not empty and not this owner's.
 */
export function claimDirectory(directory: string, owner: Owner): void {
    const manifest = { format: FORMAT, ...owner };
    let found: string[];
    try {
        mkdirSync(directory, { recursive: true, mode: 0o700 });
        found = readdirSync(directory);
    } catch (error) {
        throw DataDirectoryError.of(directory, error);
    }
    if (found.includes(MANIFEST)) return requireSame(directory, manifest);
    if (found.some((name) => !name.startsWith(`${MANIFEST}.`))) {
        throw new DataDirectoryError(
            `The directory ${directory} is not empty and holds no state of a local cloud (no ${MANIFEST}). ` +
                "Choose an empty or a new directory with --data.",
        );
    }
    // Renamed, so that a kill leaves the whole file or none.
    const draft = join(directory, `${MANIFEST}.${process.pid}`);
    writeFileSync(draft, `${JSON.stringify(manifest, undefined, 4)}\n`);
    renameSync(draft, join(directory, MANIFEST));
}

function requireSame(directory: string, wanted: Owner & { format: number }): void {
    let found: unknown;
    try {
        found = JSON.parse(readFileSync(join(directory, MANIFEST), "utf8"));
    } catch (error) {
        throw DataDirectoryError.of(directory, error);
    }
    for (const [key, value] of Object.entries(wanted)) {
        const other: unknown = Reflect.get(Object(found), key);
        if (other === value) continue;
        throw new DataDirectoryError(
            `The data directory ${directory} is of another local cloud: its ${key} is ${JSON.stringify(other)}, ` +
                `not ${JSON.stringify(value)}. Choose another directory with --data.`,
        );
    }
}
