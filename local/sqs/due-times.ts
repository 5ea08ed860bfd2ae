/** Keys by the time at which they are due, earliest first: a binary heap. */
export class DueTimes {
    readonly #entries: { at: number; key: string }[] = [];

    get earliest(): number | undefined {
        return this.#entries[0]?.at;
    }

    add(at: number, key: string): void {
        const entries = this.#entries;
        let index = entries.push({ at, key }) - 1;
        while (index > 0) {
            const parent = (index - 1) >> 1;
            if ((entries[parent]?.at ?? 0) <= at) break;
            this.#swap(index, parent);
            index = parent;
        }
    }

    /** Removes and returns all that are due by then, in their order. */
    take(until: number): string[] {
        const keys: string[] = [];
        for (let first = this.#entries[0]; first !== undefined && first.at <= until; first = this.#entries[0]) {
            keys.push(first.key);
            this.#removeFirst();
        }
        return keys;
    }

    #removeFirst(): void {
        const entries = this.#entries;
        const last = entries.pop();
        if (last === undefined || entries.length === 0) return;
        entries[0] = last;
        for (let index = 0; ;) {
            const at = (child: number): number => entries[child]?.at ?? Infinity;
            const [left, right] = [2 * index + 1, 2 * index + 2];
            const least = at(right) < at(left) ? right : left;
            if (at(least) >= at(index)) return;
            this.#swap(index, least);
            index = least;
        }
    }

    #swap(one: number, other: number): void {
        const entries = this.#entries;
        const [a, b] = [entries[one], entries[other]];
        if (a === undefined || b === undefined) return;
        entries[one] = b;
        entries[other] = a;
    }
}
