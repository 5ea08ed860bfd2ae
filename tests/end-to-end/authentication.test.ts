import assert from "node:assert/strict";

import { APIGatewayClient, GetUsageCommand, GetUsagePlansCommand } from "@aws-sdk/client-api-gateway";

import { OrdersClient } from "../../commands/demo/orders-client";
import { textOutput } from "../../commands/showcase/inside";
import { VirtualClock } from "../../local/clock";
import { placing, RunningStack } from "./running-stack";

describe("callers of the Orders API", () => {
    let stack: RunningStack | undefined;

    afterEach(async () => {
        await stack?.close();
        stack = undefined;
    });

    it("may be known by a Lambda authorizer", async () => {
        stack = await RunningStack.start({ auth: "lambda" });
        const ada = await stack.customer("ada@example.com");
        const { body } = await ada.expect(201, "/v1/orders", placing("lambda-auth-0001"));
        await ada.expect(200, `/v1/orders/${String(body["id"])}`);
        await ada.expect(403, "/v1/statuses/placed/orders");
        const grace = await stack.customer("grace@example.com", "staff");
        await grace.expect(200, "/v1/statuses/placed/orders");
        await stack.anonymous().expect(401, "/v1/orders");
        await new OrdersClient(stack.ordersUrl, "no.real.token").expect(401, "/v1/orders");
    });

    it("may sign their requests", async () => {
        stack = await RunningStack.start({ auth: "iam" });
        await stack.anonymous().expect(403, "/v1/orders");
        const unsigned = await fetch(`${stack.ordersUrl}/docs`);
        assert.equal(unsigned.status, 200);
        const signed = { authorization: developerSignature(stack.graph.region) };
        const { body } = await stack.anonymous().expect(200, "/v1/orders", { headers: signed });
        assert.deepEqual(body["orders"], []);
    });

    it("may bring an API key, which counts against its quota", async () => {
        stack = await RunningStack.start({
            auth: "apiKey",
            quota: { limit: 3, period: "DAY" },
            throttle: { rate: 100, burst: 100 },
        });
        await stack.anonymous().expect(403, "/v1/orders");
        await stack.anonymous().expect(403, "/v1/orders", { headers: { "x-api-key": "wrong" } });
        const key = stack.api.first("aws:apigateway/apiKey:ApiKey");
        const withKey = { headers: { "x-api-key": textOutput(key, "value") } };
        for (let time = 0; time < 3; time++) await stack.anonymous().expect(200, "/v1/orders", withKey);
        const refused = await stack.anonymous().expect(429, "/v1/orders", withKey);
        assert.ok(refused.headers.has("retry-after"));

        const gateway = new APIGatewayClient(stack.administrator);
        const [plan] = (await gateway.send(new GetUsagePlansCommand({}))).items ?? [];
        const today = new Date().toISOString().slice(0, 10);
        const usage = await gateway.send(
            new GetUsageCommand({ usagePlanId: plan?.id, startDate: today, endDate: today }),
        );
        assert.deepEqual(usage.items?.[key?.id ?? ""], [[3, 0]]);
        gateway.destroy();
    });
});

describe("throttling", () => {
    it("lets the burst through, then the rate, route by route", async () => {
        const clock = new VirtualClock(Date.now());
        const stack = await RunningStack.start(
            {
                throttle: { rate: 10, burst: 20 },
                routeThrottle: { "GET /v2/orders": { rate: 1, burst: 2 } },
            },
            { clock },
        );
        try {
            const ada = await stack.customer("ada@example.com");
            const statuses = async (path: string, count: number): Promise<number[]> => {
                const answers = await Promise.all(Array.from({ length: count }, () => ada.call(path)));
                return answers.map(({ status }) => status).sort();
            };
            const passed = (list: number[]): number => list.filter((status) => status === 200).length;
            assert.equal(passed(await statuses("/v2/orders", 5)), 2);
            assert.equal(passed(await statuses("/v1/orders", 40)), 20);
            await clock.advance(1_000);
            assert.equal(passed(await statuses("/v2/orders", 5)), 1);
            assert.equal(passed(await statuses("/v1/orders", 40)), 10);
        } finally {
            await stack.close();
        }
    });
});

/** A header such as a signing client sends; the local cloud does not check keys that it did not issue. */
function developerSignature(region: string): string {
    const day = new Date().toISOString().slice(0, 10).replace(/-/g, "");
    return (
        `AWS4-HMAC-SHA256 Credential=local/${day}/${region}/execute-api/aws4_request, ` +
        `SignedHeaders=host;x-amz-date, Signature=${"0".repeat(64)}`
    );
}
