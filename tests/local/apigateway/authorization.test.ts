import assert from "node:assert/strict";

import {
    APIGatewayClient,
    GetApiKeysCommand,
    GetResourcesCommand,
    GetRestApisCommand,
    GetStageCommand,
    GetUsageCommand,
} from "@aws-sdk/client-api-gateway";

import { developerOnly, startEndpoint } from "../../../local/endpoint/server";
import { ACCOUNT, FUNCTION_URI, GatewayFixture, header, json, PROXY, REGION } from "./fixture";

const POOL = `arn:aws:cognito-idp:${REGION}:${ACCOUNT}:userpool/p1`;

function tokenHeader(type: string, authorizer: object): object {
    return {
        caller: {
            type: "apiKey",
            name: "Authorization",
            in: "header",
            "x-amazon-apigateway-authtype": type,
            "x-amazon-apigateway-authorizer": authorizer,
        },
    };
}

describe("a Cognito authorizer", () => {
    let gateway: GatewayFixture;

    beforeEach(async () => {
        gateway = new GatewayFixture();
        await gateway.deploy(
            {
                "/scoped": { get: { ...PROXY, security: [{ caller: ["orders/read"] }] } },
                "/any": { get: { ...PROXY, security: [{ caller: [] }] } },
            },
            {
                securityDefinitions: tokenHeader("cognito_user_pools", {
                    type: "cognito_user_pools",
                    providerARNs: [POOL],
                }),
            },
        );
    });

    const status = async (path: string, token?: string): Promise<number> =>
        (await gateway.ask({ path, headers: token === undefined ? {} : { Authorization: token } })).status;

    it("lets tokens with one of the route's scopes in", async () => {
        assert.equal(await status("/scoped", "Bearer valid|orders/read"), 200);
        assert.equal(await status("/scoped", "valid|orders/write orders/read"), 200);
        const claims = (gateway.events[0]?.["requestContext"] as { authorizer: { claims: object } }).authorizer.claims;
        assert.deepEqual(claims, { sub: "ada", scope: "orders/read", token_use: "access" });
    });

    it("answers 401 to no and wrong tokens, 403 to the wrong scope", async () => {
        assert.equal(await status("/scoped"), 401);
        assert.equal(await status("/scoped", "Bearer wrong"), 401);
        assert.equal(await status("/scoped", "Bearer valid|orders/write"), 403);
    });

    it("takes ID tokens only where no scope is asked for", async () => {
        assert.equal(await status("/any", "valid||id"), 200);
        assert.notEqual(await status("/scoped", "valid|orders/read|id"), 200);
    });
});

