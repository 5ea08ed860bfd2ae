import { randomBytes } from "node:crypto";

import type { Clock } from "../clock";
import { notAuthorized } from "./refusals";
import type { ServerExchange, Verifier } from "./secure-remote-password";
import type { Client, User } from "./user-pool";

/** A sign-in that waits for the user's answer. */
export interface Challenge {
    name: "PASSWORD_VERIFIER" | "NEW_PASSWORD_REQUIRED";
    client: Client;
    /** Absent when a challenge only pretends that there is a user. */
    user?: User;
    /** Of `PASSWORD_VERIFIER`. */
    exchange?: ServerExchange;
    password?: Verifier;
}

/** Challenges by the opaque text that the answer must carry: `Session`, or `SECRET_BLOCK` for SRP. */
export class Challenges {
    readonly #clock: Clock;
    readonly #open = new Map<string, Challenge>();

    constructor(clock: Clock) {
        this.#clock = clock;
    }

    open(challenge: Challenge): string {
        const key = randomBytes(256).toString("base64");
        this.#open.set(key, challenge);
        this.#clock.after(challenge.client.validity.session, () => this.#open.delete(key));
        return key;
    }

    /** @throws ServiceError `NotAuthorizedException` */
    find(key: string, name: Challenge["name"], client: Client): Challenge {
        const challenge = this.#open.get(key);
        if (challenge === undefined || challenge.name !== name || challenge.client !== client) {
            throw notAuthorized("Invalid session for the user, session is expired.");
        }
        return challenge;
    }

    /** A challenge can be met once. */
    close(key: string): void {
        this.#open.delete(key);
    }
}
