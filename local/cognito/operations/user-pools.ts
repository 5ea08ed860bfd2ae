import type { AccessRequest, JsonObject } from "../../service";
import { STANDARD_ATTRIBUTES } from "../attributes";
import { notFound } from "../refusals";
import { onUserPool, type Operations, poolOf, type Tools } from "../tools";
import type { Client, ResourceServer, UserPool } from "../user-pool";
import { asList, asRecord, optionalText, page, requiredText, seconds } from "../values";
import { limitOf } from "./user-lists";

/** Reading what the graph declares: pools, app clients and resource servers. */
export function userPoolOperations(tools: Tools): Operations {
    return {
        ListUserPools: { access: listAccess, run: (input) => listUserPools(tools, input) },
        ...onUserPool({
            DescribeUserPool: (input) => ({ UserPool: describePool(poolOf(tools, input)) }),
            DescribeUserPoolClient: (input) => {
                const pool = poolOf(tools, input);
                const client = tools.pools.client(requiredText(input, "ClientId"), pool.id);
                return { UserPoolClient: describeClient(client) };
            },
            ListUserPoolClients: (input) => {
                const clients = [...poolOf(tools, input).clients.values()];
                const { items, next } = page(clients, limitOf(input, "MaxResults"), optionalText(input, "NextToken"));
                const UserPoolClients = items.map(({ id, name, pool }) => ({
                    ClientId: id,
                    ClientName: name,
                    UserPoolId: pool.id,
                }));
                return { UserPoolClients, NextToken: next };
            },
            DescribeResourceServer: (input) => {
                const pool = poolOf(tools, input);
                const server = pool.resourceServers.get(requiredText(input, "Identifier"));
                if (server === undefined) throw notFound("Resource server does not exist.");
                return { ResourceServer: describeResourceServer(server, pool) };
            },
            ListResourceServers: (input) => {
                const pool = poolOf(tools, input);
                const servers = [...pool.resourceServers.values()];
                const { items, next } = page(servers, limitOf(input, "MaxResults"), optionalText(input, "NextToken"));
                return { ResourceServers: items.map((one) => describeResourceServer(one, pool)), NextToken: next };
            },
        }),
    };
}

/** https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazoncognitouserpools.html */
function listAccess(): AccessRequest[] {
    return [{ action: "cognito-idp:ListUserPools", resource: "*" }];
}

function listUserPools({ pools }: Tools, input: JsonObject): JsonObject {
    const { items, next } = page(pools.all, limitOf(input, "MaxResults"), optionalText(input, "NextToken"));
    const UserPools = items.map(({ settings }) => ({
        Id: settings.id,
        Name: settings.name,
        CreationDate: seconds(settings.createdAt),
        LastModifiedDate: seconds(settings.createdAt),
    }));
    return { UserPools, NextToken: next };
}

function describePool(pool: UserPool): JsonObject {
    const { settings } = pool;
    const { inputs, passwordPolicy } = settings;
    return {
        Id: settings.id,
        Name: settings.name,
        Arn: settings.arn,
        Policies: { PasswordPolicy: asApi(passwordPolicy) },
        DeletionProtection: inputs["deletionProtection"] ?? "INACTIVE",
        UserPoolTier: inputs["userPoolTier"] ?? "ESSENTIALS",
        LambdaConfig: asApi(inputs["lambdaConfig"] ?? {}),
        SchemaAttributes: schemaAttributes(pool),
        AutoVerifiedAttributes: settings.autoVerifiedAttributes,
        AliasAttributes: settings.aliasAttributes.length > 0 ? settings.aliasAttributes : undefined,
        UsernameAttributes: settings.usernameAttributes.length > 0 ? settings.usernameAttributes : undefined,
        UsernameConfiguration: { CaseSensitive: settings.caseSensitive },
        AdminCreateUserConfig: asApi(inputs["adminCreateUserConfig"] ?? { allowAdminCreateUserOnly: false }),
        AccountRecoverySetting: asApi(inputs["accountRecoverySetting"]),
        MfaConfiguration: inputs["mfaConfiguration"] ?? "OFF",
        Domain: pool.domain,
        // Tags' names are the user's own.
        UserPoolTags: asRecord(inputs["tags"]),
        EstimatedNumberOfUsers: pool.users.length,
        CreationDate: seconds(settings.createdAt),
        LastModifiedDate: seconds(settings.createdAt),
    };
}

function schemaAttributes({ settings }: UserPool): JsonObject[] {
    const untouched = STANDARD_ATTRIBUTES.filter((name) => !settings.schema.has(name));
    const standard = ["sub", ...untouched].map((name) => ({
        Name: name,
        AttributeDataType: name.endsWith("_verified") ? "Boolean" : name === "updated_at" ? "Number" : "String",
        DeveloperOnlyAttribute: false,
        Mutable: name !== "sub",
        Required: name === "sub",
    }));
    const declared = asList(settings.inputs["schemas"]).map((item) => {
        const name = String(asRecord(item)["name"]);
        return { ...asRecord(asApi(item)), Name: STANDARD_ATTRIBUTES.includes(name) ? name : `custom:${name}` };
    });
    return [...standard, ...declared];
}

/** Members whose API name is not just the input's with a capital. */
const RENAMED: Record<string, string> = {
    name: "ClientName",
    allowedOauthFlows: "AllowedOAuthFlows",
    allowedOauthFlowsUserPoolClient: "AllowedOAuthFlowsUserPoolClient",
    allowedOauthScopes: "AllowedOAuthScopes",
    callbackUrls: "CallbackURLs",
    defaultRedirectUri: "DefaultRedirectURI",
    logoutUrls: "LogoutURLs",
};
const NOT_SHOWN = ["generateSecret", "region"];

function describeClient(client: Client): JsonObject {
    const shown = Object.entries(client.inputs).filter(([name]) => !NOT_SHOWN.includes(name));
    const given = shown.map(([name, value]) => [RENAMED[name] ?? capitalised(name), asApi(value)]);
    return {
        RefreshTokenValidity: 30,
        TokenValidityUnits: {},
        AllowedOAuthFlowsUserPoolClient: false,
        EnableTokenRevocation: client.enableTokenRevocation,
        PreventUserExistenceErrors: client.preventUserExistenceErrors ? "ENABLED" : "LEGACY",
        AuthSessionValidity: client.validity.session / 60_000,
        ...Object.fromEntries(given),
        UserPoolId: client.pool.id,
        ClientId: client.id,
        ClientName: client.name,
        ClientSecret: client.secret,
        CreationDate: seconds(client.createdAt),
        LastModifiedDate: seconds(client.createdAt),
    };
}

function describeResourceServer(server: ResourceServer, pool: UserPool): JsonObject {
    return {
        UserPoolId: pool.id,
        Identifier: server.identifier,
        Name: server.name,
        Scopes: server.scopes.map(({ name, description }) => ({ ScopeName: name, ScopeDescription: description })),
    };
}

/** The API names members like the graph's inputs, with a capital letter. */
function asApi(value: unknown): unknown {
    if (Array.isArray(value)) return value.map(asApi);
    if (typeof value !== "object" || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([name, item]) => [capitalised(name), asApi(item)]));
}

function capitalised(name: string): string {
    return `${name.charAt(0).toUpperCase()}${name.slice(1)}`;
}
