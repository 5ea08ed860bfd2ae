import type { Clock } from "../clock";

/** Requests per second, and how many at once. */
export interface Throttle {
    rateLimit: number;
    burstLimit: number;
}

/** A bucket of tokens: holds `burstLimit`, regains `rateLimit` a second. */
export class TokenBucket {
    #tokens: number;
    #filledAt: number;

    constructor(
        readonly throttle: Throttle,
        now: number,
    ) {
        this.#tokens = throttle.burstLimit;
        this.#filledAt = now;
    }

    has(now: number): boolean {
        const regained = (Math.max(0, now - this.#filledAt) / 1000) * this.throttle.rateLimit;
        this.#tokens = Math.min(this.throttle.burstLimit, this.#tokens + regained);
        this.#filledAt = Math.max(now, this.#filledAt);
        // Rates such as 0.1 add up to just under a token.
        return this.#tokens >= 1 - 1e-9;
    }

    take(): void {
        this.#tokens -= 1;
    }
}

/** Buckets by name, made when first needed. */
export class Throttles {
    readonly #buckets = new Map<string, TokenBucket>();

    constructor(private readonly clock: Clock) {}

    /** Takes a token from each, or none and answers false when one is empty. */
    admit(limits: { name: string; throttle: Throttle }[]): boolean {
        const now = this.clock.now();
        const buckets = limits.map(({ name, throttle }) => this.#bucket(name, throttle, now));
        if (!buckets.every((bucket) => bucket.has(now))) return false;
        for (const bucket of buckets) bucket.take();
        return true;
    }

    #bucket(name: string, throttle: Throttle, now: number): TokenBucket {
        let bucket = this.#buckets.get(name);
        if (bucket === undefined || bucket.throttle !== throttle) {
            bucket = new TokenBucket(throttle, now);
            this.#buckets.set(name, bucket);
        }
        return bucket;
    }
}
