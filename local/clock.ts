/** A timer that was set on a clock. */
export interface Timer {
    cancel(): void;
}

/** The only source of time in the local cloud. Times are milliseconds since 1970-01-01 UTC. */
export interface Clock {
    now(): number;
    /** Calls `action` once, `ms` milliseconds from now. */
    after(ms: number, action: () => void): Timer;
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

/** Time that stands still until a test advances it. */
export class VirtualClock implements Clock {
    #now: number;
    #sequence = 0;
    readonly #timers = new Map<number, { due: number; action: () => void }>();

    constructor(start: number = Date.UTC(2026, 0, 1)) {
        this.#now = start;
    }

    now(): number {
        return this.#now;
    }

    after(ms: number, action: () => void): Timer {
        const id = this.#sequence++;
        this.#timers.set(id, { due: this.#now + Math.max(0, ms), action });
        return { cancel: () => void this.#timers.delete(id) };
    }

    /** Moves time on by `ms`, running what falls due in order of its time, then of its setting. */
    async advance(ms: number): Promise<void> {
        const end = this.#now + ms;
        for (;;) {
            const next = this.#nextDue(end);
            if (next === undefined) break;
            const [id, timer] = next;
            this.#timers.delete(id);
            this.#now = Math.max(this.#now, timer.due);
            timer.action();
            await new Promise((resolve) => setImmediate(resolve));
        }
        this.#now = end;
    }

    #nextDue(end: number): [number, { due: number; action: () => void }] | undefined {
        let best: [number, { due: number; action: () => void }] | undefined;
        for (const entry of this.#timers) {
            if (entry[1].due <= end && (best === undefined || entry[1].due < best[1].due)) best = entry;
        }
        return best;
    }
}
