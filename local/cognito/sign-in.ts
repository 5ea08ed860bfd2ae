import { ServiceError } from "../errors";
import type { JsonObject } from "../service";
import { STANDARD_ATTRIBUTES } from "./attributes";
import type { Challenge } from "./challenges";
import { notAuthorized, userNotFound, wrongPassword } from "./refusals";
import type { TokenSource } from "./token-claims";
import type { Tools } from "./tools";
import { clientOccasion, triggerAttributes } from "./triggers";
import type { Client, User } from "./user-pool";

const DAY = 86_400_000;
/** https://docs.aws.amazon.com/cognito/latest/developerguide/authentication.html#authentication-lockout */
const FREE_ATTEMPTS = 5;
const LONGEST_LOCK = 15 * 60_000;

type Metadata = Record<string, string>;

/** What a client may know about an absent user depends on its `preventUserExistenceErrors`. */
export function unknownUser(client: Client): ServiceError {
    return client.preventUserExistenceErrors ? wrongPassword() : userNotFound();
}

/** Before the password is looked at. Throws when the user may not sign in, or the trigger says so. */
export async function beforeSignIn(tools: Tools, client: Client, user: User, validationData?: Metadata): Promise<void> {
    if (!user.enabled) throw notAuthorized("User is disabled.");
    if (user.lockedUntil > tools.clock.now()) throw notAuthorized("Password attempts exceeded");
    await tools.triggers.run("preAuthentication", "PreAuthentication_Authentication", clientOccasion(client, user), {
        userAttributes: triggerAttributes(user),
        validationData: validationData ?? null,
    });
}

/** Counts a wrong password: after five, each one locks the user out for twice as long. */
export function afterWrongPassword({ clock }: Tools, user: User): ServiceError {
    user.failedSignIns++;
    if (user.failedSignIns >= FREE_ATTEMPTS) {
        const lock = 1000 * 2 ** (user.failedSignIns - FREE_ATTEMPTS);
        user.lockedUntil = clock.now() + Math.min(lock, LONGEST_LOCK);
    }
    return wrongPassword();
}

/** Once the password is proven: tokens, or the challenge to replace a temporary password. */
export async function afterRightPassword(
    tools: Tools,
    client: Client,
    user: User,
    clientMetadata?: Metadata,
): Promise<JsonObject> {
    user.failedSignIns = 0;
    if (user.status === "UNCONFIRMED") throw new ServiceError("UserNotConfirmedException", "User is not confirmed.");
    if (user.status === "RESET_REQUIRED") {
        throw new ServiceError("PasswordResetRequiredException", "Password reset required for the user");
    }
    if (user.status === "CONFIRMED") return finish(tools, client, user, "Authentication", clientMetadata);

    const days = client.pool.settings.passwordPolicy.temporaryPasswordValidityDays;
    if (tools.clock.now() >= (user.temporarySince ?? 0) + days * DAY) {
        throw notAuthorized("Temporary password has expired and must be reset by an administrator.");
    }
    return newPasswordRequired(tools, { name: "NEW_PASSWORD_REQUIRED", client, user }, user);
}

/** Tokens, and the trigger that comes after them. */
export async function finish(
    tools: Tools,
    client: Client,
    user: User,
    source: TokenSource,
    clientMetadata?: Metadata,
): Promise<JsonObject> {
    await tools.triggers.run("postAuthentication", "PostAuthentication_Authentication", clientOccasion(client, user), {
        userAttributes: triggerAttributes(user),
        newDeviceUsed: false,
        clientMetadata,
    });
    const AuthenticationResult = await tools.tokens.signIn(client, user, source, clientMetadata);
    return { ChallengeParameters: {}, AuthenticationResult };
}

function newPasswordRequired({ challenges }: Tools, challenge: Challenge, user: User): JsonObject {
    const userAttributes = Object.entries(user.attributes).filter(([name]) => name !== "sub");
    return {
        ChallengeName: challenge.name,
        Session: challenges.open(challenge),
        ChallengeParameters: {
            USER_ID_FOR_SRP: user.username,
            requiredAttributes: JSON.stringify(missingAttributes(challenge.client, user)),
            userAttributes: JSON.stringify(Object.fromEntries(userAttributes)),
        },
    };
}

/** Names with the prefix that the answer to the challenge gives them. */
function missingAttributes({ pool }: Client, user: User): string[] {
    return [...pool.settings.schema]
        .filter(([name, rule]) => rule.required && STANDARD_ATTRIBUTES.includes(name))
        .filter(([name]) => (user.attributes[name] ?? "") === "")
        .map(([name]) => `userAttributes.${name}`);
}
