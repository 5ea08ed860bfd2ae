import type { JsonObject } from "../../service";
import { checkAttributes, checkRequired } from "../attributes";
import { invalidParameter, notAuthorized } from "../refusals";
import { finish } from "../sign-in";
import type { Tools } from "../tools";
import { setPassword, writeAttributes } from "../users";
import { requiredParameter } from "../values";
import type { ChallengeAnswer } from "./challenge-answer";

const ATTRIBUTE_PREFIX = "userAttributes.";

/** Replaces a temporary password. After a password that the policy refuses, the same session takes another one. */
export async function respondToNewPassword(tools: Tools, answer: ChallengeAnswer): Promise<JsonObject> {
    const { client, responses, session, clientMetadata } = answer;
    const { pool } = client;
    if (session === undefined) throw invalidParameter("Missing required parameter Session");
    const { user } = tools.challenges.find(session, "NEW_PASSWORD_REQUIRED", client);
    if (user === undefined || pool.find(requiredParameter(responses, "USERNAME")) !== user) {
        throw notAuthorized("Invalid session for the user.");
    }
    const attributes: Record<string, string> = {};
    for (const [name, value] of Object.entries(responses)) {
        if (name.startsWith(ATTRIBUTE_PREFIX)) attributes[name.slice(ATTRIBUTE_PREFIX.length)] = value;
    }
    checkAttributes(pool.settings.schema, attributes);
    checkRequired(pool.settings.schema, { ...user.attributes, ...attributes });
    setPassword(pool, user, requiredParameter(responses, "NEW_PASSWORD"), tools.clock.now());
    writeAttributes(user, attributes, tools.clock);
    user.status = "CONFIRMED";
    tools.challenges.close(session);
    return finish(tools, client, user, "NewPasswordChallenge", clientMetadata);
}
