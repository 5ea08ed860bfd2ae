import type { Records, Store } from "../store";

/** How far consumers have come in streams, so that they go on there after a restart. */
export class Checkpoints {
    readonly #records: Records<number>;
    /** By `<consumer>/<lane>`. */
    readonly #positions: Map<string, number>;

    constructor(store: Store) {
        this.#records = store.records("polling/checkpoints");
        this.#positions = new Map(this.#records.load());
    }

    /** Where each of so many lanes goes on; undefined where the consumer is new. */
    of(consumerId: string, lanes: number): number[] | undefined {
        const known = [...this.#positions].filter(([key]) => key.startsWith(`${consumerId}/`));
        if (known.length === 0) return undefined;
        // Another number of lanes shares the keys out anew, so none may go on beyond any.
        const least = Math.min(...known.map(([, position]) => position));
        const lane = (number: number): number => this.#positions.get(`${consumerId}/${number}`) ?? least;
        return Array.from({ length: lanes }, (_, number) => (known.length === lanes ? lane(number) : least));
    }

    keep(consumerId: string, lane: number, position: number): void {
        const key = `${consumerId}/${lane}`;
        this.#positions.set(key, position);
        this.#records.put(key, position);
    }

    forget(consumerId: string): void {
        for (const key of [...this.#positions.keys()]) {
            if (!key.startsWith(`${consumerId}/`)) continue;
            this.#positions.delete(key);
            this.#records.delete(key);
        }
    }
}
