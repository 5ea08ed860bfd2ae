import type { APIGatewayAuthorizerResult, APIGatewayTokenAuthorizerEvent } from "aws-lambda";
import { createRemoteJWKSet, errors, type JWTPayload, jwtVerify, type JWTVerifyGetKey } from "jose";

import { policyFor } from "./policy";

export interface TokenRules {
    /** Who signs the tokens: their claim `iss`. */
    issuer: string;
    /** Whom the tokens must be for: their claim `aud`, or `client_id` in Cognito's access tokens. Default: anybody. */
    audience?: string;
    keys: JWTVerifyGetKey;
}

/** API Gateway answers 401 to exactly this message, and 500 to any other. */
const UNAUTHORIZED = "Unauthorized";

/**
 * Says which routes a bearer token opens.
 * @throws Error `Unauthorized` when the token is not a valid one for these rules; any other error when the issuer's
 * keys cannot be fetched, which is nobody's fault who calls.
 */
export async function authorize(
    event: Pick<APIGatewayTokenAuthorizerEvent, "authorizationToken" | "methodArn">,
    rules: TokenRules,
): Promise<APIGatewayAuthorizerResult> {
    const claims = await verified(event.authorizationToken.replace(/^Bearer /, ""), rules);
    if (claims.sub === undefined || !isForAudience(claims, rules.audience)) throw new Error(UNAUTHORIZED);
    // Cognito's ID tokens prove who somebody is, and are no permission to call an API.
    if (claims["token_use"] === "id") throw new Error(UNAUTHORIZED);
    const scope = typeof claims["scope"] === "string" ? claims["scope"] : "";
    return {
        principalId: claims.sub,
        policyDocument: policyFor(scope.split(" "), event.methodArn),
        context: { scope },
    };
}

async function verified(token: string, rules: TokenRules): Promise<JWTPayload> {
    try {
        const { payload } = await jwtVerify(token, rules.keys, {
            issuer: rules.issuer,
            algorithms: ["RS256", "ES256"],
            requiredClaims: ["exp"],
        });
        return payload;
    } catch (error) {
        throw isTokensFault(error) ? new Error(UNAUTHORIZED, { cause: error }) : error;
    }
}

/** False for what went wrong between here and the issuer, which jose gives its generic code. */
function isTokensFault(error: unknown): boolean {
    return error instanceof errors.JOSEError && !["ERR_JOSE_GENERIC", "ERR_JWKS_TIMEOUT"].includes(error.code);
}

function isForAudience(claims: JWTPayload, audience: string | undefined): boolean {
    if (audience === undefined) return true;
    return [claims.aud, claims["client_id"]].flat().includes(audience);
}

/**
 * Made once per execution environment; the issuer's keys stay in memory between calls.
 * Environment: `ISSUER`; optional `AUDIENCE` and `JWKS_URI` (default: the issuer's `/.well-known/jwks.json`).
 */
export function handler(): (event: APIGatewayTokenAuthorizerEvent) => Promise<APIGatewayAuthorizerResult> {
    const { ISSUER: issuer, AUDIENCE: audience, JWKS_URI: jwksUri } = process.env;
    if (!issuer) throw new Error("The environment variable ISSUER must name who signs the tokens.");
    const keys = createRemoteJWKSet(new URL(jwksUri ?? `${issuer.replace(/\/$/, "")}/.well-known/jwks.json`));
    return (event) => authorize(event, { issuer, audience, keys });
}
