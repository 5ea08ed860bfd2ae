/** Bounds of keys; without bounds, everything. */
export interface KeyRange {
    gt?: string;
    gte?: string;
    lt?: string;
    lte?: string;
    reverse?: boolean;
}

/** Above this a run of keys is split, so that an insertion moves few of them however large the map is. */
const LONGEST_RUN = 512;

/** A map that can be read in the order of its keys (UTF-16 code units). */
export class SortedMap<V> {
    readonly #values = new Map<string, V>();
    /** The keys in order, in runs of at most LONGEST_RUN, none of them empty. */
    readonly #runs: string[][] = [];

    get size(): number {
        return this.#values.size;
    }

    get(key: string): V | undefined {
        return this.#values.get(key);
    }

    set(key: string, value: V): void {
        if (!this.#values.has(key)) this.#insert(key);
        this.#values.set(key, value);
    }

    delete(key: string): void {
        if (!this.#values.delete(key)) return;
        const at = this.#runOf(key);
        const run = this.#runs[at] ?? [];
        run.splice(lowerBound(run, key), 1);
        if (run.length === 0) this.#runs.splice(at, 1);
    }

    /** The map must not change while the range is read. */
    *range(range: KeyRange = {}): Generator<[string, V]> {
        for (const key of range.reverse === true ? this.#descending(range) : this.#ascending(range)) {
            const value = this.#values.get(key);
            if (value !== undefined) yield [key, value];
        }
    }

    *#ascending(range: KeyRange): Generator<string> {
        const start = range.gt ?? range.gte ?? "";
        for (let at = this.#runOf(start); at < this.#runs.length; at++) {
            const run = this.#runs[at] ?? [];
            for (let index = lowerBound(run, start); index < run.length; index++) {
                const key = run[index] ?? "";
                if (isAfter(key, range)) return;
                if (key !== range.gt) yield key;
            }
        }
    }

    *#descending(range: KeyRange): Generator<string> {
        const end = range.lt ?? range.lte;
        for (let at = end === undefined ? this.#runs.length - 1 : this.#runOf(end); at >= 0; at--) {
            const run = this.#runs[at] ?? [];
            for (let index = run.length - 1; index >= 0; index--) {
                const key = run[index] ?? "";
                if (isAfter(key, range)) continue;
                if (isBefore(key, range)) return;
                yield key;
            }
        }
    }

    #insert(key: string): void {
        const at = this.#runOf(key);
        const run = this.#runs[at];
        if (run === undefined) {
            this.#runs.push([key]);
            return;
        }
        run.splice(lowerBound(run, key), 0, key);
        if (run.length > LONGEST_RUN) this.#runs.splice(at + 1, 0, run.splice(LONGEST_RUN / 2));
    }

    /** Index of the run that holds the key or would take it: the last that starts at or before it. */
    #runOf(key: string): number {
        let low = 0;
        let high = this.#runs.length;
        while (high - low > 1) {
            const middle = (low + high) >> 1;
            if ((this.#runs[middle]?.[0] ?? "") <= key) low = middle;
            else high = middle;
        }
        return low;
    }
}

function isAfter(key: string, range: KeyRange): boolean {
    return (range.lt !== undefined && key >= range.lt) || (range.lte !== undefined && key > range.lte);
}

function isBefore(key: string, range: KeyRange): boolean {
    return (range.gt !== undefined && key <= range.gt) || (range.gte !== undefined && key < range.gte);
}

/** Index of the first key that is not less. */
function lowerBound(keys: string[], key: string): number {
    let low = 0;
    let high = keys.length;
    while (low < high) {
        const middle = (low + high) >> 1;
        if ((keys[middle] ?? "") < key) low = middle + 1;
        else high = middle;
    }
    return low;
}
