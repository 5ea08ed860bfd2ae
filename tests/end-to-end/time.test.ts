import assert from "node:assert/strict";

import { DynamoDBClient, ScanCommand } from "@aws-sdk/client-dynamodb";

import { OrdersClient } from "../../commands/demo/orders-client";
import { textOutput } from "../../commands/showcase/inside";
import { VirtualClock } from "../../local/clock";
import { placing, RunningStack } from "./running-stack";

const HOUR_MS = 60 * 60_000;

describe("the passing of time in a stack", () => {
    let stack: RunningStack;

    afterEach(() => stack.close());

    it("ends tokens, and in the end the memory of idempotency keys", async () => {
        stack = await RunningStack.start(true, { clock: new VirtualClock() });
        const customer = await stack.customer("ada@example.com");
        const first = await customer.call("/v1/orders", placing("the-same-key"));
        assert.equal(first.status, 201);
        const memories = async (): Promise<number> => {
            const dynamoDb = new DynamoDBClient(stack.administrator);
            const tables = stack.graph.resources.filter(({ type }) => type === "aws:dynamodb/table:Table");
            const TableName = String(tables.find(({ name }) => name === "shop-idempotency")?.outputs["name"]);
            const { Count = 0 } = await dynamoDb.send(new ScanCommand({ TableName, Select: "COUNT" }));
            dynamoDb.destroy();
            return Count;
        };
        assert.equal(await memories(), 1);
        await stack.cloud.advance(61 * 60_000);
        assert.equal((await customer.call("/v1/orders")).status, 401);
        await stack.cloud.advance(3 * 24 * HOUR_MS);
        assert.equal(await memories(), 0);
    });

    it("gives keys their quota anew", async () => {
        const settings = { auth: "apiKey", quota: { limit: 2, period: "DAY" } };
        stack = await RunningStack.start(settings, { clock: new VirtualClock() });
        const key = stack.api.first("aws:apigateway/apiKey:ApiKey");
        assert.ok(key);
        const client = new OrdersClient(stack.ordersUrl);
        const ask = async (): Promise<number> => {
            const headers = { "x-api-key": textOutput(key, "value") };
            return (await client.call("/v1/orders", { headers })).status;
        };
        assert.deepEqual([await ask(), await ask(), await ask()], [200, 200, 429]);
        await stack.cloud.advance(24 * HOUR_MS);
        assert.equal(await ask(), 200);
    });
});
