/** What may be kept: plain data without `undefined`, as JSON has it. */
export type Kept = object | string | number | boolean | null;

/** Records of one kind, by key. The keeper of the records has them in memory too: here it only says what changes. */
export interface Records<T extends Kept> {
    /** What was kept when the store was opened, in order of the keys. Call it once: it is forgotten then. */
    load(): [key: string, value: T][];
    put(key: string, value: T): void;
    delete(key: string): void;
}

/**
 * Where the local cloud's state outlives it. All that changes in one synchronous step is kept or lost as a whole, and
 * steps are kept in their order: what is found after a kill is the state of one moment.
 */
export interface Store {
    /** @param name Unique in the cloud: `sqs/messages`. */
    records<T extends Kept>(name: string): Records<T>;
    /** Folder for what is too large for records; undefined when nothing outlives the process. */
    readonly directory: string | undefined;
    /**
     * Settles when all that has changed so far will survive a kill; undefined where that is so already, or where
     * nothing is kept. Whatever tells the outside of a change waits for it.
     */
    settled(): Promise<void> | undefined;
    close(): Promise<void>;
}

const NOTHING: Records<Kept> = { load: () => [], put: () => undefined, delete: () => undefined };

/** Keeps nothing: all state ends with the process. */
export const MEMORY: Store = {
    records: <T extends Kept>() => NOTHING as Records<T>,
    directory: undefined,
    settled: () => undefined,
    close: () => Promise.resolve(),
};
