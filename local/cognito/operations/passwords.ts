import type { JsonObject } from "../../service";
import { deliveryDetails, recoveryAttribute } from "../mailbox";
import { checkPassword } from "../password-policy";
import { expiredCode, notAuthorized, userNotFound } from "../refusals";
import { afterWrongPassword } from "../sign-in";
import { clientAndName, type Operations, type Tools, unsigned } from "../tools";
import { clientOccasion, triggerAttributes } from "../triggers";
import { passwordMatches, setPassword } from "../users";
import { optionalTextMap, requiredText } from "../values";

/** Passwords that users change or have forgotten. */
export function passwordOperations(tools: Tools): Operations {
    return unsigned({
        ForgotPassword: (input) => forgotPassword(tools, input),
        ConfirmForgotPassword: (input) => confirmForgotPassword(tools, input),
        ChangePassword: (input) => changePassword(tools, input),
    });
}

async function forgotPassword(tools: Tools, input: JsonObject): Promise<JsonObject> {
    const { client, name } = clientAndName(tools, input);
    const user = client.pool.find(name);
    if (user === undefined) {
        if (!client.preventUserExistenceErrors) throw userNotFound();
        return { CodeDeliveryDetails: deliveryDetails("email", name) };
    }
    if (!user.enabled) throw notAuthorized("User is disabled.");
    if (user.status === "FORCE_CHANGE_PASSWORD") {
        throw notAuthorized("User password cannot be reset in the current state.");
    }
    const CodeDeliveryDetails = await tools.mailbox.sendCode(user, clientOccasion(client, user), {
        key: "ForgotPassword",
        purpose: "ForgotPassword",
        attribute: recoveryAttribute(user),
        clientMetadata: optionalTextMap(input, "ClientMetadata"),
    });
    return { CodeDeliveryDetails };
}

async function confirmForgotPassword(tools: Tools, input: JsonObject): Promise<JsonObject> {
    const { client, name } = clientAndName(tools, input);
    const { pool } = client;
    const code = requiredText(input, "ConfirmationCode");
    const password = requiredText(input, "Password");
    const user = pool.find(name);
    if (user === undefined) throw client.preventUserExistenceErrors ? expiredCode() : userNotFound();
    if (!user.enabled) throw notAuthorized("User is disabled.");
    // A password that the policy refuses must not use up the code.
    checkPassword(pool.settings.passwordPolicy, password);
    tools.mailbox.takeCode(user, "ForgotPassword", code);
    setPassword(pool, user, password, tools.clock.now());
    user.status = "CONFIRMED";
    await tools.triggers.run(
        "postConfirmation",
        "PostConfirmation_ConfirmForgotPassword",
        clientOccasion(client, user),
        { userAttributes: triggerAttributes(user), clientMetadata: optionalTextMap(input, "ClientMetadata") },
    );
    return {};
}

async function changePassword(tools: Tools, input: JsonObject): Promise<JsonObject> {
    const { pool, user } = await tools.tokens.holder(requiredText(input, "AccessToken"));
    const previous = requiredText(input, "PreviousPassword");
    const proposed = requiredText(input, "ProposedPassword");
    if (user.lockedUntil > tools.clock.now()) throw notAuthorized("Password attempts exceeded");
    if (!passwordMatches(pool, user, previous)) throw afterWrongPassword(tools, user);
    setPassword(pool, user, proposed, tools.clock.now());
    return {};
}
