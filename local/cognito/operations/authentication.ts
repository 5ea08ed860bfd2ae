import { ServiceError } from "../../errors";
import type { JsonObject } from "../../service";
import { invalidParameter, notAuthorized } from "../refusals";
import { checkSecretHash } from "../secret-hash";
import { afterRightPassword, afterWrongPassword, beforeSignIn, unknownUser } from "../sign-in";
import { onUserPool, type Operations, type Tools, unsigned } from "../tools";
import type { Client } from "../user-pool";
import { passwordMatches } from "../users";
import { asTextMap, optionalText, optionalTextMap, requiredParameter, requiredText } from "../values";
import { respondToNewPassword } from "./new-password-challenge";
import { respondToPasswordVerifier, startSecureRemotePassword } from "./password-verifier-challenge";

/** Signing in: https://docs.aws.amazon.com/cognito/latest/developerguide/authentication-flows.html */
export function authenticationOperations(tools: Tools): Operations {
    return {
        ...unsigned({
            InitiateAuth: (input) => initiateAuth(tools, input, "client"),
            RespondToAuthChallenge: (input) => respond(tools, input),
            GetTokensFromRefreshToken: (input) => getTokensFromRefreshToken(tools, input),
            RevokeToken: (input) => revokeToken(tools, input),
        }),
        ...onUserPool({
            AdminInitiateAuth: (input) => initiateAuth(tools, input, "administrator"),
            AdminRespondToAuthChallenge: (input) => respond(tools, input),
        }),
    };
}

type Caller = "client" | "administrator";

/** What of `explicitAuthFlows` admits a flow; the second name of each is the one from before 2019. */
const ADMITTED_BY: Record<string, string[]> = {
    USER_PASSWORD_AUTH: ["ALLOW_USER_PASSWORD_AUTH", "USER_PASSWORD_AUTH"],
    ADMIN_USER_PASSWORD_AUTH: ["ALLOW_ADMIN_USER_PASSWORD_AUTH", "ADMIN_NO_SRP_AUTH"],
    ADMIN_NO_SRP_AUTH: ["ALLOW_ADMIN_USER_PASSWORD_AUTH", "ADMIN_NO_SRP_AUTH"],
    USER_SRP_AUTH: ["ALLOW_USER_SRP_AUTH"],
    REFRESH_TOKEN_AUTH: ["ALLOW_REFRESH_TOKEN_AUTH"],
    REFRESH_TOKEN: ["ALLOW_REFRESH_TOKEN_AUTH"],
};

const FLOWS_OF: Record<Caller, string[]> = {
    client: ["USER_PASSWORD_AUTH", "USER_SRP_AUTH", "REFRESH_TOKEN_AUTH", "REFRESH_TOKEN"],
    administrator: [
        "ADMIN_USER_PASSWORD_AUTH",
        "ADMIN_NO_SRP_AUTH",
        "USER_SRP_AUTH",
        "REFRESH_TOKEN_AUTH",
        "REFRESH_TOKEN",
    ],
};

function initiateAuth(tools: Tools, input: JsonObject, caller: Caller): Promise<JsonObject> {
    const flow = requiredText(input, "AuthFlow");
    const client = clientOf(tools, input);
    if (!FLOWS_OF[caller].includes(flow)) throw invalidParameter("Initiate Auth method not supported.");
    requireFlow(client, flow);
    const parameters = asTextMap(input["AuthParameters"]);
    const metadata = optionalTextMap(input, "ClientMetadata");
    if (flow.startsWith("REFRESH_TOKEN")) return refresh(tools, client, parameters, metadata);
    const username = requiredParameter(parameters, "USERNAME");
    checkSecretHash(client, username, parameters["SECRET_HASH"]);
    if (flow === "USER_SRP_AUTH") {
        const clientPublic = requiredParameter(parameters, "SRP_A");
        return startSecureRemotePassword(tools, client, username, clientPublic, metadata);
    }
    return signInWithPassword(tools, client, username, requiredParameter(parameters, "PASSWORD"), metadata);
}

