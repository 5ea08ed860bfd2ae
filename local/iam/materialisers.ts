import type { GraphValue, Resource } from "../../graph/model";
import type { Clock } from "../clock";
import type { Materialiser, Materialisers } from "../service";
import type { CredentialStore } from "./credentials";
import type { Identities, Identity } from "./identities";

/** What makes IAM's resources exist here. */
export function iamMaterialisers(identities: Identities, credentials: CredentialStore, clock: Clock): Materialisers {
    const of = (kind: Identity["kind"], reference: GraphValue | undefined): Identity =>
        // Named as a rule; some programs give the ARN.
        identities.byArn(text(reference)) ?? identities.byName(kind, text(reference));
    // Policies, memberships and attachments change what others may do: all of IAM is made anew with each of them.
    const creating = (
        create: (resource: Resource) => void,
        remove: (resource: Resource) => void = () => undefined,
    ): Materialiser => ({ partOf: () => "iam", create, delete: remove });
    const removeIdentity = ({ outputs }: Resource): void => identities.remove(text(outputs["arn"]));

    const inline = (kind: Identity["kind"]): Materialiser =>
        creating(({ inputs, outputs }) =>
            identities.putInline(
                of(kind, inputs[kind]),
                text(outputs["name"] ?? inputs["name"]),
                text(inputs["policy"]),
            ),
        );
    const attachment = (kind: Identity["kind"]): Materialiser =>
        creating(({ inputs }) => identities.attach(of(kind, inputs[kind]), text(inputs["policyArn"])));

    return {
        "aws:iam/role:Role": creating((resource) => {
            const { inputs } = resource;
            const role = identityOf("role", resource, clock);
            role.trustPolicy = text(inputs["assumeRolePolicy"]);
            role.maxSessionSeconds = Number(inputs["maxSessionDuration"] ?? 3600);
            const added = identities.add(role);
            for (const policy of list(inputs["inlinePolicies"])) {
                const { name = "", policy: document } = record(policy);
                if (document !== undefined) identities.putInline(added, text(name), text(document));
            }
            for (const arn of list(inputs["managedPolicyArns"])) identities.attach(added, text(arn));
        }, removeIdentity),
        "aws:iam/user:User": creating(
            (resource) => void identities.add(identityOf("user", resource, clock)),
            removeIdentity,
        ),
        "aws:iam/group:Group": creating(
            (resource) => void identities.add(identityOf("group", resource, clock)),
            removeIdentity,
        ),
        "aws:iam/policy:Policy": creating(
            ({ inputs, outputs }) =>
                identities.addManagedPolicy(text(outputs["arn"]), text(outputs["name"]), text(inputs["policy"])),
            ({ outputs }) => identities.removeManagedPolicy(text(outputs["arn"])),
        ),
        "aws:iam/rolePolicy:RolePolicy": inline("role"),
        "aws:iam/userPolicy:UserPolicy": inline("user"),
        "aws:iam/groupPolicy:GroupPolicy": inline("group"),
        "aws:iam/rolePolicyAttachment:RolePolicyAttachment": attachment("role"),
        "aws:iam/userPolicyAttachment:UserPolicyAttachment": attachment("user"),
        "aws:iam/groupPolicyAttachment:GroupPolicyAttachment": attachment("group"),
        "aws:iam/policyAttachment:PolicyAttachment": creating(({ inputs }) => {
            for (const kind of ["role", "user", "group"] as const) {
                for (const name of list(inputs[`${kind}s`])) {
                    identities.attach(of(kind, name), text(inputs["policyArn"]));
                }
            }
        }),
        "aws:iam/rolePolicyAttachmentsExclusive:RolePolicyAttachmentsExclusive": creating(({ inputs }) => {
            const role = of("role", inputs["roleName"]);
            role.attached.clear();
            for (const arn of list(inputs["policyArns"])) identities.attach(role, text(arn));
        }),
        "aws:iam/groupMembership:GroupMembership": creating(({ inputs }) => {
            for (const user of list(inputs["users"])) identities.join(of("user", user), text(inputs["group"]));
        }),
        "aws:iam/userGroupMembership:UserGroupMembership": creating(({ inputs }) => {
            for (const group of list(inputs["groups"])) identities.join(of("user", inputs["user"]), text(group));
        }),
        "aws:iam/accessKey:AccessKey": creating(
            ({ id, inputs, outputs }) => {
                const inactive = inputs["status"] === "Inactive";
                credentials.addUserKey(id, text(outputs["secret"]), of("user", inputs["user"]), inactive);
            },
            ({ id }) => credentials.remove(id),
        ),
    };
}

function identityOf(kind: Identity["kind"], { inputs, outputs }: Resource, clock: Clock): Identity {
    const tags = Object.entries(record(inputs["tags"] ?? {}));
    const boundary = inputs["permissionsBoundary"];
    return {
        kind,
        name: text(outputs["name"]),
        arn: text(outputs["arn"]),
        path: text(inputs["path"] ?? "/"),
        uniqueId: text(outputs["uniqueId"]),
        inline: new Map(),
        attached: new Set(),
        groups: new Set(),
        permissionsBoundary: typeof boundary === "string" ? boundary : undefined,
        tags: Object.fromEntries(tags.map(([key, value]) => [key, text(value)])),
        maxSessionSeconds: 3600,
        createdAt: clock.now(),
    };
}

/** A policy may be given as an object instead of its text. */
function text(value: GraphValue | undefined): string {
    if (value === undefined || value === null) return "";
    return typeof value === "string" ? value : JSON.stringify(value);
}

function list(value: GraphValue | undefined): GraphValue[] {
    return Array.isArray(value) ? value : [];
}

function record(value: GraphValue): Record<string, GraphValue> {
    return typeof value === "object" && value !== null && !Array.isArray(value) ? value : {};
}
