import assert from "node:assert/strict";

import { AssumeRoleCommand, GetCallerIdentityCommand, GetSessionTokenCommand, STSClient } from "@aws-sdk/client-sts";

import type { Resource } from "../../../graph/model";
import { VirtualClock } from "../../../local/clock";
import { type Endpoint, startEndpoint } from "../../../local/endpoint/server";
import { Iam } from "../../../local/iam";
import { Sts } from "../../../local/sts";

const ACCOUNT = "123456789012";
const APP = `arn:aws:iam::${ACCOUNT}:role/app`;

interface Keys {
    AccessKeyId?: string;
    SecretAccessKey?: string;
    SessionToken?: string;
}

describe("STS", () => {
    let clock: VirtualClock;
    let iam: Iam;
    let endpoint: Endpoint;
    const clients: STSClient[] = [];

    beforeEach(async () => {
        clock = new VirtualClock(Date.now());
        iam = new Iam({ clock, account: ACCOUNT, region: "eu-west-1" });
        const services = [new Sts({ iam, account: ACCOUNT }).service];
        endpoint = await startEndpoint({ port: 0, region: "eu-west-1", account: ACCOUNT, iam, services, routes: [] });
        await createRole({ AWS: ACCOUNT }, { maxSessionDuration: 7200 });
    });

    afterEach(async () => {
        for (const client of clients.splice(0)) client.destroy();
        await endpoint.close();
    });

    async function createRole(principal: unknown, inputs: object = {}): Promise<void> {
        const assumeRolePolicy = JSON.stringify({
            Version: "2012-10-17",
            Statement: { Effect: "Allow", Principal: principal, Action: "sts:AssumeRole" },
        });
        const managedPolicyArns = ["arn:aws:iam::aws:policy/AdministratorAccess"];
        const outputs = { name: "app", arn: APP, uniqueId: "AROAAPP" };
        const resource = { inputs: { assumeRolePolicy, managedPolicyArns, ...inputs }, outputs };
        await iam.materialisers["aws:iam/role:Role"]?.create(resource as unknown as Resource);
    }

    async function createUser(): Promise<void> {
        const user = {
            inputs: {},
            outputs: { name: "ci", arn: `arn:aws:iam::${ACCOUNT}:user/ci`, uniqueId: "AIDACI" },
        };
        await iam.materialisers["aws:iam/user:User"]?.create(user as unknown as Resource);
        const key = { id: "AKIACI", inputs: { user: "ci" }, outputs: { secret: "s3cret" } };
        await iam.materialisers["aws:iam/accessKey:AccessKey"]?.create(key as unknown as Resource);
    }

    function client(keys: Keys = { AccessKeyId: "any", SecretAccessKey: "any" }): STSClient {
        const {
            AccessKeyId: accessKeyId = "",
            SecretAccessKey: secretAccessKey = "",
            SessionToken: sessionToken,
        } = keys;
        const credentials = { accessKeyId, secretAccessKey, sessionToken };
        const made = new STSClient({ endpoint: endpoint.url, region: "eu-west-1", credentials });
        clients.push(made);
        return made;
    }

    function assume(DurationSeconds?: number): AssumeRoleCommand {
        return new AssumeRoleCommand({ RoleArn: APP, RoleSessionName: "me", DurationSeconds });
    }

    it("gives a session that ends when it says", async () => {
        const { Credentials, AssumedRoleUser } = await client().send(assume());
        assert.equal(Credentials?.Expiration?.getTime(), clock.now() + 3_600_000);
        assert.equal(AssumedRoleUser?.AssumedRoleId, "AROAAPP:me");
        const sts = client(Credentials);
        const { UserId, Arn } = await sts.send(new GetCallerIdentityCommand({}));
        assert.deepEqual([UserId, Arn], ["AROAAPP:me", `arn:aws:sts::${ACCOUNT}:assumed-role/app/me`]);
        await clock.advance(3_599_999);
        await sts.send(new GetCallerIdentityCommand({}));
        await clock.advance(1);
        await assert.rejects(sts.send(new GetCallerIdentityCommand({})), /security token .+ is expired/);
    });

    it("keeps sessions to the lengths that the role and AWS allow", async () => {
        await client().send(assume(7200));
        await assert.rejects(client().send(assume(7201)), /exceeds the MaxSessionDuration set for this role/);
        await assert.rejects(client().send(assume(899)), /greater than or equal to 900/);
        const { Credentials } = await client().send(assume());
        await client(Credentials).send(assume(3600));
        await assert.rejects(client(Credentials).send(assume(3601)), /role chaining/);
    });

    it("leaves it to a user's own policies where the role trusts the account", async () => {
        await createUser();
        const ci = client({ AccessKeyId: "AKIACI", SecretAccessKey: "s3cret" });
        await assert.rejects(ci.send(assume()), { name: "AccessDenied" });
        const policy = { Statement: { Effect: "Allow", Action: "sts:AssumeRole", Resource: APP } };
        const resource = { inputs: { user: "ci", policy: JSON.stringify(policy) }, outputs: { name: "p" } };
        await iam.materialisers["aws:iam/userPolicy:UserPolicy"]?.create(resource as unknown as Resource);
        await ci.send(assume());
    });

    it("needs no policy of a user whom the role trusts by name, but heeds a Deny", async () => {
        await createUser();
        await createRole({ AWS: `arn:aws:iam::${ACCOUNT}:user/ci` });
        const ci = client({ AccessKeyId: "AKIACI", SecretAccessKey: "s3cret" });
        await ci.send(assume());
        const policy = { Statement: { Effect: "Deny", Action: "sts:*", Resource: "*" } };
        const resource = { inputs: { user: "ci", policy: JSON.stringify(policy) }, outputs: { name: "p" } };
        await iam.materialisers["aws:iam/userPolicy:UserPolicy"]?.create(resource as unknown as Resource);
        await assert.rejects(ci.send(assume()), { name: "AccessDenied" });
    });

    it("refuses session names that AWS refuses", async () => {
        for (const RoleSessionName of ["x", "with space", "ü".repeat(3)]) {
            await assert.rejects(client().send(new AssumeRoleCommand({ RoleArn: APP, RoleSessionName })), {
                name: "ValidationError",
            });
        }
    });

    it("gives session tokens to the developer and to users, not to sessions", async () => {
        await createUser();
        for (const keys of [undefined, { AccessKeyId: "AKIACI", SecretAccessKey: "s3cret" }]) {
            const { Arn } = await client(keys).send(new GetCallerIdentityCommand({}));
            const { Credentials } = await client(keys).send(new GetSessionTokenCommand({ DurationSeconds: 900 }));
            const session = client(Credentials);
            assert.equal((await session.send(new GetCallerIdentityCommand({}))).Arn, Arn);
            await assert.rejects(session.send(new GetSessionTokenCommand({})), { name: "AccessDenied" });
            await clock.advance(900_000);
            await assert.rejects(session.send(new GetCallerIdentityCommand({})), /is expired/);
        }
        await assert.rejects(client().send(new GetSessionTokenCommand({ DurationSeconds: 129_601 })), /129600/);
    });

    it("refuses requests that are signed for another time", async () => {
        await createUser();
        const keys = { accessKeyId: "AKIACI", secretAccessKey: "s3cret" };
        const options = { endpoint: endpoint.url, region: "eu-west-1", credentials: keys, maxAttempts: 1 };
        const late = new STSClient({ ...options, systemClockOffset: -20 * 60_000 });
        clients.push(late);
        await assert.rejects(late.send(new GetCallerIdentityCommand({})), { name: "RequestExpired" });
        // A function's time is this cloud's, which may have been moved on.
        await clock.advance(20 * 60_000);
        const moved = new STSClient({ ...options, systemClockOffset: 20 * 60_000 });
        clients.push(moved);
        await moved.send(new GetCallerIdentityCommand({}));
    });
});
