import type { Properties, Resource } from "../../graph/model";
import type { Clock } from "../clock";
import type { Materialisers } from "../service";
import { type AttributeRule, type AttributeSchema, STANDARD_ATTRIBUTES } from "./attributes";
import { createUser, setUserPassword } from "./operations/admin-users";
import type { PasswordPolicy } from "./password-policy";
import { type Tools, userOf } from "./tools";
import { SigningKey } from "./signing-key";
import { type Client, UserPool, type UserPoolSettings } from "./user-pool";
import {
    asList,
    asRecord,
    asTextMap,
    asTexts,
    namedValues,
    optionalNumber,
    optionalText,
    requiredText,
} from "./values";

const MINUTE = 60_000;
const UNITS: Record<string, number> = { seconds: 1000, minutes: MINUTE, hours: 60 * MINUTE, days: 1440 * MINUTE };

export function cognitoMaterialisers(tools: Tools): Materialisers {
    const { pools, clock, journal } = tools;
    const poolOf = (inputs: Properties): UserPool => pools.get(requiredText(inputs, "userPoolId"));
    const knownPool = (inputs: Properties): UserPool | undefined => pools.find(String(inputs["userPoolId"]));
    const putClient = (resource: Resource): void => {
        const pool = poolOf(resource.inputs);
        const client = userPoolClient(resource, pool, clock);
        // Sign-ins go on with the client that they began with.
        pool.clients.set(resource.id, Object.assign(pool.clients.get(resource.id) ?? client, client));
    };
    return {
        "aws:cognito/userPool:UserPool": {
            create: (resource) => pools.add(newUserPool(resource, tools)),
            update: (resource) => {
                pools.get(resource.id).settings = userPoolSettings(resource, clock);
            },
            delete: ({ id }) => {
                const pool = pools.find(id);
                if (pool !== undefined) journal.forget(pool);
                pools.remove(id);
            },
        },
        "aws:cognito/userPoolClient:UserPoolClient": {
            create: putClient,
            update: putClient,
            delete: ({ id, inputs }) => void knownPool(inputs)?.clients.delete(id),
        },
        "aws:cognito/userPoolDomain:UserPoolDomain": {
            create: ({ inputs }) => {
                poolOf(inputs).domain = requiredText(inputs, "domain");
            },
            delete: ({ inputs }) => {
                const pool = knownPool(inputs);
                if (pool !== undefined) pool.domain = undefined;
            },
        },
        "aws:cognito/resourceServer:ResourceServer": {
            delete: ({ inputs }) => void knownPool(inputs)?.resourceServers.delete(requiredText(inputs, "identifier")),
            create: ({ inputs, name }) => {
                const identifier = requiredText(inputs, "identifier");
                const scopes = asList(inputs["scopes"]).map(asRecord);
                poolOf(inputs).resourceServers.set(identifier, {
                    identifier,
                    name: optionalText(inputs, "name") ?? name,
                    scopes: scopes.map((scope) => ({
                        name: requiredText(scope, "scopeName"),
                        description: optionalText(scope, "scopeDescription") ?? "",
                    })),
                });
            },
        },
        "aws:cognito/userGroup:UserGroup": {
            delete: ({ inputs, outputs, name }) =>
                void knownPool(inputs)?.groups.delete(optionalText(outputs, "name") ?? name),
            create: ({ inputs, outputs, name }) => {
                const groupName = optionalText(outputs, "name") ?? name;
                poolOf(inputs).groups.set(groupName, {
                    name: groupName,
                    description: optionalText(inputs, "description"),
                    roleArn: optionalText(inputs, "roleArn"),
                    precedence: optionalNumber(inputs, "precedence"),
                    createdAt: clock.now(),
                    modifiedAt: clock.now(),
                });
            },
        },
        "aws:cognito/user:User": {
            once: true,
            create: ({ inputs }) => createDeclaredUser(tools, inputs),
            delete: ({ inputs }) => {
                const pool = knownPool(inputs);
                const user = pool?.find(requiredText(inputs, "username"));
                if (user !== undefined) pool?.remove(user);
            },
        },
        "aws:cognito/userInGroup:UserInGroup": {
            delete: ({ inputs }) =>
                void knownPool(inputs)
                    ?.find(requiredText(inputs, "username"))
                    ?.groups.delete(requiredText(inputs, "groupName")),
            create: ({ inputs }) => {
                const username = requiredText(inputs, "username");
                const user = poolOf(inputs).find(username);
                if (user === undefined) throw new Error(`its user pool has no user "${username}"`);
                user.groups.add(requiredText(inputs, "groupName"));
            },
        },
    };
}

