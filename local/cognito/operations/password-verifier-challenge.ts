import { timingSafeEqual } from "node:crypto";

import type { JsonObject } from "../../service";
import { invalidParameter, userNotFound, wrongPassword } from "../refusals";
import { expectedSignature, pretendedVerifier, startExchange } from "../secure-remote-password";
import { afterRightPassword, afterWrongPassword, beforeSignIn } from "../sign-in";
import type { Tools } from "../tools";
import type { Client } from "../user-pool";
import { requiredParameter } from "../values";
import type { ChallengeAnswer } from "./challenge-answer";

/**
 * The first step of SRP. Where a client must not learn who exists, an unknown user gets a challenge that no answer
 * meets: https://docs.aws.amazon.com/cognito/latest/developerguide/cognito-user-pool-managing-errors.html
 */
export async function startSecureRemotePassword(
    tools: Tools,
    client: Client,
    username: string,
    clientPublic: string,
    metadata: Record<string, string> | undefined,
): Promise<JsonObject> {
    const { pool } = client;
    const user = pool.find(username);
    if (user === undefined && !client.preventUserExistenceErrors) throw userNotFound();
    if (user !== undefined) await beforeSignIn(tools, client, user, metadata);
    const pretended = pretendedVerifier(pool.id, username);
    const password = user?.password ?? pretended.verifier;
    const exchange = startExchange(password, clientPublic);
    if (exchange === undefined) throw invalidParameter("SRP_A is not a valid public value.");
    const userId = user?.username ?? pretended.userId;
    return {
        ChallengeName: "PASSWORD_VERIFIER",
        ChallengeParameters: {
            SALT: password.salt.toString(16),
            SECRET_BLOCK: tools.challenges.open({ name: "PASSWORD_VERIFIER", client, user, exchange, password }),
            SRP_B: exchange.serverPublic.toString(16),
            USERNAME: userId,
            USER_ID_FOR_SRP: userId,
        },
    };
}

/** The second step: the client proves with a signature that it knows the password. */
export async function respondToPasswordVerifier(tools: Tools, answer: ChallengeAnswer): Promise<JsonObject> {
    const { client, responses, clientMetadata } = answer;
    const block = requiredParameter(responses, "PASSWORD_CLAIM_SECRET_BLOCK");
    const signature = Buffer.from(requiredParameter(responses, "PASSWORD_CLAIM_SIGNATURE"), "base64");
    const timestamp = requiredParameter(responses, "TIMESTAMP");
    const { user, exchange, password } = tools.challenges.find(block, "PASSWORD_VERIFIER", client);
    tools.challenges.close(block);
    if (user === undefined || exchange === undefined || password === undefined) throw wrongPassword();
    const expected = expectedSignature(exchange, password, {
        identity: client.pool.identityOf(user),
        secretBlock: Buffer.from(block, "base64"),
        timestamp,
    });
    const proven = signature.length === expected.length && timingSafeEqual(signature, expected);
    if (!proven || user.password !== password) throw afterWrongPassword(tools, user);
    return afterRightPassword(tools, client, user, clientMetadata);
}
