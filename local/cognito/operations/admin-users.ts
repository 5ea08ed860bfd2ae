import { ServiceError } from "../../errors";
import type { JsonObject } from "../../service";
import { checkAttributes, checkMutable } from "../attributes";
import { recoveryAttribute } from "../mailbox";
import { checkPassword, temporaryPassword } from "../password-policy";
import { invalidParameter, notAuthorized } from "../refusals";
import { onUserPool, type Operations, poolOf, type Tools, userOf } from "../tools";
import { adminOccasion, triggerAttributes } from "../triggers";
import type { User, UserPool } from "../user-pool";
import {
    addUser,
    claimAlias,
    getUser,
    newUser,
    refuseTakenAddresses,
    setPassword,
    userView,
    writeAttributes,
} from "../users";
import { asTexts, attributesOf, optionalText, optionalTextMap, requiredText, validationData } from "../values";

/** What administrators do with users. */
export function adminUserOperations(tools: Tools): Operations {
    return onUserPool({
        AdminCreateUser: (input) => createUser(tools, input),
        AdminSetUserPassword: (input) => setUserPassword(tools, input),
        AdminConfirmSignUp: (input) => confirmSignUp(tools, input),
        AdminResetUserPassword: (input) => resetUserPassword(tools, input),
        AdminGetUser: (input) => {
            const { Attributes, ...rest } = userView(userOf(tools, input).user);
            return { ...rest, UserAttributes: Attributes };
        },
        AdminUpdateUserAttributes: (input) => {
            const { pool, user } = userOf(tools, input);
            updateAttributes(tools, pool, user, attributesOf(input, "UserAttributes"));
            return {};
        },
        AdminDeleteUserAttributes: (input) => {
            const { pool, user } = userOf(tools, input);
            const emptied = Object.fromEntries(asTexts(input["UserAttributeNames"]).map((name) => [name, ""]));
            checkMutable(pool.settings.schema, emptied);
            writeAttributes(user, emptied, tools.clock);
            return {};
        },
        AdminDeleteUser: (input) => {
            const { pool, user } = userOf(tools, input);
            tools.tokens.signOut(user);
            pool.remove(user);
            return {};
        },
        AdminDisableUser: (input) => enable(tools, input, false),
        AdminEnableUser: (input) => enable(tools, input, true),
        AdminUserGlobalSignOut: (input) => {
            tools.tokens.signOut(userOf(tools, input).user);
            return {};
        },
    });
}

/** `AdminCreateUser` */
export async function createUser(tools: Tools, input: JsonObject): Promise<JsonObject> {
    const pool = poolOf(tools, input);
    const name = requiredText(input, "Username");
    const action = optionalText(input, "MessageAction");
    if (action === "RESEND") return { User: userView(await resendInvitation(tools, pool, name)) };

    const given = attributesOf(input, "UserAttributes");
    checkAttributes(pool.settings.schema, given);
    const password = optionalText(input, "TemporaryPassword") ?? temporaryPassword(pool.settings.passwordPolicy);
    checkPassword(pool.settings.passwordPolicy, password);
    const user = newUser(pool, name, given, tools.clock.now());
    const clientMetadata = optionalTextMap(input, "ClientMetadata");
    await tools.triggers.run(
        "preSignUp",
        "PreSignUp_AdminCreateUser",
        adminOccasion(pool, user),
        { userAttributes: given, validationData: validationData(input), clientMetadata },
        { autoConfirmUser: false, autoVerifyEmail: false, autoVerifyPhone: false },
    );
    claimVerifiedAliases(pool, user, input["ForceAliasCreation"] === true);
    giveTemporaryPassword(tools, pool, user, password);
    addUser(pool, user, name);
    if (action !== "SUPPRESS") {
        const media = asTexts(input["DesiredDeliveryMediums"]);
        await invite(tools, pool, user, password, media.includes("EMAIL") ? "email" : "phone_number", clientMetadata);
    }
    return { User: userView(user) };
}

