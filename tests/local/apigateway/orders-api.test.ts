import assert from "node:assert/strict";

import { apiDefinition, type DefinitionSecurity } from "../../../components/api-first/definition";
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
};

const ORDER = { currency: "EUR", items: [{ sku: "BOOK-1", quantity: 1, unitPrice: 9.5 }] };

async function ordersApi(): Promise<GatewayFixture> {
    const names = [...operations, ...publicRoutes].map((operation) => operation.function);
    const definition = apiDefinition({
        title: "orders",
        operations,
        publicRoutes,
        invokeArns: Object.fromEntries(
            names.map((name) => [name, FUNCTION_URI.replace(FUNCTION, `${FUNCTION}-${name}`)]),
        ),
        security: COGNITO,
        corsOrigins: ["https://shop.example"],
        closedStage: "closed",
    });
    const gateway = new GatewayFixture();
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
        for (const operation of operations) {
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
});
