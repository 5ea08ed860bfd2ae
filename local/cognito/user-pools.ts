import { notFound } from "./refusals";
import type { Client, UserPool } from "./user-pool";

/** All user pools of the cloud. */
export class UserPools {
    readonly #byId = new Map<string, UserPool>();

    get all(): UserPool[] {
        return [...this.#byId.values()];
    }

    add(pool: UserPool): void {
        this.#byId.set(pool.id, pool);
    }

    remove(id: string): void {
        this.#byId.delete(id);
    }

    find(id: string): UserPool | undefined {
        return this.#byId.get(id);
    }

    /** @throws ServiceError `ResourceNotFoundException` */
    get(id: string): UserPool {
        const pool = this.#byId.get(id);
        if (pool === undefined) throw notFound(`User pool ${id} does not exist.`);
        return pool;
    }

    /**
     * @param poolId Where the request names the pool too.
     * @throws ServiceError `ResourceNotFoundException`
     */
    client(id: string, poolId?: string): Client {
        for (const pool of poolId === undefined ? this.all : [this.get(poolId)]) {
            const client = pool.clients.get(id);
            if (client !== undefined) return client;
        }
        throw notFound(`User pool client ${id} does not exist.`);
    }
}
