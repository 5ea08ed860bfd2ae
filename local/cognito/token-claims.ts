import type { JWTPayload } from "jose";

import { clientOccasion, type Occasion, triggerAttributes, type Triggers } from "./triggers";
import type { Client, User } from "./user-pool";
import { asRecord, asTexts } from "./values";

/** Scope of every access token that Cognito's own API issues: it admits to `GetUser` and its kin. */
export const USER_ADMIN_SCOPE = "aws.cognito.signin.user.admin";

/** Why a user gets tokens, as `triggerSource` names it. */
export type TokenSource = "Authentication" | "NewPasswordChallenge" | "RefreshTokens";

/** Claims of both tokens before times and ids. */
export interface TokenClaims {
    id: JWTPayload;
    access: JWTPayload;
}

/**
 * Claims that no trigger may set or suppress:
 * https://docs.aws.amazon.com/cognito/latest/developerguide/user-pool-lambda-pre-token-generation.html
 */
const RESERVED = [
    "acr",
    "amr",
    "at_hash",
    "auth_time",
    "azp",
    "client_id",
    "cognito:groups",
    "cognito:username",
    "device_key",
    "event_id",
    "exp",
    "iat",
    "identities",
    "iss",
    "jti",
    "nbf",
    "nonce",
    "origin_jti",
    "scope",
    "sub",
    "token_use",
    "username",
    "version",
];

const FLAGS = ["email_verified", "phone_number_verified"];

/** What a `preTokenGeneration` trigger changes about a token, whatever its version. */
interface Overrides {
    claimsToAddOrOverride: Record<string, unknown>;
    claimsToSuppress: string[];
    scopesToAdd: string[];
    scopesToSuppress: string[];
}

interface GroupClaims {
    groups: string[];
    roles: string[];
    preferredRole?: string;
}

/** Claims of a user's tokens, changed by the pool's `preTokenGeneration` trigger. */
export async function userClaims(
    triggers: Triggers,
    client: Client,
    user: User,
    source: TokenSource,
    clientMetadata?: Record<string, string>,
): Promise<TokenClaims> {
    const occasion = clientOccasion(client, user);
    const held = groupClaims(client, user);
    const request = {
        userAttributes: triggerAttributes(user),
        groupConfiguration: {
            groupsToOverride: held.groups,
            iamRolesToOverride: held.roles,
            preferredRole: held.preferredRole ?? null,
        },
        clientMetadata,
    };
    const details = await tokenGeneration(triggers, occasion, source, request, [USER_ADMIN_SCOPE]);
    const groups = overriddenGroups(held, details.groups);
    return {
        id: withOverrides({ ...idClaims(client, user), ...asClaims(groups) }, details.id),
        access: withScopes(
            withOverrides(
                { sub: user.attributes["sub"], client_id: client.id, username: user.username, ...groupNames(groups) },
                details.access,
            ),
            [USER_ADMIN_SCOPE],
            details.access,
        ),
    };
}

/** Claims of a client's own access token; only V3_0 triggers see it. */
export async function machineClaims(triggers: Triggers, client: Client, scopes: string[]): Promise<JWTPayload> {
    const claims = { sub: client.id, client_id: client.id, version: 2 };
    if (client.pool.settings.preTokenGenerationVersion !== "V3_0") return { ...claims, scope: scopes.join(" ") };
    const occasion: Occasion = { pool: client.pool, userName: client.id, clientId: client.id };
    const request = { userAttributes: {}, groupConfiguration: {} };
    const { access } = await tokenGeneration(triggers, occasion, "ClientCredentials", request, scopes);
    return withScopes(withOverrides(claims, access), scopes, access);
}

