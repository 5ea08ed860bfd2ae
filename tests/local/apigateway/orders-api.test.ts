import assert from "node:assert/strict";

import * as fc from "fast-check";

import { apiDefinition, type DefinitionSecurity } from "../../../components/api-first/definition";
import type { ApiGatewayOptions } from "../../../local/apigateway";
import { FeedbackGiven } from "../../../schemas/feedback";
import { operations, publicRoutes } from "../../../schemas/orders/operations";
import { type Ask, FUNCTION, FUNCTION_URI, GatewayFixture, header, json } from "./fixture";

const POOL = "arn:aws:cognito-idp:eu-west-1:123456789012:userpool/eu-west-1_pool";

const COGNITO: DefinitionSecurity = {
    definitions: {
        caller: {
            type: "apiKey",
            name: "Authorization",
            in: "header",
            "x-amazon-apigateway-authtype": "cognito_user_pools",
            "x-amazon-apigateway-authorizer": { type: "cognito_user_pools", providerARNs: [POOL] },
        },
    },
    forOperation: (scope) => ({ security: [{ caller: [scope] }] }),
    signed: false,
    callerId: "$context.authorizer.claims.sub",
};

const ORDER = { currency: "EUR", items: [{ sku: "BOOK-1", quantity: 1, unitPrice: 9.5 }] };

async function ordersApi(options: Partial<ApiGatewayOptions> = {}): Promise<GatewayFixture> {
    const names = [...operations, ...publicRoutes].flatMap(({ function: name }) => name ?? []);
    const definition = apiDefinition({
        title: "orders",
        operations,
        publicRoutes,
        invokeArns: Object.fromEntries(
            names.map((name) => [name, FUNCTION_URI.replace(FUNCTION, `${FUNCTION}-${name}`)]),
        ),
        security: COGNITO,
        events: { region: "eu-west-1", busName: "shop", roleArn: "arn:aws:iam::123456789012:role/publish" },
        corsOrigins: ["https://shop.example"],
        closedStage: "closed",
    });
    const gateway = new GatewayFixture(options);
    gateway.answer = (_event, functionArn) => ({ statusCode: 200, body: functionArn.slice(FUNCTION.length + 1) });
    const { paths, ...more } = definition;
    await gateway.deploy(paths as Record<string, unknown>, more);
    return gateway;
}

