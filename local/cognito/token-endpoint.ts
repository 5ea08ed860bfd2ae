import { ServiceError } from "../errors";
import type { HttpRequest, HttpResponse } from "../service";
import type { Tokens } from "./tokens";
import type { Client, UserPool } from "./user-pool";

/** A refusal in the form of RFC 6749, section 5.2. */
class OAuthError extends Error {
    constructor(readonly code: string) {
        super(code);
    }
}

/**
 * `POST /oauth2/token` for client credentials and refresh tokens:
 * https://docs.aws.amazon.com/cognito/latest/developerguide/token-endpoint.html
 */
export async function answerTokenRequest(pool: UserPool, tokens: Tokens, request: HttpRequest): Promise<HttpResponse> {
    try {
        const form = new URLSearchParams(request.body.toString("utf8"));
        const client = authenticate(pool, request, form);
        return json(200, await grant(tokens, client, form));
    } catch (error) {
        if (error instanceof OAuthError) return json(400, { error: error.code });
        if (error instanceof ServiceError)
            return json(400, { error: "invalid_grant", error_description: error.message });
        throw error;
    }
}

export function json(status: number, body: unknown): HttpResponse {
    const headers = { "content-type": "application/json;charset=UTF-8", "cache-control": "no-store" };
    return { status, headers, body: JSON.stringify(body) };
}

/** By the header `Authorization: Basic`, or by the form. */
function authenticate(pool: UserPool, request: HttpRequest, form: URLSearchParams): Client {
    const basic = /^Basic (.+)$/i.exec(request.headers["authorization"] ?? "")?.[1];
    const [id, secret] =
        basic === undefined
            ? [form.get("client_id"), form.get("client_secret")]
            : Buffer.from(basic, "base64").toString("utf8").split(":").map(decodeURIComponent);
    const client = pool.clients.get(id ?? "");
    if (client === undefined || (client.secret ?? "") !== (secret ?? "")) throw new OAuthError("invalid_client");
    return client;
}

async function grant(tokens: Tokens, client: Client, form: URLSearchParams): Promise<Record<string, unknown>> {
    const type = form.get("grant_type");
    if (type === "client_credentials") return clientCredentials(tokens, client, form.get("scope") ?? "");
    if (type !== "refresh_token") {
        throw new OAuthError(type === null || type === "" ? "invalid_request" : "unsupported_grant_type");
    }
    const token = form.get("refresh_token");
    if (token === null) throw new OAuthError("invalid_request");
    const result = await tokens.refresh(client, token);
    return {
        id_token: result.IdToken,
        access_token: result.AccessToken,
        refresh_token: result.RefreshToken,
        expires_in: result.ExpiresIn,
        token_type: result.TokenType,
    };
}

async function clientCredentials(tokens: Tokens, client: Client, scope: string): Promise<Record<string, unknown>> {
    if (client.secret === undefined || !client.allowedOAuthFlows.includes("client_credentials")) {
        throw new OAuthError("unauthorized_client");
    }
    const known = [...client.pool.resourceServers.values()].flatMap(({ identifier, scopes }) =>
        scopes.map(({ name }) => `${identifier}/${name}`),
    );
    const allowed = client.allowedOAuthScopes.filter((one) => known.includes(one));
    const asked = scope.split(" ").filter((one) => one !== "");
    const scopes = asked.length === 0 ? allowed : asked;
    if (scopes.length === 0 || scopes.some((one) => !allowed.includes(one))) throw new OAuthError("invalid_scope");
    const { token, expiresIn } = await tokens.forClient(client, scopes);
    return { access_token: token, expires_in: expiresIn, token_type: "Bearer" };
}