/** An invited user who has not yet come gets a new temporary password. */
async function resendInvitation(tools: Tools, pool: UserPool, name: string): Promise<User> {
    const user = getUser(pool, name);
    if (user.status !== "FORCE_CHANGE_PASSWORD") {
        const message = `Resend not possible. ${user.username} status is not FORCE_CHANGE_PASSWORD`;
        throw new ServiceError("UnsupportedUserStateException", message);
    }
    const password = temporaryPassword(pool.settings.passwordPolicy);
    giveTemporaryPassword(tools, pool, user, password);
    await invite(tools, pool, user, password, "email");
    return user;
}

function giveTemporaryPassword({ clock }: Tools, pool: UserPool, user: User, password: string): void {
    setPassword(pool, user, password, clock.now());
    user.status = "FORCE_CHANGE_PASSWORD";
    user.temporarySince = clock.now();
}

async function invite(
    { mailbox }: Tools,
    pool: UserPool,
    user: User,
    password: string,
    preferred: string,
    clientMetadata?: Record<string, string>,
): Promise<void> {
    const destination = user.attributes[preferred] ?? user.attributes["email"] ?? user.attributes["phone_number"];
    if (destination === undefined) return;
    const letter = { purpose: "AdminCreateUser", destination, code: password, clientMetadata } as const;
    await mailbox.send(user, adminOccasion(pool, user), letter);
}

/** `AdminSetUserPassword` */
export function setUserPassword(tools: Tools, input: JsonObject): JsonObject {
    const { pool, user } = userOf(tools, input);
    const password = requiredText(input, "Password");
    if (input["Permanent"] !== true) {
        giveTemporaryPassword(tools, pool, user, password);
    } else {
        setPassword(pool, user, password, tools.clock.now());
        user.status = "CONFIRMED";
    }
    return {};
}

async function confirmSignUp(tools: Tools, input: JsonObject): Promise<JsonObject> {
    const { pool, user } = userOf(tools, input);
    if (user.status !== "UNCONFIRMED") {
        throw notAuthorized(`User cannot be confirmed. Current status is ${user.status}`);
    }
    user.status = "CONFIRMED";
    user.modifiedAt = tools.clock.now();
    await tools.triggers.run("postConfirmation", "PostConfirmation_ConfirmSignUp", adminOccasion(pool, user), {
        userAttributes: triggerAttributes(user),
        clientMetadata: optionalTextMap(input, "ClientMetadata"),
    });
    return {};
}

async function resetUserPassword(tools: Tools, input: JsonObject): Promise<JsonObject> {
    const { pool, user } = userOf(tools, input);
    if (user.status === "UNCONFIRMED" || user.status === "FORCE_CHANGE_PASSWORD") {
        throw notAuthorized("User password cannot be reset in the current state.");
    }
    await tools.mailbox.sendCode(user, adminOccasion(pool, user), {
        key: "ForgotPassword",
        purpose: "ForgotPassword",
        attribute: recoveryAttribute(user),
        clientMetadata: optionalTextMap(input, "ClientMetadata"),
    });
    user.status = "RESET_REQUIRED";
    user.modifiedAt = tools.clock.now();
    return {};
}

/** Unlike users, administrators may say that an address is verified. */
function updateAttributes(tools: Tools, pool: UserPool, user: User, changed: Record<string, string>): void {
    if (Object.keys(changed).length === 0) throw invalidParameter("UserAttributes must not be empty.");
    checkAttributes(pool.settings.schema, changed);
    checkMutable(pool.settings.schema, changed);
    refuseTakenAddresses(pool, user, changed);
    const unverified: Record<string, string> = {};
    for (const name of ["email", "phone_number"]) {
        if (changed[name] !== undefined && changed[name] !== user.attributes[name])
            unverified[`${name}_verified`] = "false";
    }
    writeAttributes(user, { ...unverified, ...changed }, tools.clock);
    claimVerifiedAliases(pool, user, true);
}

function claimVerifiedAliases(pool: UserPool, user: User, force: boolean): void {
    for (const name of ["email", "phone_number"]) {
        if (user.attributes[`${name}_verified`] === "true") claimAlias(pool, user, name, force);
    }
}

function enable(tools: Tools, input: JsonObject, enabled: boolean): JsonObject {
    const { user } = userOf(tools, input);
    // Disabling also ends what the user is signed in to.
    if (!enabled) tools.tokens.signOut(user);
    user.enabled = enabled;
    user.modifiedAt = tools.clock.now();
    return {};
}