/** @throws ServiceError `InvalidParameterException` */
function requireFlow(client: Client, flow: string): void {
    const flows = client.explicitAuthFlows;
    const admitting = ADMITTED_BY[flow] ?? [];
    if (flows.some((one) => admitting.includes(one))) return;
    // Clients that name no flow of the newer kind admit SRP and refresh tokens:
    // https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_CreateUserPoolClient.html
    const isBasic = admitting.includes("ALLOW_USER_SRP_AUTH") || admitting.includes("ALLOW_REFRESH_TOKEN_AUTH");
    if (isBasic && !flows.some((one) => one.startsWith("ALLOW_")) && !flows.includes("CUSTOM_AUTH_FLOW_ONLY")) return;
    if (flow.startsWith("ADMIN_")) throw invalidParameter("Auth flow not enabled for this client");
    if (flow === "USER_SRP_AUTH") throw invalidParameter("USER_SRP_AUTH is not enabled for the client.");
    throw invalidParameter(`${flow} flow not enabled for this client`);
}

async function signInWithPassword(
    tools: Tools,
    client: Client,
    username: string,
    password: string,
    metadata: Record<string, string> | undefined,
): Promise<JsonObject> {
    const user = client.pool.find(username);
    if (user === undefined) throw unknownUser(client);
    await beforeSignIn(tools, client, user, metadata);
    if (!passwordMatches(client.pool, user, password)) throw afterWrongPassword(tools, user);
    return afterRightPassword(tools, client, user);
}

async function refresh(
    { tokens }: Tools,
    client: Client,
    parameters: Record<string, string>,
    metadata: Record<string, string> | undefined,
): Promise<JsonObject> {
    if (client.rotationGrace !== undefined) {
        throw invalidParameter(
            "REFRESH_TOKEN_AUTH flow not enabled for this client: it rotates tokens, call GetTokensFromRefreshToken",
        );
    }
    const token = requiredParameter(parameters, "REFRESH_TOKEN");
    const holder = tokens.holderOf(client, token);
    if (holder !== undefined) checkSecretHash(client, holder.username, parameters["SECRET_HASH"]);
    return { ChallengeParameters: {}, AuthenticationResult: await tokens.refresh(client, token, metadata) };
}

/** Here the secret itself is sent, not a hash. */
async function getTokensFromRefreshToken(tools: Tools, input: JsonObject): Promise<JsonObject> {
    const client = clientOf(tools, input);
    requireSecret(client, optionalText(input, "ClientSecret"));
    const token = requiredText(input, "RefreshToken");
    return {
        AuthenticationResult: await tools.tokens.refresh(client, token, optionalTextMap(input, "ClientMetadata")),
    };
}

function revokeToken(tools: Tools, input: JsonObject): JsonObject {
    const client = clientOf(tools, input);
    requireSecret(client, optionalText(input, "ClientSecret"));
    if (!client.enableTokenRevocation) {
        throw new ServiceError("UnsupportedOperationException", "Token revocation is not enabled for this client");
    }
    tools.tokens.revoke(client, requiredText(input, "Token"));
    return {};
}

function respond(tools: Tools, input: JsonObject): Promise<JsonObject> {
    const client = clientOf(tools, input);
    const responses = asTextMap(input["ChallengeResponses"]);
    const answer = {
        client,
        responses,
        session: optionalText(input, "Session"),
        clientMetadata: optionalTextMap(input, "ClientMetadata"),
    };
    const name = requiredText(input, "ChallengeName");
    checkSecretHash(client, requiredParameter(responses, "USERNAME"), responses["SECRET_HASH"]);
    if (name === "PASSWORD_VERIFIER") return respondToPasswordVerifier(tools, answer);
    if (name === "NEW_PASSWORD_REQUIRED") return respondToNewPassword(tools, answer);
    throw invalidParameter(`The local cloud does not run the challenge ${name}.`);
}

function clientOf({ pools }: Tools, input: JsonObject): Client {
    return pools.client(requiredText(input, "ClientId"), optionalText(input, "UserPoolId"));
}

function requireSecret(client: Client, given: string | undefined): void {
    if (client.secret !== given) throw notAuthorized("Client secret does not match.");
}
