import assert from "node:assert/strict";

import {
    GetAliasCommand,
    GetFunctionCommand,
    GetPolicyCommand,
    InvokeCommand,
    LambdaClient,
    ListFunctionsCommand,
    PutFunctionConcurrencyCommand,
} from "@aws-sdk/client-lambda";

import { developerOnly, type Endpoint, startEndpoint } from "../../../local/endpoint/server";
import { ServiceError } from "../../../local/errors";
import { ACCOUNT, LambdaFixture, REGION } from "./fixture";

const ECHO = "exports.handler = async (event) => event;";
const FAILS = "exports.handler = async () => { console.log('attempt'); throw new Error('no'); };";

describe("invoking a function", () => {
    let fixture: LambdaFixture;

    beforeEach(() => {
        fixture = new LambdaFixture();
    });

    afterEach(() => fixture.lambda.close());

    function alias(functionName: string, name = "live"): Promise<void> {
        return fixture.create("aws:lambda/alias:Alias", name, { functionName, functionVersion: "1" });
    }

    it("takes names and ARNs, with and without an alias or version", async () => {
        await fixture.define("echo", ECHO);
        await alias("echo");
        const arn = `arn:aws:lambda:${REGION}:${ACCOUNT}:function:echo`;
        for (const reference of [
            "echo",
            "echo:live",
            "echo:1",
            "echo:$LATEST",
            arn,
            `${arn}:live`,
            `${ACCOUNT}:function:echo`,
        ]) {
            assert.equal((await fixture.call(reference, "x")).value, "x", reference);
        }
        for (const reference of ["other", "echo:dead", "echo:2", `${arn}:dead`]) {
            await assert.rejects(fixture.call(reference), { name: "ResourceNotFoundException" }, reference);
        }
    });

    it("by a service needs the permission of exactly what is invoked", async () => {
        await fixture.define("echo", ECHO);
        await alias("echo");
        await fixture.create("aws:lambda/permission:Permission", "gateway", {
            action: "lambda:InvokeFunction",
            function: "echo",
            qualifier: "live",
            principal: "apigateway.amazonaws.com",
            sourceArn: "arn:aws:execute-api:*",
        });
        const invoke = (functionArn: string, principal: string): Promise<unknown> =>
            fixture.lambda.invoke({ functionArn, payload: "1", principal, sourceArn: "arn:aws:execute-api:x" });
        await invoke("echo:live", "apigateway.amazonaws.com");
        await assert.rejects(invoke("echo", "apigateway.amazonaws.com"), { name: "AccessDeniedException" });
        await assert.rejects(invoke("echo:live", "sns.amazonaws.com"), { name: "AccessDeniedException" });
    });

    it("runs as many at once as are reserved and throttles the rest", async () => {
        await fixture.define("slow", "exports.handler = () => new Promise(() => console.log('waiting'));", {
            reservedConcurrentExecutions: 1,
            timeout: 5,
        });
        const waiting = fixture.logged(/waiting/);
        const first = fixture.call("slow");
        await waiting;
        await assert.rejects(fixture.call("slow"), { name: "TooManyRequestsException", status: 429 });
        await fixture.clock.advance(5_000);
        assert.equal((await first).functionError, "Unhandled");
        await fixture.define("off", ECHO, { reservedConcurrentExecutions: 0 });
        await assert.rejects(fixture.call("off"), { name: "TooManyRequestsException" });
    });

    it("runs in parallel, and beyond the environments in turn", async () => {
        fixture = new LambdaFixture({ maxEnvironments: 2 });
        await fixture.define("echo", ECHO);
        const answers = await Promise.all(Array.from({ length: 50 }, (_, at) => fixture.call("echo", at)));
        assert.deepEqual(
            answers.map(({ value }) => value),
            Array.from({ length: 50 }, (_, at) => at),
        );
        assert.ok(fixture.log.filter((line) => line.startsWith("INIT_START")).length <= 2);
    });

    it("ends environments that have been idle for minutes", async () => {
        await fixture.define("counter", "let count = 0; exports.handler = async () => ++count;");
        assert.equal((await fixture.call("counter")).value, 1);
        await fixture.clock.advance(11 * 60_000);
        assert.equal((await fixture.call("counter")).value, 1);
    });

    it("goes to the versions of an alias by their weights, each in environments of its own", async () => {
        await fixture.define("version", "exports.handler = async (event, context) => context.functionVersion;");
        await fixture.create("aws:lambda/alias:Alias", "canary", {
            functionName: "version",
            functionVersion: "1",
            routingConfig: { additionalVersionWeights: { "2": 0.5 } },
        });
        const versions = new Set<unknown>();
        for (let call = 0; call < 60; call++) {
            const { payload, executedVersion } = await fixture.lambda.invoke({
                functionArn: "version:canary",
                payload: "{}",
            });
            assert.equal(payload, JSON.stringify(executedVersion));
            versions.add(executedVersion);
        }
        assert.deepEqual([...versions].sort(), ["1", "2"]);
        assert.equal((await fixture.call("version")).value, "$LATEST");
    });

    it("counts all versions of a function against what it reserved", async () => {
        await fixture.define("slow", "exports.handler = () => new Promise(() => console.log('waiting'));", {
            reservedConcurrentExecutions: 1,
        });
        const waiting = fixture.logged(/waiting/);
        const first = fixture.call("slow:1");
        await waiting;
        await assert.rejects(fixture.call("slow"), { name: "TooManyRequestsException" });
        await fixture.clock.advance(3_000);
        await first;
    });

    it("is refused each time where Lambda may not take on the role", async () => {
        fixture = new LambdaFixture({
            iam: {
                serviceSession: () => {
                    throw new ServiceError("InvalidParameterValueException", "The role cannot be assumed.");
                },
                serviceMayAct: () => true,
                roleMay: () => ({ allowed: true }),
            },
        });
        await fixture.define("echo", ECHO);
        for (let time = 0; time < 2; time++) {
            await assert.rejects(fixture.call("echo"), { name: "InvalidParameterValueException" });
        }
    });

    it("refuses payloads above Lambda's limits", async () => {
        await fixture.define("echo", ECHO);
        const payload = JSON.stringify("x".repeat(6 * 1024 * 1024));
        await assert.rejects(fixture.lambda.invoke({ functionArn: "echo", payload }), {
            name: "RequestTooLargeException",
            status: 413,
        });
        assert.throws(() => fixture.lambda.invokeAsync({ functionArn: "echo", payload }), {
            name: "RequestTooLargeException",
        });
        await fixture.define("large", "exports.handler = async () => 'x'.repeat(7 * 1024 * 1024);");
        assert.equal(
            ((await fixture.call("large")).value as { errorType: string }).errorType,
            "Function.ResponseSizeTooLarge",
        );
    });

    describe("by the AWS SDK", () => {
        let endpoint: Endpoint;
        let client: LambdaClient;

        beforeEach(async () => {
            endpoint = await startEndpoint({
                port: 0,
                region: REGION,
                account: ACCOUNT,
                iam: developerOnly,
                services: [fixture.lambda.service],
                routes: [],
            });
            client = new LambdaClient({
                endpoint: endpoint.url,
                region: REGION,
                credentials: { accessKeyId: "local", secretAccessKey: "local" },
                maxAttempts: 1,
            });
            await fixture.define("echo", ECHO);
            await alias("echo");
        });

        afterEach(async () => {
            client.destroy();
            await endpoint.close();
        });

        it("answers with payload, version and the end of the log", async () => {
            const answer = await client.send(
                new InvokeCommand({ FunctionName: "echo", Qualifier: "live", Payload: '{"a":1}', LogType: "Tail" }),
            );
            assert.equal(answer.StatusCode, 200);
            assert.equal(answer.ExecutedVersion, "1");
            assert.equal(answer.Payload?.transformToString(), '{"a":1}');
            assert.match(Buffer.from(answer.LogResult ?? "", "base64").toString(), /START RequestId/);
        });

        it("tells a function's failure from Lambda's own", async () => {
            await fixture.define("fails", FAILS);
            const failed = await client.send(new InvokeCommand({ FunctionName: "fails" }));
            assert.equal(failed.FunctionError, "Unhandled");
            await assert.rejects(client.send(new InvokeCommand({ FunctionName: "none" })), {
                name: "ResourceNotFoundException",
            });
            await assert.rejects(client.send(new InvokeCommand({ FunctionName: "echo", Payload: "{" })), {
                name: "InvalidRequestContentException",
            });
        });

        it("accepts events, and dry runs without running", async () => {
            const ran = fixture.logged(/^REPORT/);
            const event = await client.send(new InvokeCommand({ FunctionName: "echo", InvocationType: "Event" }));
            assert.equal(event.StatusCode, 202);
            await ran;
            const before = fixture.log.length;
            const dry = await client.send(new InvokeCommand({ FunctionName: "echo", InvocationType: "DryRun" }));
            assert.equal(dry.StatusCode, 204);
            assert.equal(fixture.log.length, before);
        });

        it("describes functions, aliases and policies", async () => {
            const { Functions = [] } = await client.send(new ListFunctionsCommand({}));
            assert.deepEqual(
                Functions.map(({ FunctionName }) => FunctionName),
                ["echo"],
            );
            const { Configuration } = await client.send(new GetFunctionCommand({ FunctionName: "echo" }));
            assert.equal(Configuration?.Runtime, "nodejs24.x");
            assert.equal(Configuration?.FunctionArn, `arn:aws:lambda:${REGION}:${ACCOUNT}:function:echo`);
            const live = await client.send(new GetFunctionCommand({ FunctionName: "echo", Qualifier: "live" }));
            assert.match(live.Configuration?.FunctionArn ?? "", /:echo:live$/);
            assert.equal(live.Configuration?.Version, "1");
            await assert.rejects(client.send(new GetFunctionCommand({ FunctionName: "echo:live", Qualifier: "1" })), {
                name: "InvalidParameterValueException",
            });
            const { FunctionVersion } = await client.send(new GetAliasCommand({ FunctionName: "echo", Name: "live" }));
            assert.equal(FunctionVersion, "1");
            await assert.rejects(client.send(new GetPolicyCommand({ FunctionName: "echo" })), {
                name: "ResourceNotFoundException",
            });
        });

        it("changes the reserved concurrency", async () => {
            await client.send(
                new PutFunctionConcurrencyCommand({ FunctionName: "echo", ReservedConcurrentExecutions: 0 }),
            );
            await assert.rejects(client.send(new InvokeCommand({ FunctionName: "echo" })), {
                name: "TooManyRequestsException",
            });
            await assert.rejects(
                client.send(
                    new PutFunctionConcurrencyCommand({ FunctionName: "echo", ReservedConcurrentExecutions: 901 }),
                ),
                { name: "InvalidParameterValueException", message: /below its minimum value of \[100\]/ },
            );
        });
    });
});