/** With the users and the key of an earlier run. */
function newUserPool(resource: Resource, { clock, journal }: Tools): UserPool {
    const { id } = resource;
    const key = new SigningKey(journal.keyOf(id), (made) => journal.keepKey(id, made));
    const pool = new UserPool(userPoolSettings(resource, clock), key);
    for (const user of journal.usersOf(id)) pool.add(user);
    return pool;
}

function userPoolSettings({ id, name, inputs, outputs }: Resource, clock: Clock): UserPoolSettings {
    const lambdaConfig = asRecord(inputs["lambdaConfig"]);
    const preTokenGeneration = asRecord(lambdaConfig["preTokenGenerationConfig"]);
    const triggers = Object.fromEntries(
        Object.entries(lambdaConfig).filter((entry): entry is [string, string] => typeof entry[1] === "string"),
    );
    const versioned = optionalText(preTokenGeneration, "lambdaArn");
    if (versioned !== undefined) triggers["preTokenGeneration"] = versioned;
    return {
        id,
        arn: requiredText(outputs, "arn"),
        name: optionalText(outputs, "name") ?? name,
        usernameAttributes: asTexts(inputs["usernameAttributes"]),
        aliasAttributes: asTexts(inputs["aliasAttributes"]),
        autoVerifiedAttributes: asTexts(inputs["autoVerifiedAttributes"]),
        verifiedBeforeUpdate: asTexts(
            asRecord(inputs["userAttributeUpdateSettings"])["attributesRequireVerificationBeforeUpdates"],
        ),
        // Pools made by the API are case-sensitive unless told otherwise, unlike those made in the console.
        caseSensitive: asRecord(inputs["usernameConfiguration"])["caseSensitive"] !== false,
        onlyAdminCreatesUsers: asRecord(inputs["adminCreateUserConfig"])["allowAdminCreateUserOnly"] === true,
        passwordPolicy: passwordPolicy(inputs["passwordPolicy"]),
        schema: schema(inputs["schemas"]),
        triggers,
        preTokenGenerationVersion: optionalText(preTokenGeneration, "lambdaVersion") ?? "V1_0",
        createdAt: clock.now(),
        inputs,
    };
}

/** Without a policy AWS asks for all four kinds of characters; in a given one, what is not named is not asked for. */
function passwordPolicy(input: unknown): PasswordPolicy {
    const policy = asRecord(input);
    const absent = Object.keys(policy).length === 0;
    return {
        minimumLength: optionalNumber(policy, "minimumLength") ?? 8,
        requireLowercase: absent || policy["requireLowercase"] === true,
        requireUppercase: absent || policy["requireUppercase"] === true,
        requireNumbers: absent || policy["requireNumbers"] === true,
        requireSymbols: absent || policy["requireSymbols"] === true,
        temporaryPasswordValidityDays: optionalNumber(policy, "temporaryPasswordValidityDays") || 7,
    };
}

function schema(input: unknown): AttributeSchema {
    return new Map(
        asList(input).map((item) => {
            const attribute = asRecord(item);
            const name = requiredText(attribute, "name");
            return [STANDARD_ATTRIBUTES.includes(name) ? name : `custom:${name}`, attributeRule(attribute)];
        }),
    );
}

