import { createHash } from "node:crypto";

import { decodeJwt, errors, type JWTPayload } from "jose";

import type { Clock } from "../clock";
import type { UserPool } from "./user-pool";
import type { UserPools } from "./user-pools";

export type Verification = { claims: JWTPayload; pool: UserPool } | { reason: string; expired: boolean };

const KEPT = 10_000;

/**
 * Checks signature, issuer and expiry of tokens. A token that was found good is known by its hash until it expires, so
 * that it costs one signature check however often it is used.
 */
export class TokenVerifier {
    readonly #clock: Clock;
    readonly #pools: UserPools;
    readonly #good = new Map<string, { claims: JWTPayload; pool: UserPool }>();

    constructor(clock: Clock, pools: UserPools) {
        this.#clock = clock;
        this.#pools = pools;
    }

    async verify(token: string): Promise<Verification> {
        const now = this.#clock.now();
        const digest = createHash("sha256").update(token).digest("base64");
        const known = this.#good.get(digest);
        if (known !== undefined) {
            if ((known.claims.exp ?? 0) * 1000 > now) return known;
            this.#good.delete(digest);
            return { reason: "The token has expired.", expired: true };
        }
        const pool = this.#issuerOf(token);
        if (pool === undefined) return { reason: "No user pool here issued the token.", expired: false };
        try {
            const good = { claims: await pool.signingKey.verify(token, pool.issuer, now), pool };
            this.#keep(digest, good);
            return good;
        } catch (error) {
            if (error instanceof errors.JWTExpired) return { reason: "The token has expired.", expired: true };
            return { reason: error instanceof Error ? error.message : String(error), expired: false };
        }
    }

    #issuerOf(token: string): UserPool | undefined {
        try {
            const { iss } = decodeJwt(token);
            return this.#pools.all.find((pool) => pool.issuer === iss);
        } catch {
            return undefined;
        }
    }

    #keep(digest: string, good: { claims: JWTPayload; pool: UserPool }): void {
        this.#good.set(digest, good);
        // A Map lists its oldest entry first.
        const oldest = this.#good.size > KEPT ? this.#good.keys().next().value : undefined;
        if (oldest !== undefined) this.#good.delete(oldest);
    }
}
