/**
 * Knows whether anything goes on in the cloud: requests being answered, functions running, deliveries on their way,
 * writes not yet on disk. What only waits for a timer of the clock does not count: nothing will come of it until time
 * goes on.
 */
export class Activity {
    #going = 0;
    #waiting: (() => void)[] = [];

    /** Something begins; call what is returned when it has ended, or when it only waits for the clock. */
    begin(): () => void {
        this.#going++;
        let hasEnded = false;
        return () => {
            if (hasEnded) return;
            hasEnded = true;
            if (--this.#going > 0) return;
            for (const resolve of this.#waiting.splice(0)) resolve();
        };
    }

    /** Counts until the promise settles. */
    async during<T>(run: Promise<T>): Promise<T> {
        const end = this.begin();
        try {
            return await run;
        } finally {
            end();
        }
    }

    /** Settles when nothing goes on, and nothing has begun anew in a whole turn of the event loop. */
    async quiet(): Promise<void> {
        do {
            if (this.#going > 0) await new Promise<void>((resolve) => this.#waiting.push(resolve));
            await new Promise((resolve) => setImmediate(resolve));
        } while (this.#going > 0);
    }
}