describe("the Orders API behind API Gateway", () => {
    let gateway: GatewayFixture;

    beforeEach(async () => {
        gateway = await ordersApi();
    });

    const place = (body: unknown, headers: Record<string, string> = {}): Ask => ({
        method: "POST",
        path: "/v1/orders",
        headers: {
            "Content-Type": "application/json",
            "Idempotency-Key": "order-0001",
            Authorization: "Bearer valid|orders/write",
            ...headers,
        },
        body: typeof body === "string" ? body : JSON.stringify(body),
    });

    it("leads every operation to its function", async () => {
        for (const operation of operations.filter((each) => each.function !== undefined)) {
            const body = operation.body === undefined ? "" : JSON.stringify(operation.body.example);
            const ask = place(body, { Authorization: `valid|${operation.scope}` });
            const path = operation.path.replace("{orderId}", "01J00000000000000000000000");
            const response = await gateway.ask({ ...ask, path, method: operation.method.toUpperCase() });
            const what = `${operation.method} ${operation.path}`;
            assert.deepEqual([response.status, String(response.body)], [200, operation.function], what);
        }
    });

    it("serves its documentation to everybody, and nothing on the closed stage", async () => {
        assert.equal((await gateway.ask({ path: "/openapi.json" })).status, 200);
        assert.equal((await gateway.ask({ path: "/docs" })).status, 200);
        await gateway.create("aws:apigateway/stage:Stage", "closed", {
            restApi: gateway.restApi,
            deployment: "d1",
            stageName: "closed",
        });
        const closed = await gateway.ask({ path: "/docs", stage: "closed" });
        assert.equal(closed.status, 403);
        assert.equal(header(closed, "Content-Type"), "application/problem+json");
    });

    it("answers each of its own errors as a problem that is valid JSON", async () => {
        const cases: [string, Ask, number, string?][] = [
            ["no token", { path: "/v1/orders" }, 401, "A valid token is needed in the header Authorization."],
            ["another scope", place(ORDER, { Authorization: "valid|orders/read" }), 403],
            ["unknown route", { path: "/v3/orders" }, 404, "There is no such route."],
            ["no JSON", place("{"), 400, "Invalid request body"],
            ["wrong type", place({ ...ORDER, items: "many" }), 400, "Invalid request body"],
            ["no key", place(ORDER, { "Idempotency-Key": "" }), 400],
            ["too large", place(`"${"x".repeat(10 * 1024 * 1024)}"`), 413],
        ];
        for (const [what, ask, status, detail] of cases) {
            const response = await gateway.ask(ask);
            const problem = json(response);
            assert.equal(response.status, status, what);
            assert.equal(header(response, "Content-Type"), "application/problem+json", what);
            assert.equal(header(response, "Access-Control-Allow-Origin"), "https://shop.example", what);
            assert.equal(problem["status"], status, what);
            assert.equal(problem["correlationId"], header(response, "x-amzn-RequestId"), what);
            if (detail !== undefined) assert.equal(problem["detail"], detail, what);
        }
    });

    it("names the fields that are wrong", async () => {
        const cases: [unknown, string][] = [
            [{}, '[object has missing required properties (["currency","items"])]'],
            [
                { ...ORDER, items: "many" },
                '[/items: instance type (string) does not match any allowed primitive type (allowed: ["array"])]',
            ],
            [
                { ...ORDER, unknown: 1 },
                '[object instance has properties which are not allowed by the schema: ["unknown"]]',
            ],
        ];
        for (const [body, message] of cases) {
            assert.deepEqual(json(await gateway.ask(place(body)))["errors"], [{ message }]);
        }
    });

    it("answers browsers that ask before they call", async () => {
        const response = await gateway.ask({
            method: "OPTIONS",
            path: "/v1/orders/7",
            headers: { Origin: "https://shop.example", "Access-Control-Request-Method": "PATCH" },
        });
        assert.equal(response.status, 204);
        assert.equal(header(response, "Access-Control-Allow-Origin"), "https://shop.example");
        assert.equal(header(response, "Access-Control-Allow-Methods"), "GET,PATCH,OPTIONS");
        assert.equal(gateway.events.length, 0);
    });

    describe("where it makes an event of a call by itself", () => {
        type Call = Parameters<NonNullable<ApiGatewayOptions["awsServices"]>["send"]>[0];
        const calls: Call[] = [];
        let failed = 0;
        let direct: GatewayFixture;

        before(async () => {
            const send = (call: Call) => {
                calls.push(call);
                return Promise.resolve({
                    status: 200,
                    headers: {},
                    body: JSON.stringify({ FailedEntryCount: failed }),
                });
            };
            direct = await ordersApi({ awsServices: { send } });
        });

        beforeEach(() => {
            calls.length = 0;
            failed = 0;
        });

        const giveFeedback = (body: unknown) => {
            const headers = { "Content-Type": "application/json", Authorization: "Bearer valid|orders/write" };
            return direct.ask({ method: "POST", path: "/v2/feedback", headers, body: JSON.stringify(body) });
        };

        it("puts any feedback in the shop's envelope, whatever its text holds", async () => {
            const quoted = fc.oneof(
                fc.constantFrom("'", '"', "\\", "$", "#"),
                fc.string({ unit: "binary", minLength: 1, maxLength: 1 }),
            );
            const anyFeedback = fc.record(
                { rating: fc.integer({ min: 1, max: 5 }), comment: fc.string({ unit: quoted, minLength: 1 }) },
                { requiredKeys: ["rating"], noNullPrototype: true },
            );
            await fc.assert(
                fc.asyncProperty(anyFeedback, async (feedback) => {
                    const response = await giveFeedback(feedback);
                    assert.equal(response.status, 202, String(response.body));
                    const call = calls.at(-1);
                    assert.equal(call?.headers["X-Amz-Target"], "AWSEvents.PutEvents");
                    const { Entries } = JSON.parse(call.body) as { Entries: Record<string, string>[] };
                    const [entry] = Entries;
                    assert.deepEqual([entry?.["Source"], entry?.["EventBusName"]], ["shop", "shop"]);
                    const event = FeedbackGiven.parse(JSON.parse(entry?.["Detail"] ?? ""));
                    const { customerId, ...rest } = event.data;
                    assert.deepEqual(rest, feedback);
                    assert.ok(customerId.length > 0);
                    assert.equal(event.time, "2026-01-01T00:00:00Z");
                    assert.deepEqual(json(response), { id: event.id });
                }),
                { numRuns: 100 },
            );
        });

        it("refuses what the schema refuses, without asking anybody", async () => {
            for (const body of [{}, { rating: 6 }, { rating: 1, more: 1 }, { rating: 1, comment: "x".repeat(2001) }]) {
                assert.equal((await giveFeedback(body)).status, 400);
            }
            assert.deepEqual(calls, []);
        });

        it("says so where the bus has not taken the event", async () => {
            failed = 1;
            const response = await giveFeedback({ rating: 3 });
            assert.equal(response.status, 500);
            assert.equal(header(response, "Content-Type"), "application/problem+json");
            assert.equal((json(response) as Record<string, unknown>)["status"], 500);
        });
    });
});
