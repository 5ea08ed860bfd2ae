import { randomBytes, randomUUID } from "node:crypto";

import type { JWTPayload } from "jose";

import type { Clock } from "../clock";
import { ServiceError } from "../errors";
import { notAuthorized, userNotFound } from "./refusals";
import { machineClaims, type TokenSource, USER_ADMIN_SCOPE, userClaims } from "./token-claims";
import type { TokenVerifier } from "./token-verifier";
import type { Triggers } from "./triggers";
import type { Client, User, UserPool } from "./user-pool";
import type { UserPools } from "./user-pools";

/** One sign-in: all tokens that descend from it. */
interface Login {
    user: User;
    client: Client;
    /** `origin_jti` of its tokens. */
    origin: string;
    authenticatedAt: number;
    expiresAt: number;
    revoked: boolean;
}

/** What is kept of a sign-in. */
export interface KeptLogin {
    poolId: string;
    clientId: string;
    username: string;
    authenticatedAt: number;
    expiresAt: number;
    revoked: boolean;
}

export interface KeptRefreshToken {
    origin: string;
    retiresAt?: number;
}

interface RefreshToken {
    login: Login;
    /** With rotation: until when the token still works, once it has been used. */
    retiresAt?: number;
}

/** `AuthenticationResultType` of the API. */
export interface AuthenticationResult extends Record<string, unknown> {
    AccessToken: string;
    IdToken: string;
    RefreshToken?: string;
    TokenType: "Bearer";
    /** Seconds. */
    ExpiresIn: number;
}

/** Issues and revokes the tokens of all pools. */
export class Tokens {
    readonly #clock: Clock;
    readonly #triggers: Triggers;
    readonly #verifier: TokenVerifier;
    readonly #refreshTokens = new Map<string, RefreshToken>();
    readonly #logins = new Map<string, Login>();

    constructor(clock: Clock, triggers: Triggers, verifier: TokenVerifier) {
        this.#clock = clock;
        this.#triggers = triggers;
        this.#verifier = verifier;
    }

    /** Takes what an earlier run has left over, once the users and clients are there that it is about. */
    restore(
        logins: ReadonlyMap<string, KeptLogin>,
        refreshTokens: ReadonlyMap<string, KeptRefreshToken>,
        pools: UserPools,
    ): void {
        for (const [origin, { poolId, clientId, username, ...login }] of logins) {
            const pool = pools.find(poolId);
            const [user, client] = [pool?.find(username), pool?.clients.get(clientId)];
            if (user !== undefined && client !== undefined)
                this.#logins.set(origin, { ...login, origin, user, client });
        }
        for (const [token, { origin, retiresAt }] of refreshTokens) {
            const login = this.#logins.get(origin);
            if (login !== undefined) this.#refreshTokens.set(token, { login, retiresAt });
        }
    }

