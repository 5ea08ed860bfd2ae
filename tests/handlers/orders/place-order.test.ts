import assert from "node:assert/strict";

import { DynamoDBPersistenceLayer } from "@aws-lambda-powertools/idempotency/dynamodb";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import type { APIGatewayProxyResult } from "aws-lambda";

import { type ApiHandler, apiHandler } from "../../../handlers/http/handler";
import { placeOrder } from "../../../handlers/orders/place-order";
import { dynamoDbOrderStore, type OrderStore } from "../../../handlers/orders/store";
import { VirtualClock } from "../../../local/clock";
import { DynamoDb } from "../../../local/dynamodb";
import { developerOnly, type Endpoint, startEndpoint } from "../../../local/endpoint/server";
import { apiEvent, bodyOf, context, type EventOptions } from "../events";

const ORDER = { currency: "EUR", items: [{ sku: "TEA", quantity: 2, unitPrice: 4.5 }] };

describe("placing an order", () => {
    let endpoint: Endpoint;
    let database: DynamoDb;
    let client: DynamoDBClient;
    let store: OrderStore;

    before(async () => {
        const place = { clock: new VirtualClock(Date.now()), region: "eu-west-1", account: "123456789012" };
        database = new DynamoDb(place);
        endpoint = await startEndpoint({
            port: 0,
            ...place,
            iam: developerOnly,
            services: [database.service],
            routes: [],
        });
        client = new DynamoDBClient({
            endpoint: endpoint.url,
            region: "eu-west-1",
            credentials: { accessKeyId: "local", secretAccessKey: "local" },
        });
        process.env["POWERTOOLS_LOG_LEVEL"] = "SILENT";
    });

    after(async () => {
        client.destroy();
        await endpoint.close();
        await database.close();
    });

    beforeEach(async () => {
        await table("orders", "pk", "sk");
        await table("answers", "id");
        store = dynamoDbOrderStore("orders", client);
    });

    afterEach(async () => {
        for (const TableName of ["orders", "answers"]) await database.run("DeleteTable", { TableName });
    });

    async function table(TableName: string, ...keys: string[]): Promise<void> {
        await database.run("CreateTable", {
            TableName,
            BillingMode: "PAY_PER_REQUEST",
            AttributeDefinitions: keys.map((AttributeName) => ({ AttributeName, AttributeType: "S" })),
            KeySchema: keys.map((AttributeName, at) => ({ AttributeName, KeyType: at === 0 ? "HASH" : "RANGE" })),
        });
    }

    function handlerWith(orders: OrderStore = store): ApiHandler {
        const answers = new DynamoDBPersistenceLayer({ tableName: "answers", awsSdkV3Client: client });
        return apiHandler(placeOrder({ store: orders, answers, bodyLimitBytes: 10_000 }));
    }

    function place(handler: ApiHandler, key: string, more: EventOptions = {}): Promise<APIGatewayProxyResult> {
        return handler(apiEvent({ body: ORDER, ...more, headers: { "Idempotency-Key": key } }), context);
    }

    async function countOrders(): Promise<number> {
        const { Count } = await database.run("Scan", { TableName: "orders" });
        return Number(Count);
    }

    it("answers the first result to the same key and body", async () => {
        const handler = handlerWith();
        const first = await place(handler, "key-00000001");
        const second = await place(handler, "key-00000001");
        assert.equal(first.statusCode, 201);
        assert.equal(second.statusCode, 201);
        assert.equal(second.body, first.body);
        assert.equal(first.headers?.["Idempotency-Replayed"], undefined);
        assert.equal(second.headers?.["Idempotency-Replayed"], "true");
        assert.equal(second.headers?.["Location"], `/live/v1/orders/${String(bodyOf(first)["id"])}`);
        assert.equal(await countOrders(), 1);
    });

    it("takes the same request for the same whatever the order of its members, and in the other version's shape", async () => {
        const handler = handlerWith();
        const first = await place(handler, "key-00000002");
        const turned = { items: [{ unitPrice: 4.5, quantity: 2, sku: "TEA" }], currency: "EUR" };
        assert.equal(bodyOf(await place(handler, "key-00000002", { body: turned }))["id"], bodyOf(first)["id"]);
        const lines = [{ sku: "TEA", quantity: 2, unitPrice: { amount: "4.50", currency: "EUR" } }];
        const v2 = await place(handler, "key-00000002", { resource: "/v2/orders", body: { lines } });
        assert.equal(v2.statusCode, 201);
        assert.deepEqual(bodyOf(v2)["total"], { amount: "9.00", currency: "EUR" });
        assert.equal(await countOrders(), 1);
    });

    it("answers 422 to the same key with another body", async () => {
        const handler = handlerWith();
        await place(handler, "key-00000003");
        const other = await place(handler, "key-00000003", { body: { ...ORDER, note: "gift" } });
        assert.equal(other.statusCode, 422);
        assert.match(other.body, /Idempotency-Key was used for another order/);
    });

    it("answers 409 with Retry-After to a duplicate while the first is worked on", async () => {
        let release: () => void = () => undefined;
        const held = new Promise<void>((resolve) => (release = resolve));
        let entered: () => void = () => undefined;
        const inside = new Promise<void>((resolve) => (entered = resolve));
        const slow: OrderStore = {
            ...store,
            insert: async (order) => {
                entered();
                await held;
                return store.insert(order);
            },
        };
        const first = place(handlerWith(slow), "key-00000004");
        await inside;
        const duplicate = await place(handlerWith(), "key-00000004");
        assert.equal(duplicate.statusCode, 409);
        assert.equal(duplicate.headers?.["Retry-After"], "1");
        release();
        assert.equal((await first).statusCode, 201);
        assert.equal((await place(handlerWith(), "key-00000004")).statusCode, 201);
    });

    it("finds the order again after a crash between the write and the answer", async () => {
        const crashing: OrderStore = {
            ...store,
            insert: async (order) => {
                await store.insert(order);
                throw new Error("the process dies here");
            },
        };
        assert.equal((await place(handlerWith(crashing), "key-00000005")).statusCode, 500);
        assert.equal(await countOrders(), 1);
        const again = await place(handlerWith(), "key-00000005");
        assert.equal(again.statusCode, 201);
        assert.equal(again.headers?.["Idempotency-Replayed"], "true");
        assert.equal(await countOrders(), 1);
    });

    it("makes no second order even when the remembered answer is lost", async () => {
        const first = await place(handlerWith(), "key-00000006");
        await database.run("DeleteTable", { TableName: "answers" });
        await table("answers", "id");
        const again = await place(handlerWith(), "key-00000006");
        assert.equal(bodyOf(again)["id"], bodyOf(first)["id"]);
        const other = await place(handlerWith(), "key-00000006", { body: { ...ORDER, note: "gift" } });
        assert.equal(other.statusCode, 422);
        assert.equal(await countOrders(), 1);
    });

    it("does not remember a refusal", async () => {
        const handler = handlerWith();
        assert.equal((await place(handler, "key-00000007", { body: { ...ORDER, items: [] } })).statusCode, 400);
        assert.equal((await place(handler, "key-00000007")).statusCode, 201);
    });

    it("keeps the keys of different customers apart", async () => {
        const handler = handlerWith();
        const [ada, bob] = await Promise.all([
            place(handler, "key-00000008", { customer: "ada" }),
            place(handler, "key-00000008", { customer: "bob" }),
        ]);
        assert.notEqual(bodyOf(ada)["id"], bodyOf(bob)["id"]);
    });

    it("refuses keys that are missing, short or not visible", async () => {
        for (const key of ["", "short", "with space", "x".repeat(129), "ümläut-key"]) {
            assert.equal((await place(handlerWith(), key)).statusCode, 400, key);
        }
    });
});
