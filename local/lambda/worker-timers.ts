import type { Clock, Timer } from "../clock";

/** Timers of the cloud's clock that code in a worker thread has set. */
export class WorkerTimers {
    readonly #timers = new Map<number, Timer>();
    /** How many have fired. */
    fired = 0;

    constructor(
        private readonly clock: Clock,
        private readonly fire: (id: number) => void,
    ) {}

    set(id: number, ms: number): void {
        this.cancel(id);
        const timer = this.clock.after(ms, () => {
            this.#timers.delete(id);
            this.fired++;
            this.fire(id);
        });
        this.#timers.set(id, timer);
    }

    cancel(id: number): void {
        this.#timers.get(id)?.cancel();
        this.#timers.delete(id);
    }

    cancelAll(): void {
        for (const id of [...this.#timers.keys()]) this.cancel(id);
    }
}
