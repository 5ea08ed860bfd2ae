import type { JsonObject } from "../../service";
import { checkAttributes, checkMutable, checkWritable, readable } from "../attributes";
import { invalidParameter } from "../refusals";
import { type Operations, type Tools, unsigned } from "../tools";
import { clientOccasion } from "../triggers";
import type { Client, User, UserPool } from "../user-pool";
import { claimAlias, refuseTakenAddresses, writeAttributes } from "../users";
import { asTexts, attributesOf, namedValues, optionalTextMap, requiredText } from "../values";

const VERIFIABLE = ["email", "phone_number"] as const;
type Verifiable = (typeof VERIFIABLE)[number];

/** What signed-in users do with their own accounts; an access token says who they are. */
export function ownAccountOperations(tools: Tools): Operations {
    const pending = new WeakMap<User, Partial<Record<Verifiable, string>>>();
    const holder = (input: JsonObject) => tools.tokens.holder(requiredText(input, "AccessToken"));
    return unsigned({
        GetUser: async (input) => {
            const { user, client } = await holder(input);
            const attributes = namedValues(readable(client.readAttributes, user.attributes));
            return { Username: user.username, UserAttributes: attributes };
        },
        UpdateUserAttributes: async (input) => {
            const { pool, user, client } = await holder(input);
            const changed = attributesOf(input, "UserAttributes");
            checkWritable(client.writeAttributes, changed);
            checkAttributes(pool.settings.schema, changed);
            checkMutable(pool.settings.schema, changed);
            refuseTakenAddresses(pool, user, changed);
            return update(tools, pending, { pool, user, client }, changed, optionalTextMap(input, "ClientMetadata"));
        },
        DeleteUserAttributes: async (input) => {
            const { pool, user, client } = await holder(input);
            const names = asTexts(input["UserAttributeNames"]);
            const emptied = Object.fromEntries(names.map((name) => [name, ""]));
            checkWritable(client.writeAttributes, emptied);
            checkMutable(pool.settings.schema, emptied);
            writeAttributes(user, emptied, tools.clock);
            return {};
        },
        GetUserAttributeVerificationCode: async (input) => {
            const { user, client } = await holder(input);
            const attribute = verifiable(input);
            const address = pending.get(user)?.[attribute] ?? user.attributes[attribute];
            if (address === undefined) throw invalidParameter(`User has no ${attribute}.`);
            const CodeDeliveryDetails = await tools.mailbox.sendCode(user, clientOccasion(client, user), {
                key: attribute,
                purpose: "VerifyUserAttribute",
                attribute,
                destination: address,
                clientMetadata: optionalTextMap(input, "ClientMetadata"),
            });
            return { CodeDeliveryDetails };
        },
        VerifyUserAttribute: async (input) => {
            const { pool, user } = await holder(input);
            const attribute = verifiable(input);
            tools.mailbox.takeCode(user, attribute, requiredText(input, "Code"));
            const value = pending.get(user)?.[attribute] ?? user.attributes[attribute] ?? "";
            writeAttributes(user, { [attribute]: value, [`${attribute}_verified`]: "true" }, tools.clock);
            claimAlias(pool, user, attribute, true);
            pending.set(user, { ...pending.get(user), [attribute]: undefined });
            return {};
        },
        DeleteUser: async (input) => {
            const { pool, user } = await holder(input);
            tools.tokens.signOut(user);
            pool.remove(user);
            return {};
        },
        GlobalSignOut: async (input) => {
            const { user } = await holder(input);
            tools.tokens.signOut(user);
            return {};
        },
    });
}

/**
 * A changed address counts as unverified and gets a code; where the pool says so, the old one stays until then:
 * https://docs.aws.amazon.com/cognito/latest/developerguide/user-pool-settings-email-phone-verification.html
 */
async function update(
    tools: Tools,
    pending: WeakMap<User, Partial<Record<Verifiable, string>>>,
    { pool, user, client }: { pool: UserPool; user: User; client: Client },
    changed: Record<string, string>,
    clientMetadata: Record<string, string> | undefined,
): Promise<JsonObject> {
    const { autoVerifiedAttributes, verifiedBeforeUpdate } = pool.settings;
    const written = { ...changed };
    const addresses = VERIFIABLE.filter(
        (name) => changed[name] !== undefined && changed[name] !== user.attributes[name],
    );
    for (const name of addresses) {
        if (verifiedBeforeUpdate.includes(name)) {
            pending.set(user, { ...pending.get(user), [name]: changed[name] });
            written[name] = user.attributes[name] ?? "";
        } else {
            written[`${name}_verified`] = "false";
        }
    }
    writeAttributes(user, written, tools.clock);

    const sent: JsonObject[] = [];
    for (const attribute of addresses.filter((name) => autoVerifiedAttributes.includes(name))) {
        const order = { key: attribute, attribute, destination: changed[attribute], clientMetadata };
        const purpose = "UpdateUserAttribute";
        sent.push(await tools.mailbox.sendCode(user, clientOccasion(client, user), { ...order, purpose }));
    }
    return { CodeDeliveryDetailsList: sent };
}

function verifiable(input: JsonObject): Verifiable {
    const name = requiredText(input, "AttributeName");
    const attribute = VERIFIABLE.find((one) => one === name);
    if (attribute === undefined) throw invalidParameter("Only email and phone_number can be verified.");
    return attribute;
}
