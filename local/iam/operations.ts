import { ServiceError } from "../errors";
import type { AccessRequest, JsonObject, Operation, QueryService } from "../service";
import type { Decision } from "./evaluate";
import { type Identities, type Identity, noSuchEntity } from "./identities";

/** IAM's API, as far as it tells about what a graph declares. */
export function iamService(
    identities: Identities,
    decide: (arn: string, access: AccessRequest) => Decision,
): QueryService {
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
    const arnOf = (find: (input: JsonObject) => Identity) => (input: JsonObject) => {
        try {
            return find(input).arn;
        } catch {
            return "*";
        }
    };
    const all = (): string => "*";
    const policyArn = (input: JsonObject): string => parameter(input, "PolicyArn");

    return {
        protocol: "query",
        signingName: "iam",
        xmlNamespace: "https://iam.amazonaws.com/doc/2010-05-08/",
        operations: Object.fromEntries([
            read("GetRole", arnOf(role), (input) => ({ Role: describeRole(role(input)) })),
            read("ListRoles", all, () => ({ Roles: identities.list("role").map(describeRole), IsTruncated: false })),
            read("ListRolePolicies", arnOf(role), (input) => ({
                PolicyNames: [...role(input).inline.keys()],
                IsTruncated: false,
            })),
            read("GetRolePolicy", arnOf(role), (input) => inlinePolicy("RoleName", role(input), input)),
            read("ListAttachedRolePolicies", arnOf(role), (input) => attachedPolicies(role(input))),
            read("GetUser", arnOf(user), (input) => ({ User: describeUser(user(input)) })),
            read("ListUsers", all, () => ({ Users: identities.list("user").map(describeUser), IsTruncated: false })),
            read("ListUserPolicies", arnOf(user), (input) => ({
                PolicyNames: [...user(input).inline.keys()],
                IsTruncated: false,
            })),
            read("GetUserPolicy", arnOf(user), (input) => inlinePolicy("UserName", user(input), input)),
            read("ListAttachedUserPolicies", arnOf(user), (input) => attachedPolicies(user(input))),
            read("GetPolicy", policyArn, (input) => {
                const arn = policyArn(input);
                documentOf(identities, arn);
                return { Policy: { PolicyName: arn.split("/").at(-1), Arn: arn, DefaultVersionId: "v1" } };
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
                (input) => simulate(input, decide),
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
        AttachedPolicies: [...identity.attached].map((arn) => ({ PolicyArn: arn, PolicyName: arn.split("/").at(-1) })),
        IsTruncated: false,
    };
}

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_SimulatePrincipalPolicy.html */
function simulate(input: JsonObject, decide: (arn: string, access: AccessRequest) => Decision): JsonObject {
    const source = parameter(input, "PolicySourceArn");
    const resources = members(input, "ResourceArns");
    const results = members(input, "ActionNames").flatMap((action) =>
        (resources.length === 0 ? ["*"] : resources).map((resource) => {
            const { allowed, explicit } = decide(source, { action, resource });
            return {
                EvalActionName: action,
                EvalResourceName: resource,
                EvalDecision: allowed ? "allowed" : explicit ? "explicitDeny" : "implicitDeny",
            };
        }),
    );
    return { EvaluationResults: results, IsTruncated: false };
}