    get keptLogins(): Map<string, KeptLogin> {
        return new Map(
            [...this.#logins].map(([origin, { user, client, authenticatedAt, expiresAt, revoked }]) => [
                origin,
                {
                    poolId: client.pool.id,
                    clientId: client.id,
                    username: user.username,
                    authenticatedAt,
                    expiresAt,
                    revoked,
                },
            ]),
        );
    }

    get keptRefreshTokens(): Map<string, KeptRefreshToken> {
        return new Map(
            [...this.#refreshTokens].map(([token, { login, retiresAt }]) => [
                token,
                { origin: login.origin, retiresAt },
            ]),
        );
    }

    async signIn(
        client: Client,
        user: User,
        source: TokenSource,
        clientMetadata?: Record<string, string>,
    ): Promise<AuthenticationResult> {
        const now = this.#clock.now();
        const login: Login = {
            user,
            client,
            origin: randomUUID(),
            authenticatedAt: now,
            expiresAt: now + client.validity.refresh,
            revoked: false,
        };
        const result = await this.#issue(login, source, clientMetadata);
        this.#logins.set(login.origin, login);
        return { ...result, RefreshToken: this.#newRefreshToken(login) };
    }

    /** @throws ServiceError `NotAuthorizedException`, `RefreshTokenReuseException` */
    async refresh(
        client: Client,
        token: string,
        clientMetadata?: Record<string, string>,
    ): Promise<AuthenticationResult> {
        const found = this.#useRefreshToken(client, token);
        const result = await this.#issue(found.login, "RefreshTokens", clientMetadata);
        if (client.rotationGrace === undefined) return result;
        found.retiresAt ??= this.#clock.now() + client.rotationGrace;
        return { ...result, RefreshToken: this.#newRefreshToken(found.login) };
    }

    /** Whose refresh token it is, when it is one of this client's. */
    holderOf(client: Client, token: string): User | undefined {
        const login = this.#refreshTokens.get(token)?.login;
        return login?.client === client ? login.user : undefined;
    }

    /** An access token for the client itself. */
    async forClient(client: Client, scopes: string[]): Promise<{ token: string; expiresIn: number }> {
        const claims = await machineClaims(this.#triggers, client, scopes);
        return { token: await this.#sign(client, claims, "access"), expiresIn: client.validity.access / 1000 };
    }

    /** Ends the sign-in that a refresh token stems from; tokens that were never issued are ignored. */
    revoke(client: Client, token: string): void {
        const found = this.#refreshTokens.get(token);
        if (found === undefined) return;
        if (found.login.client !== client) {
            throw new ServiceError("UnauthorizedException", "Refresh token was not issued to this client");
        }
        found.login.revoked = true;
    }

    signOut(user: User): void {
        for (const login of this.#logins.values()) {
            if (login.user === user) login.revoked = true;
        }
    }

    /**
     * Whom an access token speaks for, in operations that users call for themselves.
     * @throws ServiceError `NotAuthorizedException`, `UserNotFoundException`
     */
    async holder(accessToken: string): Promise<{ pool: UserPool; user: User; client: Client }> {
        const verified = await this.#verifier.verify(accessToken);
        if ("reason" in verified) {
            throw notAuthorized(verified.expired ? "Access Token has expired" : "Invalid Access Token");
        }
        const { claims, pool } = verified;
        if (claims["token_use"] !== "access") throw notAuthorized("Invalid Access Token");
        if (!String(claims["scope"]).split(" ").includes(USER_ADMIN_SCOPE)) {
            throw notAuthorized("Access Token does not have required scopes");
        }
        const origin = claims["origin_jti"];
        if (typeof origin === "string" && this.#logins.get(origin)?.revoked !== false) {
            throw notAuthorized("Access Token has been revoked");
        }
        const user = pool.find(String(claims["username"]));
        const client = pool.clients.get(String(claims["client_id"]));
        if (user === undefined || client === undefined) throw userNotFound();
        if (!user.enabled) throw notAuthorized("User is disabled.");
        return { pool, user, client };
    }

    #useRefreshToken(client: Client, token: string): RefreshToken {
        const found = this.#refreshTokens.get(token);
        if (found === undefined || found.login.client !== client) throw notAuthorized("Invalid Refresh Token");
        const { login, retiresAt } = found;
        const now = this.#clock.now();
        if (login.revoked) throw notAuthorized("Refresh Token has been revoked");
        if (now >= login.expiresAt) throw notAuthorized("Refresh Token has expired");
        if (retiresAt !== undefined && now >= retiresAt) {
            throw new ServiceError("RefreshTokenReuseException", "Refresh token has been used already");
        }
        if (client.pool.find(login.user.username) !== login.user) throw userNotFound();
        if (!login.user.enabled) throw notAuthorized("User is disabled.");
        return found;
    }

    async #issue(
        { user, client, authenticatedAt, origin }: Login,
        source: TokenSource,
        clientMetadata?: Record<string, string>,
    ): Promise<AuthenticationResult> {
        const { id, access } = await userClaims(this.#triggers, client, user, source, clientMetadata);
        const shared: JWTPayload = {
            event_id: randomUUID(),
            auth_time: Math.floor(authenticatedAt / 1000),
            ...(client.enableTokenRevocation ? { origin_jti: origin } : {}),
        };
        const [IdToken, AccessToken] = await Promise.all([
            this.#sign(client, { ...id, ...shared }, "id"),
            this.#sign(client, { ...access, ...shared }, "access"),
        ]);
        return { AccessToken, IdToken, TokenType: "Bearer", ExpiresIn: client.validity.access / 1000 };
    }

    #sign(client: Client, claims: JWTPayload, use: "id" | "access"): Promise<string> {
        const { pool, validity } = client;
        const now = Math.floor(this.#clock.now() / 1000);
        return pool.signingKey.sign({
            auth_time: now,
            ...claims,
            token_use: use,
            iss: pool.issuer,
            iat: now,
            exp: now + validity[use] / 1000,
            jti: randomUUID(),
        });
    }

    /** Opaque to clients; AWS's are encrypted and much longer. */
    #newRefreshToken(login: Login): string {
        const token = randomBytes(96).toString("base64url");
        this.#refreshTokens.set(token, { login });
        return token;
    }
}
