import type { JsonObject } from "../../service";
import { checkAttributes, checkRequired, checkWritable } from "../attributes";
import { autoVerified, deliveryDetails } from "../mailbox";
import { checkPassword } from "../password-policy";
import { expiredCode, invalidParameter, notAuthorized, userNotFound } from "../refusals";
import { clientAndName, type Operations, type Tools, unsigned } from "../tools";
import { clientOccasion, triggerAttributes } from "../triggers";
import type { Client, User } from "../user-pool";
import { attributesOf, optionalTextMap, requiredText, validationData } from "../values";
import { addUser, claimAlias, newUser, setPassword, writeAttributes } from "../users";

/** Users who sign themselves up. */
export function signUpOperations(tools: Tools): Operations {
    return unsigned({
        SignUp: (input) => signUp(tools, input),
        ConfirmSignUp: (input) => confirmSignUp(tools, input),
        ResendConfirmationCode: (input) => resendConfirmationCode(tools, input),
    });
}

async function signUp(tools: Tools, input: JsonObject): Promise<JsonObject> {
    const { client, name } = clientAndName(tools, input);
    const { pool } = client;
    const now = tools.clock.now();
    if (pool.settings.onlyAdminCreatesUsers) throw notAuthorized("SignUp is not permitted for this user pool");
    const password = requiredText(input, "Password");
    const given = attributesOf(input, "UserAttributes");
    checkWritable(client.writeAttributes, given);
    checkAttributes(pool.settings.schema, given);
    checkPassword(pool.settings.passwordPolicy, password);
    const user = newUser(pool, name, given, now);
    checkRequired(pool.settings.schema, user.attributes);

    const occasion = clientOccasion(client, user);
    const clientMetadata = optionalTextMap(input, "ClientMetadata");
    const answer = await tools.triggers.run(
        "preSignUp",
        "PreSignUp_SignUp",
        occasion,
        { userAttributes: given, validationData: validationData(input), clientMetadata },
        { autoConfirmUser: false, autoVerifyEmail: false, autoVerifyPhone: false },
    );
    if (answer?.["autoVerifyEmail"] === true) user.attributes["email_verified"] = "true";
    if (answer?.["autoVerifyPhone"] === true) user.attributes["phone_number_verified"] = "true";
    setPassword(pool, user, password, now);
    addUser(pool, user, name);

    const result: JsonObject = { UserConfirmed: false, UserSub: user.attributes["sub"] };
    if (answer?.["autoConfirmUser"] === true) {
        await confirm(tools, client, user, clientMetadata);
        return { ...result, UserConfirmed: true };
    }
    const attribute = autoVerified(pool, user.attributes);
    if (attribute === undefined) return result;
    const order = { key: "SignUp", purpose: "SignUp", attribute, clientMetadata } as const;
    const CodeDeliveryDetails = await tools.mailbox.sendCode(user, occasion, order);
    return { ...result, CodeDeliveryDetails };
}

async function confirmSignUp(tools: Tools, input: JsonObject): Promise<JsonObject> {
    const { client, name } = clientAndName(tools, input);
    const code = requiredText(input, "ConfirmationCode");
    const user = client.pool.find(name);
    if (user === undefined) throw client.preventUserExistenceErrors ? expiredCode() : userNotFound();
    if (user.status !== "UNCONFIRMED") {
        throw notAuthorized(`User cannot be confirmed. Current status is ${user.status}`);
    }
    tools.mailbox.takeCode(user, "SignUp", code);
    const attribute = autoVerified(client.pool, user.attributes);
    if (attribute !== undefined) {
        claimAlias(client.pool, user, attribute, input["ForceAliasCreation"] === true);
        writeAttributes(user, { [`${attribute}_verified`]: "true" }, tools.clock);
    }
    await confirm(tools, client, user, optionalTextMap(input, "ClientMetadata"));
    return {};
}

async function confirm(
    { triggers, clock }: Tools,
    client: Client,
    user: User,
    clientMetadata: Record<string, string> | undefined,
): Promise<void> {
    user.status = "CONFIRMED";
    user.modifiedAt = clock.now();
    await triggers.run("postConfirmation", "PostConfirmation_ConfirmSignUp", clientOccasion(client, user), {
        userAttributes: triggerAttributes(user),
        clientMetadata,
    });
}

async function resendConfirmationCode(tools: Tools, input: JsonObject): Promise<JsonObject> {
    const { client, name } = clientAndName(tools, input);
    const { pool } = client;
    const user = pool.find(name);
    if (user === undefined) {
        if (!client.preventUserExistenceErrors) throw userNotFound();
        return { CodeDeliveryDetails: deliveryDetails("email", name) };
    }
    if (user.status !== "UNCONFIRMED") throw invalidParameter("User is already confirmed.");
    const attribute = autoVerified(pool, user.attributes);
    if (attribute === undefined) throw invalidParameter("Auto verification not turned on.");
    const CodeDeliveryDetails = await tools.mailbox.sendCode(user, clientOccasion(client, user), {
        key: "SignUp",
        purpose: "ResendCode",
        attribute,
        clientMetadata: optionalTextMap(input, "ClientMetadata"),
    });
    return { CodeDeliveryDetails };
}
