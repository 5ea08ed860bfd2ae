import { ServiceError } from "../errors";
import type { AccessRequest, JsonObject, Operation, QueryService } from "../service";
import type { Decision } from "./evaluate";
import { type Identities, type Identity, noSuchEntity, policyName } from "./identities";

type Decide = (identity: Identity, access: AccessRequest) => Decision;

/** IAM's API, as far as it tells about what a graph declares. */
export function iamService(identities: Identities, account: string, decide: Decide): QueryService {
    const read = (
        name: string,
        resource: (input: JsonObject) => string,
        run: (input: JsonObject) => JsonObject,
    ): [string, Operation] => [
        name,
        { access: (input) => [{ action: `iam:${name}`, resource: resource(input) }], run },
    ];
    const role = (input: JsonObject): Identity => identities.byName("role", parameter(input, "RoleName"));
    const user = (input: JsonObject): Identity => identities.byName("user", parameter(input, "UserName"));
    // What does not exist has an ARN, too: the permission is asked first.
    const roleArn = (input: JsonObject): string =>
        identities.find("role", String(input["RoleName"]))?.arn ??
        `arn:aws:iam::${account}:role/${String(input["RoleName"])}`;
    const userArn = (input: JsonObject): string =>
        identities.find("user", String(input["UserName"]))?.arn ??
        `arn:aws:iam::${account}:user/${String(input["UserName"])}`;
    const all = (): string => "*";
    const policyArn = (input: JsonObject): string => parameter(input, "PolicyArn");

    return {
        protocol: "query",
        signingName: "iam",
        xmlNamespace: "https://iam.amazonaws.com/doc/2010-05-08/",
        operations: Object.fromEntries([
            read("GetRole", roleArn, (input) => ({ Role: describeRole(role(input)) })),
            read("ListRoles", all, () => ({ Roles: identities.list("role").map(describeRole), IsTruncated: false })),
            read("ListRolePolicies", roleArn, (input) => ({
                PolicyNames: [...role(input).inline.keys()],
                IsTruncated: false,
            })),
            read("GetRolePolicy", roleArn, (input) => inlinePolicy("RoleName", role(input), input)),
            read("ListAttachedRolePolicies", roleArn, (input) => attachedPolicies(role(input))),
            read("GetUser", userArn, (input) => ({ User: describeUser(user(input)) })),
            read("ListUsers", all, () => ({ Users: identities.list("user").map(describeUser), IsTruncated: false })),
            read("ListUserPolicies", userArn, (input) => ({
                PolicyNames: [...user(input).inline.keys()],
                IsTruncated: false,
            })),
            read("GetUserPolicy", userArn, (input) => inlinePolicy("UserName", user(input), input)),
            read("ListAttachedUserPolicies", userArn, (input) => attachedPolicies(user(input))),
            read("GetPolicy", policyArn, (input) => {
                const arn = policyArn(input);
                documentOf(identities, arn);
                return { Policy: { PolicyName: policyName(arn), Arn: arn, DefaultVersionId: "v1" } };
            }),
            read("GetPolicyVersion", policyArn, (input) => ({
                PolicyVersion: {
                    Document: encodeURIComponent(documentOf(identities, policyArn(input))),
                    VersionId: "v1",
                    IsDefaultVersion: true,
                },
            })),
            read("ListPolicies", all, () => ({
                Policies: identities.managedPolicies().map(({ arn, name }) => ({ PolicyName: name, Arn: arn })),
                IsTruncated: false,
            })),
            read(
                "SimulatePrincipalPolicy",
                (input) => parameter(input, "PolicySourceArn"),
                (input) => simulate(input, identities, decide),
            ),
        ]),
    };
}

function parameter(input: JsonObject, name: string): string {
    const value = input[name];
    if (typeof value === "string" && value !== "") return value;
    throw new ServiceError("ValidationError", `1 validation error detected: ${name} must not be empty.`);
}

/** `ActionNames.member.1`, `ActionNames.member.2` … */
function members(input: JsonObject, name: string): string[] {
    const found: string[] = [];
    for (let at = 1; ; at++) {
        const value = input[`${name}.member.${at}`];
        if (typeof value !== "string") return found;
        found.push(value);
    }
}

function documentOf(identities: Identities, arn: string): string {
    const document = identities.document(arn);
    if (document === undefined) throw noSuchEntity(`Policy ${arn} was not found.`);
    return document;
}

function describe(identity: Identity): JsonObject {
    return {
        Path: identity.path,
        Arn: identity.arn,
        CreateDate: new Date(identity.createdAt).toISOString(),
        PermissionsBoundary: identity.permissionsBoundary && {
            PermissionsBoundaryType: "Policy",
            PermissionsBoundaryArn: identity.permissionsBoundary,
        },
        Tags: Object.entries(identity.tags).map(([Key, Value]) => ({ Key, Value })),
    };
}

function describeRole(role: Identity): JsonObject {
    return {
        ...describe(role),
        RoleName: role.name,
        RoleId: role.uniqueId,
        AssumeRolePolicyDocument: encodeURIComponent(role.trustPolicy ?? ""),
        MaxSessionDuration: role.maxSessionSeconds,
    };
}

function describeUser(user: Identity): JsonObject {
    return { ...describe(user), UserName: user.name, UserId: user.uniqueId };
}

function inlinePolicy(nameField: string, identity: Identity, input: JsonObject): JsonObject {
    const name = parameter(input, "PolicyName");
    const document = identity.inline.get(name);
    if (document === undefined) throw noSuchEntity(`The policy with name ${name} cannot be found.`);
    // IAM sends documents URL-encoded: https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetRolePolicy.html
    return { [nameField]: identity.name, PolicyName: name, PolicyDocument: encodeURIComponent(document) };
}

function attachedPolicies(identity: Identity): JsonObject {
    return {
        AttachedPolicies: [...identity.attached].map((arn) => ({ PolicyArn: arn, PolicyName: policyName(arn) })),
        IsTruncated: false,
    };
}

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_SimulatePrincipalPolicy.html */
function simulate(input: JsonObject, identities: Identities, decide: Decide): JsonObject {
    const source = parameter(input, "PolicySourceArn");
    const identity = identities.byArn(source);
    if (identity === undefined) throw noSuchEntity(`The entity ${source} cannot be found.`);
    const resources = members(input, "ResourceArns");
    const conditions = contextEntries(input);
    const results = members(input, "ActionNames").flatMap((action) =>
        (resources.length === 0 ? ["*"] : resources).map((resource) => {
            const { allowed, explicit, statement } = decide(identity, { action, resource, conditions });
            return {
                EvalActionName: action,
                EvalResourceName: resource,
                EvalDecision: allowed ? "allowed" : explicit ? "explicitDeny" : "implicitDeny",
                MatchedStatements: statement === undefined ? [] : matched(identities.sourcesOf(identity, statement)),
            };
        }),
    );
    return { EvaluationResults: results, IsTruncated: false };
}

function matched(policyNames: string[]): JsonObject[] {
    return policyNames.map((name) => ({ SourcePolicyId: name, SourcePolicyType: "IAM Policy" }));
}

/** Condition keys and their values, from `ContextEntries.member.1.ContextKeyName` and the like. */
function contextEntries(input: JsonObject): Record<string, string[]> {
    const conditions: Record<string, string[]> = {};
    for (let at = 1; ; at++) {
        const entry = `ContextEntries.member.${at}`;
        const key = input[`${entry}.ContextKeyName`];
        if (typeof key !== "string") return conditions;
        conditions[key] = members(input, `${entry}.ContextKeyValues`);
    }
}
