import type { AuthorizerDefinition } from "../definition";
import { GatewayError } from "../gateway-error";
import type { Authorize, AuthorizerTools } from "./authorizer";
import { headerSource } from "./identity-source";
import { requireResourcePolicyAllows } from "./policy-check";

/**
 * Admits the users of Cognito user pools: by an ID token, or where the method lists scopes by an access token that
 * carries one of them.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-integrate-with-cognito.html
 * @param scopes Of the method.
 */
export function cognitoAuthorizer(
    authorizer: AuthorizerDefinition,
    scopes: string[],
    { userPools, iam, resourcePolicy }: AuthorizerTools,
): Authorize {
    const readToken = headerSource(authorizer);
    const audience = authorizer.identityValidationExpression;
    const audiencePattern = audience === undefined ? undefined : new RegExp(`^(?:${audience})$`);
    const use = scopes.length === 0 ? "id" : "access";

    return async (invocation) => {
        const token = readToken(invocation)?.replace(/^Bearer +/i, "");
        if (token === undefined) throw unauthorized();
        const verified = await userPools.verify(token, authorizer.providerArns);
        if ("reason" in verified) throw unauthorized();
        const { claims } = verified;
        if (claims["token_use"] !== use) throw unauthorized();
        if (audiencePattern && !audiencePattern.test(String(claims["aud"] ?? claims["client_id"]))) {
            throw unauthorized();
        }
        if (scopes.length > 0 && !holdsOne(claims["scope"], scopes)) {
            throw new GatewayError("ACCESS_DENIED", "User is not authorized to access this resource");
        }
        if (resourcePolicy !== undefined) requireResourcePolicyAllows(iam, resourcePolicy, invocation);
        invocation.authorizer = { claims: asTexts(claims) };
    };
}

export function unauthorized(): GatewayError {
    return new GatewayError("UNAUTHORIZED", "Unauthorized");
}

function holdsOne(granted: unknown, wanted: string[]): boolean {
    const held = typeof granted === "string" ? granted.split(" ") : [];
    return wanted.some((scope) => held.includes(scope));
}

/** Backends get every claim as text: lists joined by commas, the times `exp` and `iat` as Java prints a date. */
function asTexts(claims: Record<string, unknown>): Record<string, string> {
    const texts: Record<string, string> = {};
    for (const [name, value] of Object.entries(claims)) {
        const isTime = (name === "exp" || name === "iat") && typeof value === "number";
        texts[name] = isTime ? javaDate(value) : asText(value);
    }
    return texts;
}

function asText(value: unknown): string {
    if (Array.isArray(value)) return value.map(String).join(",");
    return typeof value === "object" && value !== null ? JSON.stringify(value) : String(value);
}

/** `Wed Mar 13 15:35:33 UTC 2026` */
function javaDate(seconds: number): string {
    const [day, date, month, year, time] = new Date(seconds * 1000).toUTCString().split(/,? /);
    return `${day} ${month} ${date} ${time} UTC ${year}`;
}
