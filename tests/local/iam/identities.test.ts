import assert from "node:assert/strict";

import type { Properties, Resource } from "../../../graph/model";
import { VirtualClock } from "../../../local/clock";
import { Iam } from "../../../local/iam";
import type { Caller } from "../../../local/service";

const ACCOUNT = "123456789012";
const APP = `arn:aws:iam::${ACCOUNT}:role/app`;

function trust(Principal: unknown): string {
    const statement = { Effect: "Allow", Principal, Action: "sts:AssumeRole" };
    return JSON.stringify({ Version: "2012-10-17", Statement: statement });
}

function allowing(Action: string, Resource = "*"): string {
    return JSON.stringify({ Version: "2012-10-17", Statement: { Effect: "Allow", Action, Resource } });
}

describe("IAM within the local cloud", () => {
    let iam: Iam;

    async function create(type: string, name: string, inputs: Properties, outputs: Properties = {}): Promise<void> {
        const materialiser = iam.materialisers[type];
        assert.ok(materialiser, type);
        await materialiser.create({ type, name, inputs, outputs: { name, ...outputs } } as unknown as Resource);
    }

    function role(name: string, inputs: Properties): Promise<void> {
        const outputs = { arn: APP.replace("app", name), uniqueId: `AROA${name.toUpperCase()}` };
        const assumeRolePolicy = trust({ Service: "lambda.amazonaws.com" });
        return create("aws:iam/role:Role", name, { assumeRolePolicy, ...inputs }, outputs);
    }

    beforeEach(() => {
        iam = new Iam({ clock: new VirtualClock(), account: ACCOUNT, region: "eu-west-1" });
    });

    it("gives users what their groups may do", async () => {
        const arn = `arn:aws:iam::${ACCOUNT}:user/dev`;
        const policy = allowing("iam:GetRole", `arn:aws:iam::${ACCOUNT}:role/\${aws:PrincipalTag/team}`);
        await create("aws:iam/user:User", "dev", { tags: { team: "app" } }, { arn, uniqueId: "AIDADEV" });
        await create("aws:iam/group:Group", "devs", {});
        await create("aws:iam/groupPolicy:GroupPolicy", "p", { group: "devs", policy });
        const dev: Caller = { kind: "user", arn, principalArn: arn, userId: "AIDADEV", accessKeyId: "AKIADEV" };
        const access = { action: "iam:GetRole", resource: APP };
        assert.equal(iam.decide(dev, access).allowed, false);
        await create("aws:iam/userGroupMembership:UserGroupMembership", "m", { user: "dev", groups: ["devs"] });
        assert.equal(iam.decide(dev, access).allowed, true);
        assert.equal(iam.decide(dev, { ...access, resource: `${APP}s` }).allowed, false);
        const logs = "arn:aws:iam::aws:policy/CloudWatchLogsFullAccess";
        const attachment = { group: "devs", policyArn: logs };
        await create("aws:iam/groupPolicyAttachment:GroupPolicyAttachment", "a", attachment);
        assert.equal(iam.decide(dev, { action: "logs:PutLogEvents", resource: "*" }).allowed, true);
    });

    it("keeps a role within its boundary, and denies all where it does not know the boundary", async () => {
        const limits = `arn:aws:iam::${ACCOUNT}:policy/limits`;
        const inlinePolicies = [{ name: "all", policy: allowing("iam:*") }];
        await create("aws:iam/policy:Policy", "limits", { policy: allowing("iam:Get*") }, { arn: limits });
        await role("bounded", { inlinePolicies, permissionsBoundary: limits });
        await role("lost", { inlinePolicies, permissionsBoundary: `${limits}-unknown` });
        const may = (name: string, action: string): string => {
            const { allowed, by } = iam.roleMay(APP.replace("app", name), { action, resource: "*" });
            return `${allowed} ${by}`;
        };
        assert.equal(may("bounded", "iam:GetRole"), "true identity-based policy");
        assert.equal(may("bounded", "iam:ListRoles"), "false permissions boundary");
        assert.equal(may("lost", "iam:GetRole"), "false permissions boundary");
    });

    it("leaves a role with just the policies of its exclusive attachments", async () => {
        const logs = "arn:aws:iam::aws:policy/CloudWatchLogsFullAccess";
        await role("app", { managedPolicyArns: ["arn:aws:iam::aws:policy/AdministratorAccess"] });
        const type = "aws:iam/rolePolicyAttachmentsExclusive:RolePolicyAttachmentsExclusive";
        await create(type, "x", { roleName: "app", policyArns: [logs] });
        assert.equal(iam.roleMay(APP, { action: "logs:PutLogEvents", resource: "*" }).allowed, true);
        assert.equal(iam.roleMay(APP, { action: "iam:ListRoles", resource: "*" }).allowed, false);
    });

    it("knows the region that a request is for", async () => {
        const inRegion = (region: string): string =>
            JSON.stringify({
                Statement: {
                    Effect: "Allow",
                    Action: "*",
                    Resource: "*",
                    Condition: { StringEquals: { "aws:RequestedRegion": region } },
                },
            });
        await role("here", { inlinePolicies: [{ name: "p", policy: inRegion("eu-west-1") }] });
        await role("there", { inlinePolicies: [{ name: "p", policy: inRegion("us-east-1") }] });
        const access = { action: "sqs:SendMessage", resource: "*" };
        assert.equal(iam.roleMay(APP.replace("app", "here"), access).allowed, true);
        assert.equal(iam.roleMay(APP.replace("app", "there"), access).allowed, false);
    });

    it("lets a service assume a role that guards against other accounts", async () => {
        const guarded = (account: string): string =>
            JSON.stringify({
                Statement: {
                    Effect: "Allow",
                    Principal: { Service: "scheduler.amazonaws.com" },
                    Action: "sts:AssumeRole",
                    Condition: { StringEquals: { "aws:SourceAccount": account } },
                },
            });
        await role("own", { assumeRolePolicy: guarded(ACCOUNT) });
        await role("other", { assumeRolePolicy: guarded("999999999999") });
        const session = (name: string): unknown =>
            iam.serviceSession(APP.replace("app", name), "scheduler.amazonaws.com", "s");
        session("own");
        assert.throws(() => session("other"), /role\/other cannot be assumed by scheduler/);
    });

    it("refuses malformed policies as they are created", async () => {
        await assert.rejects(role("bad", { assumeRolePolicy: allowing("sts:AssumeRole") }), {
            name: "MalformedPolicyDocument",
        });
        await role("app", {});
        const policy = trust("*");
        await assert.rejects(create("aws:iam/rolePolicy:RolePolicy", "bad", { role: "app", policy }), /a Principal/);
    });

    it("weighs a policy whatever its Principal", () => {
        const statement = { Effect: "Allow", Action: "execute-api:Invoke", Resource: "arn:api/live/*" };
        const weigh = (more: object, sourceIp = "192.0.2.1"): boolean =>
            iam.evaluatePolicy(JSON.stringify({ Version: "2012-10-17", Statement: [{ ...statement, ...more }] }), {
                action: "execute-api:Invoke",
                resource: "arn:api/live/GET/orders",
                sourceIp,
            });
        assert.equal(weigh({}), true);
        assert.equal(weigh({ Principal: { AWS: APP } }), true);
        assert.equal(weigh({ Resource: "arn:api/test/*" }), false);
        const fromOffice = { Condition: { IpAddress: { "aws:SourceIp": "192.0.2.0/24" } } };
        assert.equal(weigh(fromOffice), true);
        assert.equal(weigh(fromOffice, "198.51.100.1"), false);
        assert.throws(() => weigh({ Resource: undefined }), { name: "MalformedPolicyDocument" });
    });

    it("refuses the unsigned, unless the resource's own policy is open to all", () => {
        const anonymous = { kind: "anonymous", arn: "", userId: "", accessKeyId: "" } as const;
        const access = { action: "execute-api:Invoke", resource: "arn:api" };
        const open = { Effect: "Allow", Action: "execute-api:Invoke", Resource: "arn:api" };
        const policy = (Principal: unknown): string =>
            JSON.stringify({ Version: "2012-10-17", Statement: { ...open, Principal } });
        assert.throws(() => iam.authorize(anonymous, access), { name: "MissingAuthenticationTokenException" });
        assert.equal(iam.decide(anonymous, access, policy("*")).allowed, true);
        assert.equal(iam.decide(anonymous, access, policy({ AWS: APP })).allowed, false);
        assert.equal(iam.decide(anonymous, access, policy({ AWS: ACCOUNT })).allowed, false);
    });
});