async function tokenGeneration(
    triggers: Triggers,
    occasion: Occasion,
    source: TokenSource | "ClientCredentials",
    request: Record<string, unknown>,
    scopes: string[],
): Promise<{ id: Overrides; access: Overrides; groups: unknown }> {
    const version = occasion.pool.settings.preTokenGenerationVersion;
    const first = version === "V1_0";
    const member = first ? "claimsOverrideDetails" : "claimsAndScopeOverrideDetails";
    const response = await triggers.run(
        "preTokenGeneration",
        `TokenGeneration_${source}`,
        occasion,
        first ? request : { ...request, scopes },
        { [member]: null },
        version.slice(1, version.indexOf("_")),
    );
    const details = asRecord(response?.[member]);
    return {
        id: overrides(first ? details : details["idTokenGeneration"]),
        access: overrides(first ? undefined : details["accessTokenGeneration"]),
        groups: details["groupOverrideDetails"],
    };
}

function overrides(value: unknown): Overrides {
    const given = asRecord(value);
    return {
        claimsToAddOrOverride: asRecord(given["claimsToAddOrOverride"]),
        claimsToSuppress: asTexts(given["claimsToSuppress"]),
        scopesToAdd: asTexts(given["scopesToAdd"]),
        scopesToSuppress: asTexts(given["scopesToSuppress"]),
    };
}

/** What is both added and suppressed is suppressed. */
function withOverrides(claims: JWTPayload, { claimsToAddOrOverride, claimsToSuppress }: Overrides): JWTPayload {
    const free = (name: string): boolean => !RESERVED.includes(name);
    const added = Object.entries(claimsToAddOrOverride).filter(([name]) => free(name) && name !== "aud");
    const all = Object.entries({ ...claims, ...Object.fromEntries(added) });
    return Object.fromEntries(all.filter(([name]) => !claimsToSuppress.includes(name) || !free(name)));
}

function withScopes(claims: JWTPayload, scopes: string[], { scopesToAdd, scopesToSuppress }: Overrides): JWTPayload {
    const all = [...new Set([...scopes, ...scopesToAdd])].filter((scope) => !scopesToSuppress.includes(scope));
    return { ...claims, scope: all.join(" ") };
}

function idClaims(client: Client, user: User): JWTPayload {
    const claims: JWTPayload = { aud: client.id, "cognito:username": user.username };
    for (const [name, value] of Object.entries(user.attributes)) {
        const isReadable = name === "sub" || client.readAttributes?.includes(name) !== false;
        if (isReadable) claims[name] = FLAGS.includes(name) ? value === "true" : value;
    }
    return claims;
}

function groupClaims(client: Client, user: User): GroupClaims {
    const groups = client.pool.groupsOf(user);
    const roles = groups.flatMap((group) => group.roleArn ?? []);
    const [first, second] = groups.filter((group) => group.roleArn !== undefined);
    // Two groups of the same precedence and different roles leave the choice to the application.
    const ambiguous =
        second !== undefined && second.precedence === first?.precedence && second.roleArn !== first?.roleArn;
    return {
        groups: groups.map((group) => group.name),
        roles: [...new Set(roles)],
        preferredRole: ambiguous ? undefined : first?.roleArn,
    };
}

/** An override replaces all three; what it leaves out goes. */
function overriddenGroups(held: GroupClaims, value: unknown): GroupClaims {
    if (value === undefined || value === null) return held;
    const given = asRecord(value);
    const preferredRole = given["preferredRole"];
    return {
        groups: asTexts(given["groupsToOverride"]),
        roles: asTexts(given["iamRolesToOverride"]),
        preferredRole: typeof preferredRole === "string" ? preferredRole : undefined,
    };
}

function groupNames({ groups }: GroupClaims): JWTPayload {
    return groups.length === 0 ? {} : { "cognito:groups": groups };
}

function asClaims(held: GroupClaims): JWTPayload {
    const claims = groupNames(held);
    if (held.roles.length > 0) claims["cognito:roles"] = held.roles;
    if (held.preferredRole !== undefined) claims["cognito:preferred_role"] = held.preferredRole;
    return claims;
}
