import assert from "node:assert/strict";

import {
    GetRoleCommand,
    GetRolePolicyCommand,
    IAMClient,
    ListAttachedRolePoliciesCommand,
    ListRolesCommand,
    SimulatePrincipalPolicyCommand,
} from "@aws-sdk/client-iam";
import { AssumeRoleCommand, GetCallerIdentityCommand, STSClient } from "@aws-sdk/client-sts";

import type { Properties, Resource } from "../../../graph/model";
import { VirtualClock } from "../../../local/clock";
import { type Endpoint, startEndpoint } from "../../../local/endpoint/server";
import { Iam } from "../../../local/iam";
import { Sts } from "../../../local/sts";

const ACCOUNT = "123456789012";
const APP = `arn:aws:iam::${ACCOUNT}:role/app`;

function trust(Principal: unknown): string {
    return JSON.stringify({
        Version: "2012-10-17",
        Statement: [{ Effect: "Allow", Principal, Action: "sts:AssumeRole" }],
    });
}

function allowing(Action: string, Resource = "*"): string {
    return JSON.stringify({ Version: "2012-10-17", Statement: [{ Effect: "Allow", Action, Resource }] });
}

describe("IAM and STS in the local cloud", () => {
    let clock: VirtualClock;
    let iam: Iam;
    let endpoint: Endpoint;
    const clients: { destroy(): void }[] = [];

    async function create(type: string, name: string, inputs: Properties, outputs: Properties = {}): Promise<void> {
        const resource = { type, name, inputs, outputs: { name, ...outputs }, id: String(outputs["id"] ?? name) };
        await iam.materialisers[type]?.create(resource as unknown as Resource);
    }

    function role(name: string, inputs: Properties): Promise<void> {
        const outputs = { arn: `arn:aws:iam::${ACCOUNT}:role/${name}`, uniqueId: `AROA${name.toUpperCase()}` };
        return create("aws:iam/role:Role", name, inputs, outputs);
    }

    beforeEach(async () => {
        clock = new VirtualClock(Date.now());
        iam = new Iam({ clock, account: ACCOUNT });
        const sts = new Sts({ iam, account: ACCOUNT });
        endpoint = await startEndpoint({
            port: 0,
            region: "eu-west-1",
            account: ACCOUNT,
            iam,
            services: [iam.service, sts.service],
            routes: [],
        });
        await role("app", { assumeRolePolicy: trust({ Service: "lambda.amazonaws.com" }) });
        await create("aws:iam/rolePolicy:RolePolicy", "inline", { role: "app", policy: allowing("iam:GetRole", APP) });
    });

    afterEach(async () => {
        for (const client of clients.splice(0)) client.destroy();
        await endpoint.close();
    });

    function clientOptions(credentials: object): object {
        return { endpoint: endpoint.url, region: "eu-west-1", credentials };
    }
    const developer = { accessKeyId: "any", secretAccessKey: "any" };

    function iamClient(credentials: object): IAMClient {
        const client = new IAMClient(clientOptions(credentials));
        clients.push(client);
        return client;
    }

    function stsClient(credentials: object): STSClient {
        const client = new STSClient(clientOptions(credentials));
        clients.push(client);
        return client;
    }

    it("takes a key that it did not issue for the administrator's", async () => {
        const identity = await stsClient(developer).send(new GetCallerIdentityCommand({}));
        assert.equal(identity.Account, ACCOUNT);
        assert.equal(identity.Arn, `arn:aws:iam::${ACCOUNT}:user/developer`);
        const { Roles = [] } = await iamClient(developer).send(new ListRolesCommand({}));
        assert.deepEqual(
            Roles.map(({ RoleName }) => RoleName),
            ["app"],
        );
    });

    it("lets a service's session do what the role's policies allow, and says who may not do what", async () => {
        const session = iam.serviceSession(APP, "lambda.amazonaws.com", "fn");
        const client = iamClient(session);
        const { Role } = await client.send(new GetRoleCommand({ RoleName: "app" }));
        assert.equal(Role?.Arn, APP);
        await assert.rejects(client.send(new ListRolesCommand({})), (error: Error) => {
            assert.equal(
                error.message,
                `User: arn:aws:sts::${ACCOUNT}:assumed-role/app/fn is not authorized to perform: iam:ListRoles ` +
                    "on resource: * because no identity-based policy allows the iam:ListRoles action. " +
                    'It lacks the statement {"Effect":"Allow","Action":"iam:ListRoles","Resource":"*"}',
            );
            assert.match(error.name, /^AccessDenied/);
            return true;
        });
    });

    it("says so when a policy denies explicitly", async () => {
        const document = JSON.stringify({
            Version: "2012-10-17",
            Statement: [{ Effect: "Deny", Action: "*", Resource: "*" }],
        });
        await create("aws:iam/rolePolicy:RolePolicy", "deny", { role: "app", policy: document });
        const client = iamClient(iam.serviceSession(APP, "lambda.amazonaws.com", "fn"));
        await assert.rejects(
            client.send(new GetRoleCommand({ RoleName: "app" })),
            /with an explicit deny in an identity-based policy$/,
        );
    });

    it("gives no session to a service that the role does not trust", () => {
        assert.throws(() => iam.serviceSession(APP, "states.amazonaws.com", "x"), /cannot be assumed by states/);
        assert.throws(() => iam.serviceSession(`${APP}x`, "lambda.amazonaws.com", "x"), /does not exist/);
    });

    it("refuses its own keys when they are used wrongly", async () => {
        const session = iam.serviceSession(APP, "lambda.amazonaws.com", "fn");
        const wrong: [object, string][] = [
            [{ ...session, secretAccessKey: "other" }, "SignatureDoesNotMatch"],
            [{ ...session, sessionToken: "other" }, "InvalidClientTokenId"],
            [{ ...session, sessionToken: undefined }, "InvalidClientTokenId"],
            [{ ...session, accessKeyId: "ASIAQUINTETNOBODYS" }, "InvalidClientTokenId"],
        ];
        for (const [credentials, name] of wrong) {
            await assert.rejects(iamClient(credentials).send(new GetRoleCommand({ RoleName: "app" })), { name });
        }
    });

    it("ends assumed sessions in time", async () => {
        await role("admin", {
            assumeRolePolicy: trust({ AWS: ACCOUNT }),
            managedPolicyArns: ["arn:aws:iam::aws:policy/AdministratorAccess"],
        });
        const assumed = await stsClient(developer).send(
            new AssumeRoleCommand({
                RoleArn: APP.replace("app", "admin"),
                RoleSessionName: "me",
                DurationSeconds: 900,
            }),
        );
        assert.equal(assumed.AssumedRoleUser?.Arn, `arn:aws:sts::${ACCOUNT}:assumed-role/admin/me`);
        const {
            AccessKeyId: accessKeyId = "",
            SecretAccessKey: secretAccessKey = "",
            SessionToken: sessionToken,
        } = assumed.Credentials ?? {};
        const client = iamClient({ accessKeyId, secretAccessKey, sessionToken });
        await client.send(new ListRolesCommand({}));
        await clock.advance(901_000);
        await assert.rejects(client.send(new ListRolesCommand({})), { name: "ExpiredToken" });
    });

    it("lets a role be assumed only by whom it trusts, on its conditions, within its session policy", async () => {
        const arn = APP.replace("app", "partner");
        await role("partner", {
            assumeRolePolicy: JSON.stringify({
                Version: "2012-10-17",
                Statement: [
                    {
                        Effect: "Allow",
                        Principal: { AWS: `arn:aws:iam::${ACCOUNT}:user/developer` },
                        Action: "sts:AssumeRole",
                        Condition: { StringEquals: { "sts:ExternalId": "42" } },
                    },
                ],
            }),
            managedPolicyArns: ["arn:aws:iam::aws:policy/AdministratorAccess"],
        });
        const sts = stsClient(developer);
        const request = { RoleArn: arn, RoleSessionName: "me" };
        await assert.rejects(sts.send(new AssumeRoleCommand(request)), /not authorized to perform: sts:AssumeRole/);
        await assert.rejects(sts.send(new AssumeRoleCommand({ ...request, RoleArn: APP })), /not authorized/);
        const { Credentials } = await sts.send(
            new AssumeRoleCommand({ ...request, ExternalId: "42", Policy: allowing("iam:GetRole") }),
        );
        const client = iamClient({
            accessKeyId: Credentials?.AccessKeyId,
            secretAccessKey: Credentials?.SecretAccessKey,
            sessionToken: Credentials?.SessionToken,
        });
        await client.send(new GetRoleCommand({ RoleName: "app" }));
        await assert.rejects(client.send(new ListRolesCommand({})), /no session policy allows/);
    });

    it("knows users by their access keys", async () => {
        const arn = `arn:aws:iam::${ACCOUNT}:user/ci`;
        await create("aws:iam/user:User", "ci", {}, { arn, uniqueId: "AIDACI" });
        await create("aws:iam/userPolicy:UserPolicy", "p", { user: "ci", policy: allowing("iam:ListRoles") });
        await create("aws:iam/accessKey:AccessKey", "k", { user: "ci" }, { id: "AKIA1", secret: "s3cret" });
        const credentials = { accessKeyId: "AKIA1", secretAccessKey: "s3cret" };
        assert.equal((await stsClient(credentials).send(new GetCallerIdentityCommand({}))).Arn, arn);
        await iamClient(credentials).send(new ListRolesCommand({}));
        await assert.rejects(iamClient(credentials).send(new GetRoleCommand({ RoleName: "app" })), /not authorized/);
    });

    it("refuses a key that is switched off", async () => {
        const arn = `arn:aws:iam::${ACCOUNT}:user/ci`;
        await create("aws:iam/user:User", "ci", {}, { arn, uniqueId: "AIDACI" });
        const key = { user: "ci", status: "Inactive" };
        await create("aws:iam/accessKey:AccessKey", "k", key, { id: "AKIA2", secret: "s3cret" });
        await assert.rejects(
            iamClient({ accessKeyId: "AKIA2", secretAccessKey: "s3cret" }).send(new ListRolesCommand({})),
            { name: "InvalidClientTokenId" },
        );
    });

    it("attaches managed policies, the account's and AWS's, and lists those it does not know", async () => {
        const arn = `arn:aws:iam::${ACCOUNT}:policy/read`;
        await create("aws:iam/policy:Policy", "read", { policy: allowing("iam:ListRoles") }, { arn });
        const attach = (policyArn: string): Promise<void> =>
            create("aws:iam/rolePolicyAttachment:RolePolicyAttachment", policyArn, { role: "app", policyArn });
        await attach(arn);
        await attach("arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole");
        await attach("arn:aws:iam::aws:policy/AmazonBraketFullAccess");
        await assert.rejects(attach(`${arn}-missing`), /does not exist/);
        const { AttachedPolicies = [] } = await iamClient(developer).send(
            new ListAttachedRolePoliciesCommand({ RoleName: "app" }),
        );
        assert.equal(AttachedPolicies.length, 3);
        assert.deepEqual(iam.unknownManagedPolicies, ["arn:aws:iam::aws:policy/AmazonBraketFullAccess"]);
        await iamClient(iam.serviceSession(APP, "lambda.amazonaws.com", "fn")).send(new ListRolesCommand({}));
    });

    it("shows a role's inline policies as IAM does", async () => {
        const answer = await iamClient(developer).send(
            new GetRolePolicyCommand({ RoleName: "app", PolicyName: "inline" }),
        );
        assert.equal(decodeURIComponent(answer.PolicyDocument ?? ""), allowing("iam:GetRole", APP));
        await assert.rejects(
            iamClient(developer).send(new GetRoleCommand({ RoleName: "nobody" })),
            /role with name nobody cannot be found/,
        );
    });

    it("simulates what a role may do", async () => {
        const { EvaluationResults = [] } = await iamClient(developer).send(
            new SimulatePrincipalPolicyCommand({
                PolicySourceArn: APP,
                ActionNames: ["iam:GetRole", "iam:ListRoles"],
                ResourceArns: [APP],
            }),
        );
        assert.deepEqual(
            EvaluationResults.map(({ EvalDecision }) => EvalDecision),
            ["allowed", "implicitDeny"],
        );
        assert.deepEqual(
            EvaluationResults.map(({ MatchedStatements = [] }) =>
                MatchedStatements.map((found) => found.SourcePolicyId),
            ),
            [["inline"], []],
        );
    });

    it("simulates with the condition keys that it is given", async () => {
        const document = JSON.stringify({
            Version: "2012-10-17",
            Statement: {
                Effect: "Allow",
                Action: "dynamodb:GetItem",
                Resource: "*",
                Condition: { "ForAllValues:StringLike": { "dynamodb:LeadingKeys": ["a*"] } },
            },
        });
        await create("aws:iam/rolePolicy:RolePolicy", "keys", { role: "app", policy: document });
        const decisions = [["a1"], ["a1", "b1"]].map(async (ContextKeyValues) => {
            const { EvaluationResults = [] } = await iamClient(developer).send(
                new SimulatePrincipalPolicyCommand({
                    PolicySourceArn: APP,
                    ActionNames: ["dynamodb:GetItem"],
                    ContextEntries: [
                        { ContextKeyName: "dynamodb:LeadingKeys", ContextKeyValues, ContextKeyType: "stringList" },
                    ],
                }),
            );
            return EvaluationResults[0]?.EvalDecision;
        });
        assert.deepEqual(await Promise.all(decisions), ["allowed", "implicitDeny"]);
    });

    it("judges a service by a resource's policy and its source", () => {
        const resourcePolicy = JSON.stringify({
            Version: "2012-10-17",
            Statement: [
                {
                    Effect: "Allow",
                    Principal: { Service: "apigateway.amazonaws.com" },
                    Action: "lambda:InvokeFunction",
                    Resource: "arn:fn",
                    Condition: {
                        ArnLike: { "AWS:SourceArn": "arn:aws:execute-api:eu-west-1:123456789012:api/live/GET/*" },
                    },
                },
            ],
        });
        const may = (service: string, path: string): boolean =>
            iam.serviceMayAct({
                service,
                action: "lambda:InvokeFunction",
                resource: "arn:fn",
                sourceArn: `arn:aws:execute-api:eu-west-1:123456789012:api/live/${path}`,
                resourcePolicy,
            });
        assert.equal(may("apigateway.amazonaws.com", "GET/orders"), true);
        assert.equal(may("apigateway.amazonaws.com", "POST/orders"), false);
        assert.equal(may("sns.amazonaws.com", "GET/orders"), false);
    });
});