describe("a Lambda authorizer", () => {
    let gateway: GatewayFixture;
    let calls: number;

    beforeEach(async () => {
        gateway = new GatewayFixture();
        calls = 0;
        gateway.answer = (event) => {
            if (event["type"] !== "TOKEN") return { statusCode: 200, body: "in" };
            calls++;
            const token = String(event["authorizationToken"]);
            if (token === "Bearer unknown") throw Object.assign(new Error("Unauthorized"), { name: "FunctionError" });
            if (token === "Bearer breaks") throw Object.assign(new Error("broken"), { name: "FunctionError" });
            return {
                principalId: "ada",
                context: { scope: "x" },
                policyDocument: {
                    Version: "2012-10-17",
                    Statement: [
                        {
                            Effect: token === "Bearer deny" ? "Deny" : "Allow",
                            Action: "execute-api:Invoke",
                            Resource: String(event["methodArn"]).replace(/GET.*/, "*"),
                        },
                    ],
                },
            };
        };
        const authorizer = {
            type: "token",
            authorizerUri: FUNCTION_URI,
            identityValidationExpression: "^Bearer .*$",
            authorizerResultTtlInSeconds: 60,
        };
        await gateway.deploy(
            {
                "/a": { get: { ...PROXY, security: [{ caller: [] }] } },
                "/b": { get: { ...PROXY, security: [{ caller: [] }] } },
            },
            { securityDefinitions: tokenHeader("custom", authorizer) },
        );
    });

    const ask = (token: string, path = "/a") => gateway.ask({ path, headers: { Authorization: token } });

    it("decides by the policy that its function returns", async () => {
        assert.equal((await ask("Bearer good")).status, 200);
        assert.equal((await ask("Bearer deny")).status, 403);
        const { authorizer } = gateway.events.at(-2)?.["requestContext"] as { authorizer: Record<string, unknown> };
        assert.equal(authorizer["principalId"] ?? "ada", "ada");
    });

    it("answers 401 to tokens that do not even look right, without asking, and to Unauthorized", async () => {
        assert.equal((await ask("nonsense")).status, 401);
        assert.equal((await gateway.ask({ path: "/a" })).status, 401);
        assert.equal(calls, 0);
    });

    it("asks once for each token and minute, whichever route", async () => {
        await ask("Bearer good", "/a");
        await ask("Bearer good", "/b");
        assert.equal(calls, 1);
        await gateway.clock.advance(61_000);
        await ask("Bearer good", "/a");
        assert.equal(calls, 2);
    });

    it("answers 500 where its function fails otherwise", async () => {
        assert.equal((await ask("Bearer breaks")).status, 500);
    });
});

describe("API keys and usage plans", () => {
    let gateway: GatewayFixture;

    beforeEach(async () => {
        gateway = new GatewayFixture();
        await gateway.deploy(
            { "/a": { get: { ...PROXY, security: [{ api_key: [] }] } } },
            { securityDefinitions: { api_key: { type: "apiKey", name: "x-api-key", in: "header" } } },
        );
        await gateway.create("aws:apigateway/usagePlan:UsagePlan", "plan1", {
            apiStages: [{ apiId: gateway.restApi, stage: "live" }],
            quotaSettings: { limit: 4, period: "DAY" },
            throttleSettings: { rateLimit: 1, burstLimit: 2 },
        });
        await gateway.create("aws:apigateway/apiKey:ApiKey", "key1", {}, { value: "0123456789abcdefghij" });
        await gateway.create("aws:apigateway/usagePlanKey:UsagePlanKey", "planKey1", {
            keyId: "key1",
            keyType: "API_KEY",
            usagePlanId: "plan1",
        });
    });

    const ask = (key?: string) => gateway.ask({ path: "/a", headers: key === undefined ? {} : { "x-api-key": key } });

    it("let known keys in and no others", async () => {
        assert.equal((await ask("0123456789abcdefghij")).status, 200);
        for (const key of [undefined, "other"]) {
            const response = await ask(key);
            assert.equal(response.status, 403);
            assert.deepEqual(json(response), { message: "Forbidden" });
        }
    });

    it("limit rate, then quota, and begin again the next day", async () => {
        const statuses: number[] = [];
        for (let time = 0; time < 3; time++) statuses.push((await ask("0123456789abcdefghij")).status);
        assert.deepEqual(statuses, [200, 200, 429]);
        for (let time = 0; time < 2; time++) {
            await gateway.clock.advance(1_000);
            assert.equal((await ask("0123456789abcdefghij")).status, 200);
        }
        await gateway.clock.advance(10_000);
        const over = await ask("0123456789abcdefghij");
        assert.equal(over.status, 429);
        assert.deepEqual(json(over), { message: "Limit Exceeded" });
        await gateway.clock.advance(24 * 60 * 60 * 1000);
        assert.equal((await ask("0123456789abcdefghij")).status, 200);
    });

    it("are shown by the AWS SDK", async () => {
        await ask("0123456789abcdefghij");
        const endpoint = await startEndpoint({
            port: 0,
            region: REGION,
            account: ACCOUNT,
            iam: developerOnly,
            services: [gateway.gateway.service],
            routes: [],
        });
        const client = new APIGatewayClient({
            endpoint: endpoint.url,
            region: REGION,
            credentials: { accessKeyId: "a", secretAccessKey: "b" },
        });
        try {
            const restApiId = gateway.restApi;
            assert.deepEqual(
                (await client.send(new GetRestApisCommand({}))).items?.map(({ id }) => id),
                [restApiId],
            );
            const { items = [] } = await client.send(new GetResourcesCommand({ restApiId, embed: ["methods"] }));
            assert.deepEqual(items.map(({ path }) => path).sort(), ["/", "/a"]);
            assert.equal((await client.send(new GetStageCommand({ restApiId, stageName: "live" }))).deploymentId, "d1");
            const [key] = (await client.send(new GetApiKeysCommand({ includeValues: true }))).items ?? [];
            assert.equal(key?.value, "0123456789abcdefghij");
            const usage = await client.send(
                new GetUsageCommand({ usagePlanId: "plan1", startDate: "2026-01-01", endDate: "2026-01-01" }),
            );
            assert.deepEqual(usage.items?.["key1"], [[1, 3]]);
            await assert.rejects(client.send(new GetStageCommand({ restApiId, stageName: "other" })), {
                name: "NotFoundException",
            });
        } finally {
            client.destroy();
            await endpoint.close();
        }
    });
});