function attributeRule(attribute: Record<string, unknown>): AttributeRule {
    const text = asRecord(attribute["stringAttributeConstraints"]);
    const number = asRecord(attribute["numberAttributeConstraints"]);
    const type = optionalText(attribute, "attributeDataType");
    return {
        type: type === "Number" || type === "DateTime" || type === "Boolean" ? type : "String",
        required: attribute["required"] === true,
        mutable: attribute["mutable"] !== false,
        minimum: optionalNumber(text, "minLength") ?? optionalNumber(number, "minValue"),
        maximum: optionalNumber(text, "maxLength") ?? optionalNumber(number, "maxValue"),
    };
}

function userPoolClient({ id, name, inputs, outputs }: Resource, pool: UserPool, clock: Clock): Client {
    const units = asRecord(inputs["tokenValidityUnits"]);
    const validity = (input: string, unit: string, usual: string, otherwise: number): number => {
        const amount = optionalNumber(inputs, input);
        return amount ? amount * (UNITS[optionalText(units, unit) ?? usual] ?? 0) : otherwise;
    };
    const rotation = asRecord(inputs["refreshTokenRotation"]);
    const oAuth = inputs["allowedOauthFlowsUserPoolClient"] === true;
    return {
        id,
        name: optionalText(outputs, "name") ?? name,
        pool,
        secret: optionalText(outputs, "clientSecret"),
        explicitAuthFlows: asTexts(inputs["explicitAuthFlows"]),
        preventUserExistenceErrors: inputs["preventUserExistenceErrors"] === "ENABLED",
        enableTokenRevocation: inputs["enableTokenRevocation"] !== false,
        validity: {
            access: validity("accessTokenValidity", "accessToken", "hours", 60 * MINUTE),
            id: validity("idTokenValidity", "idToken", "hours", 60 * MINUTE),
            refresh: validity("refreshTokenValidity", "refreshToken", "days", 30 * 1440 * MINUTE),
            session: (optionalNumber(inputs, "authSessionValidity") ?? 3) * MINUTE,
        },
        rotationGrace:
            rotation["feature"] === "ENABLED"
                ? (optionalNumber(rotation, "retryGracePeriodSeconds") ?? 0) * 1000
                : undefined,
        writeAttributes: Array.isArray(inputs["writeAttributes"]) ? asTexts(inputs["writeAttributes"]) : undefined,
        readAttributes: Array.isArray(inputs["readAttributes"]) ? asTexts(inputs["readAttributes"]) : undefined,
        allowedOAuthFlows: oAuth ? asTexts(inputs["allowedOauthFlows"]) : [],
        allowedOAuthScopes: oAuth ? asTexts(inputs["allowedOauthScopes"]) : [],
        createdAt: clock.now(),
        inputs,
    };
}

/** The provider calls these operations too, so that triggers run and invitations are sent. */
async function createDeclaredUser(tools: Tools, inputs: Properties): Promise<void> {
    const who = { UserPoolId: inputs["userPoolId"], Username: inputs["username"] };
    const attributes = Object.entries(asTextMap(inputs["attributes"])).map(([name, value]) => {
        const isFull = STANDARD_ATTRIBUTES.includes(name) || name.includes(":");
        return [isFull ? name : `custom:${name}`, value] as const;
    });
    await createUser(tools, {
        ...who,
        UserAttributes: namedValues(Object.fromEntries(attributes)),
        ValidationData: namedValues(asTextMap(inputs["validationData"])),
        ClientMetadata: inputs["clientMetadata"],
        TemporaryPassword: inputs["temporaryPassword"],
        MessageAction: inputs["messageAction"],
        DesiredDeliveryMediums: inputs["desiredDeliveryMediums"],
        ForceAliasCreation: inputs["forceAliasCreation"],
    });
    const password = optionalText(inputs, "password");
    if (password !== undefined) setUserPassword(tools, { ...who, Password: password, Permanent: true });
    if (inputs["enabled"] === false) userOf(tools, who).user.enabled = false;
}
