import type { HttpRequest, HttpResponse, HttpRoute } from "../service";
import type { Mailbox } from "./mailbox";
import { answerTokenRequest, json } from "./token-endpoint";
import type { Tokens } from "./tokens";
import type { UserPool } from "./user-pool";
import type { UserPools } from "./user-pools";

type Answer = (pool: UserPool, request: HttpRequest) => Promise<HttpResponse>;

/**
 * What a pool serves besides its API: its public keys, its token endpoint and, here only, the messages that AWS would
 * send to its users.
 */
export function httpRoute(pools: UserPools, tokens: Tokens, mailbox: Mailbox): HttpRoute {
    const token: Answer = (pool, request) => answerTokenRequest(pool, tokens, request);
    const paths: [method: string, path: RegExp, answer: Answer][] = [
        ["GET", /^\/([^/]+)\/\.well-known\/jwks\.json$/, async (pool) => json(200, await pool.signingKey.jwks())],
        [
            "GET",
            /^\/([^/]+)\/\.well-known\/openid-configuration$/,
            async (pool) => json(200, openIdConfiguration(pool)),
        ],
        ["POST", /^\/_cognito\/([^/]+)\/oauth2\/token$/, token],
        [
            "GET",
            /^\/_cognito\/([^/]+)\/messages$/,
            async (pool) => json(200, { messages: mailbox.messages.filter(({ poolId }) => poolId === pool.id) }),
        ],
    ];
    return (request) => {
        if (request.method === "POST" && request.path === "/oauth2/token") {
            const host = request.headers["host"] ?? "";
            const pool = pools.all.find(
                (one) => one.domain !== undefined && hostsOf(one).includes(host.split(":")[0] ?? ""),
            );
            return pool === undefined ? undefined : token(pool, request);
        }
        for (const [method, path, answer] of paths) {
            const pool = pools.find(path.exec(request.path)?.[1] ?? "");
            if (method === request.method && pool !== undefined) return answer(pool, request);
        }
        return undefined;
    };
}

/** https://docs.aws.amazon.com/cognito/latest/developerguide/federation-endpoints.html */
function openIdConfiguration(pool: UserPool): Record<string, unknown> {
    const [host] = hostsOf(pool).slice(-1);
    return {
        issuer: pool.issuer,
        jwks_uri: `${pool.issuer}/.well-known/jwks.json`,
        ...(host === undefined ? {} : { token_endpoint: `https://${host}/oauth2/token` }),
        id_token_signing_alg_values_supported: ["RS256"],
        response_types_supported: ["code", "token"],
        scopes_supported: ["openid", "email", "phone", "profile"],
        subject_types_supported: ["public"],
        token_endpoint_auth_methods_supported: ["client_secret_basic", "client_secret_post"],
    };
}

/** A domain with a dot is the user's own, any other the first part of a host of AWS's. */
function hostsOf(pool: UserPool): string[] {
    if (pool.domain === undefined) return [];
    return [pool.domain.includes(".") ? pool.domain : `${pool.domain}.auth.${pool.region}.amazoncognito.com`];
}