describe("IAM authorization and resource policies", () => {
    it("ask callers to sign", async () => {
        const gateway = new GatewayFixture();
        await gateway.deploy({ "/a": { get: { ...PROXY, "x-amazon-apigateway-auth": { type: "AWS_IAM" } } } });
        assert.equal((await gateway.ask({ path: "/a" })).status, 403);
    });

    it("close a stage to everybody", async () => {
        const gateway = new GatewayFixture();
        const invoke = { Principal: "*", Action: "execute-api:Invoke" };
        await gateway.deploy(
            { "/a": { get: PROXY }, "/b": { get: PROXY } },
            {
                "x-amazon-apigateway-policy": {
                    Version: "2012-10-17",
                    Statement: [
                        { Effect: "Allow", ...invoke, Resource: ["execute-api:/*"] },
                        { Effect: "Deny", ...invoke, Resource: ["execute-api:/live/GET/b"] },
                    ],
                },
            },
        );
        assert.equal((await gateway.ask({ path: "/a" })).status, 200);
        const denied = await gateway.ask({ path: "/b" });
        assert.equal(denied.status, 403);
        assert.match(String(denied.body), /explicit deny/);
        assert.equal(header(denied, "x-amzn-ErrorType"), "AccessDeniedException");
    });
});

describe("throttling", () => {
    it("of one method leaves the others alone and says when to come back", async () => {
        const gateway = new GatewayFixture();
        await gateway.deploy(
            { "/a": { get: PROXY }, "/b": { get: PROXY } },
            {
                "x-amazon-apigateway-gateway-responses": {
                    THROTTLED: { statusCode: 429, responseParameters: { "gatewayresponse.header.Retry-After": "'1'" } },
                },
            },
        );
        const limit = (methodPath: string, rate: number, burst: number) =>
            gateway.create("aws:apigateway/methodSettings:MethodSettings", methodPath, {
                restApi: gateway.restApi,
                stageName: "live",
                methodPath,
                settings: { throttlingRateLimit: rate, throttlingBurstLimit: burst },
            });
        await limit("*/*", 100, 100);
        await limit("a/GET", 2, 1);
        assert.equal((await gateway.ask({ path: "/a" })).status, 200);
        const throttled = await gateway.ask({ path: "/a" });
        assert.equal(throttled.status, 429);
        assert.equal(header(throttled, "Retry-After"), "1");
        assert.equal((await gateway.ask({ path: "/b" })).status, 200);
        await gateway.clock.advance(500);
        assert.equal((await gateway.ask({ path: "/a" })).status, 200);
    });
});
