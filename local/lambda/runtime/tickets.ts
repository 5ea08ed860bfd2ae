/**
 * Who has an invocation that was sent ahead: the environment that begins it, or the pool that withdraws it. Each is taken
 * by one of them alone, without a message to and fro.
 */
export class Tickets {
    readonly #slots: Int32Array;

    /** @param shared What both threads see. */
    constructor(readonly shared = new SharedArrayBuffer(2 * Int32Array.BYTES_PER_ELEMENT)) {
        this.#slots = new Int32Array(shared);
    }

    /** @param ticket From 1, by ones; at most two of them are open at once. */
    offer(ticket: number): void {
        Atomics.store(this.#slots, ticket % this.#slots.length, ticket);
    }

    /** @returns false where the other one was first. */
    take(ticket: number): boolean {
        return Atomics.compareExchange(this.#slots, ticket % this.#slots.length, ticket, 0) === ticket;
    }
}
