import type { JWK } from "jose";

import type { Records, Store } from "../store";
import type { KeptLogin, KeptRefreshToken, Tokens } from "./tokens";
import type { User, UserPool } from "./user-pool";
import type { UserPools } from "./user-pools";

type KeptUser = Omit<User, "groups" | "password"> & {
    groups: string[];
    /** Big numbers in hexadecimal. */
    password?: { salt: string; verifier: string };
};

/**
 * Keeps users, signing keys and sign-ins. Operations change users in many places, so what has changed is found by
 * comparing, after each operation.
 */
export class Journal {
    readonly #isKeeping: boolean;
    /** By `<pool>/<username>`. */
    readonly #users: Records<KeptUser>;
    readonly #keys: Records<JWK>;
    readonly #logins: Records<KeptLogin>;
    readonly #refreshTokens: Records<KeptRefreshToken>;
    readonly #foundUsers: Map<string, KeptUser>;
    readonly #foundKeys: Map<string, JWK>;
    readonly foundLogins: Map<string, KeptLogin>;
    readonly foundRefreshTokens: Map<string, KeptRefreshToken>;
    /** As they were kept last, by their key in the records. */
    readonly #last = new Map<string, string>();

    constructor(store: Store) {
        this.#isKeeping = store.directory !== undefined;
        this.#users = store.records("cognito/users");
        this.#keys = store.records("cognito/keys");
        this.#logins = store.records("cognito/logins");
        this.#refreshTokens = store.records("cognito/refresh-tokens");
        this.#foundUsers = new Map(this.#users.load());
        this.#foundKeys = new Map(this.#keys.load());
        this.foundLogins = new Map(this.#logins.load());
        this.foundRefreshTokens = new Map(this.#refreshTokens.load());
    }

    /** Users that an earlier run has left in a pool. */
    usersOf(poolId: string): User[] {
        return [...this.#foundUsers].filter(([key]) => key.startsWith(`${poolId}/`)).map(([, user]) => fromKept(user));
    }

    /** The key with which a pool signed its tokens before. */
    keyOf(poolId: string): JWK | undefined {
        return this.#foundKeys.get(poolId);
    }

    keepKey(poolId: string, key: JWK): void {
        if (this.#isKeeping) this.#keys.put(poolId, key);
    }

    /** Keeps what has changed since the last time. */
    save(pools: UserPools, tokens: Tokens): void {
        if (!this.#isKeeping) return;
        const users = new Map(
            pools.all.flatMap((pool) =>
                pool.users.map((user): [string, KeptUser] => [`${pool.id}/${user.username}`, toKept(user)]),
            ),
        );
        this.#keepChanges("user ", users, this.#users);
        this.#keepChanges("login ", tokens.keptLogins, this.#logins);
        this.#keepChanges("refresh ", tokens.keptRefreshTokens, this.#refreshTokens);
    }

    /** Forgets all of a pool that is deleted. */
    forget({ id, users }: UserPool): void {
        for (const { username } of users) this.#users.delete(`${id}/${username}`);
        for (const key of this.#foundUsers.keys()) if (key.startsWith(`${id}/`)) this.#users.delete(key);
        this.#keys.delete(id);
    }

    #keepChanges<T extends object>(kind: string, now: ReadonlyMap<string, T>, records: Records<T>): void {
        for (const [key, value] of now) {
            const text = JSON.stringify(value);
            if (this.#last.get(kind + key) === text) continue;
            this.#last.set(kind + key, text);
            records.put(key, value);
        }
        for (const known of [...this.#last.keys()]) {
            const key = known.slice(kind.length);
            if (!known.startsWith(kind) || now.has(key)) continue;
            this.#last.delete(known);
            records.delete(key);
        }
    }
}

function toKept({ password, groups, ...user }: User): KeptUser {
    const { salt, verifier } = password ?? {};
    if (salt === undefined || verifier === undefined) return { ...user, groups: [...groups] };
    return { ...user, groups: [...groups], password: { salt: salt.toString(16), verifier: verifier.toString(16) } };
}

function fromKept({ password, groups, ...user }: KeptUser): User {
    if (password === undefined) return { ...user, groups: new Set(groups) };
    const [salt, verifier] = [BigInt(`0x${password.salt}`), BigInt(`0x${password.verifier}`)];
    return { ...user, groups: new Set(groups), password: { salt, verifier } };
}
