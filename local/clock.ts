/** A timer that was set on a clock. */
export interface Timer {
    cancel(): void;
}

/** The only source of time in the local cloud. Times are milliseconds since 1970-01-01 UTC. */
export interface Clock {
    now(): number;
    /** Calls `action` once, `ms` milliseconds from now. */
    after(ms: number, action: () => void): Timer;
    /** Holds the time as one 64-bit float for other threads to read; absent where they can ask the machine. */
    readonly shared?: SharedArrayBuffer;
}

/** The machine's own time. Its timers do not keep the process alive. */
export class RealClock implements Clock {
    now(): number {
        return Date.now();
    }

    after(ms: number, action: () => void): Timer {
        // setTimeout fires at once for more than 2^31-1 ms, so a longer wait is taken in steps.
        const longest = 2 ** 31 - 1;
        let handle: NodeJS.Timeout;
        const wait = (left: number): void => {
            handle = setTimeout(() => (left > longest ? wait(left - longest) : action()), Math.min(left, longest));
            handle.unref();
        };
        wait(Math.max(0, ms));
        return { cancel: () => clearTimeout(handle) };
    }
}

interface Due {
    at: number;
    action: () => void;
}

/** Time that stands still until it is advanced. */
export class VirtualClock implements Clock {
    readonly shared = new SharedArrayBuffer(Float64Array.BYTES_PER_ELEMENT);
    readonly #time = new Float64Array(this.shared);
    #sequence = 0;
    readonly #timers = new Map<number, Due>();

    constructor(start: number = Date.UTC(2026, 0, 1)) {
        this.#time[0] = start;
    }

    now(): number {
        return this.#time[0] ?? 0;
    }

    /** How many timers are set. */
    get pending(): number {
        return this.#timers.size;
    }

    after(ms: number, action: () => void): Timer {
        const id = this.#sequence++;
        this.#timers.set(id, { at: this.now() + Math.max(0, ms), action });
        return { cancel: () => void this.#timers.delete(id) };
    }

    /**
     * Moves time on by `ms`, running what falls due in order of its time, then of its setting.
     * @param settle Awaited before the first and after each step, so that what a timer has set off may set timers of
     *   its own before time goes on. Default: one turn of the event loop.
     */
    async advance(ms: number, settle: () => Promise<void> = turn): Promise<void> {
        const end = this.now() + ms;
        await settle();
        for (let next = this.#nextDue(end); next !== undefined; next = this.#nextDue(end)) {
            const [id, { at, action }] = next;
            this.#timers.delete(id);
            this.#time[0] = Math.max(this.now(), at);
            action();
            await settle();
        }
        this.#time[0] = end;
    }

    #nextDue(end: number): [number, Due] | undefined {
        let best: [number, Due] | undefined;
        for (const entry of this.#timers) {
            if (entry[1].at <= end && (best === undefined || entry[1].at < best[1].at)) best = entry;
        }
        return best;
    }
}

function turn(): Promise<void> {
    return new Promise((resolve) => setImmediate(resolve));
}
