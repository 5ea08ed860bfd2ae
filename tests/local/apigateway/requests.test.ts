import assert from "node:assert/strict";

import { ServiceError } from "../../../local/errors";
import { GatewayFixture, header, json, PROXY } from "./fixture";

describe("API Gateway's routes", () => {
    it("prefer what is said exactly over parameters over the rest of the path", async () => {
        const gateway = new GatewayFixture();
        gateway.answer = (event) => ({
            statusCode: 200,
            body: JSON.stringify([event["resource"], event["pathParameters"]]),
        });
        await gateway.deploy({
            "/orders": { get: PROXY },
            "/orders/{id}": { get: PROXY },
            "/orders/mine": { get: PROXY },
            "/{proxy+}": { "x-amazon-apigateway-any-method": PROXY },
        });
        const cases: [string, string, object | null][] = [
            ["/orders", "/orders", null],
            ["/orders/7", "/orders/{id}", { id: "7" }],
            ["/orders/a%20b", "/orders/{id}", { id: "a b" }],
            ["/orders/mine", "/orders/mine", null],
            ["/other/deep/path", "/{proxy+}", { proxy: "other/deep/path" }],
            ["/orders/7/items", "/{proxy+}", { proxy: "orders/7/items" }],
        ];
        for (const [path, resource, parameters] of cases) {
            assert.deepEqual(json(await gateway.ask({ path })), [resource, parameters], path);
        }
    });

    it("answer unknown paths and methods as AWS does, without saying which exist", async () => {
        const gateway = new GatewayFixture();
        await gateway.deploy({ "/orders": { get: PROXY } });
        for (const ask of [{ path: "/nowhere" }, { path: "/orders", method: "POST" }]) {
            const response = await gateway.ask(ask);
            assert.equal(response.status, 403);
            assert.deepEqual(json(response), { message: "Missing Authentication Token" });
            assert.equal(header(response, "x-amzn-ErrorType"), "MissingAuthenticationTokenException");
        }
    });
});

describe("a Lambda proxy integration", () => {
    let gateway: GatewayFixture;

    beforeEach(async () => {
        gateway = new GatewayFixture();
        await gateway.deploy({ "/v1/orders/{id}": { post: PROXY } }, {}, { variables: { colour: "blue" } });
    });

    it("hands over the request in format 1.0", async () => {
        await gateway.ask({
            method: "POST",
            path: "/v1/orders/7",
            query: "a=1&a=2&b=%C3%A4",
            headers: { Host: "localhost:4566", "X-Two": "one", "Content-Type": "application/json" },
            body: '{"x":1}',
        });
        const [event] = gateway.events;
        assert.equal(event?.["resource"], "/v1/orders/{id}");
        assert.equal(event["path"], "/v1/orders/7");
        assert.equal(event["httpMethod"], "POST");
        assert.equal(event["body"], '{"x":1}');
        assert.equal(event["isBase64Encoded"], false);
        assert.deepEqual(event["pathParameters"], { id: "7" });
        assert.deepEqual(event["queryStringParameters"], { a: "2", b: "ä" });
        assert.deepEqual(event["multiValueQueryStringParameters"], { a: ["1", "2"], b: ["ä"] });
        assert.deepEqual(event["stageVariables"], { colour: "blue" });
        assert.equal((event["headers"] as Record<string, string>)["X-Two"], "one");
        const context = event["requestContext"] as Record<string, unknown>;
        assert.equal(context["stage"], "live");
        assert.equal(context["path"], "/live/v1/orders/7");
        assert.equal(context["apiId"], gateway.restApi);
        assert.equal(context["accountId"], "123456789012");
        assert.equal(context["requestTimeEpoch"], Date.UTC(2026, 0, 1));
        assert.match(String(context["requestTime"]), /^01\/Jan\/2026:00:00:00 \+0000$/);
    });

    it("sends on status, headers, several values of one, and decoded bodies", async () => {
        gateway.answer = () => ({
            statusCode: 201,
            headers: { "X-One": "1" },
            multiValueHeaders: { "Set-Cookie": ["a=1", "b=2"] },
            body: Buffer.from("bytes").toString("base64"),
            isBase64Encoded: true,
        });
        const response = await gateway.ask({ method: "POST", path: "/v1/orders/7", headers: { Accept: "*/*" } });
        assert.equal(response.status, 201);
        assert.equal(header(response, "X-One"), "1");
        assert.deepEqual(response.headers["Set-Cookie"], ["a=1", "b=2"]);
        assert.ok(header(response, "x-amzn-RequestId"));
    });

    it("answers 502 to what is no proxy response, or has a header that would split the answer", async () => {
        const wrong = [
            "text",
            { statusCode: "many" },
            { body: {} },
            { statusCode: 200, headers: { "X-One": "a\r\nSet-Cookie: b=c" } },
        ];
        for (const answer of wrong) {
            gateway.answer = () => answer;
            const response = await gateway.ask({ method: "POST", path: "/v1/orders/7" });
            assert.equal(response.status, 502, JSON.stringify(answer));
            assert.deepEqual(json(response), { message: "Internal server error" });
        }
    });

    it("answers 502 where the function fails, and 5xx where Lambda refuses", async () => {
        gateway.answer = () => {
            throw Object.assign(new Error("boom"), { name: "FunctionError" });
        };
        const failed = await gateway.ask({ method: "POST", path: "/v1/orders/7" });
        assert.equal(failed.status, 502);
        assert.doesNotMatch(String(failed.body), /boom/);
        gateway.answer = () => {
            throw new ServiceError("AccessDeniedException", "no permission", 403);
        };
        assert.equal((await gateway.ask({ method: "POST", path: "/v1/orders/7" })).status, 500);
    });

    it("gives up after 29 seconds", async () => {
        gateway.answer = () => new Promise(() => undefined);
        const asked = gateway.ask({ method: "POST", path: "/v1/orders/7" });
        await gateway.clock.advance(29_000);
        const response = await asked;
        assert.equal(response.status, 504);
        assert.deepEqual(json(response), { message: "Endpoint request timed out" });
    });
});

describe("request validation", () => {
    const order = {
        type: "object",
        required: ["items"],
        additionalProperties: false,
        properties: { items: { type: "array", minItems: 1, items: { type: "string" } } },
    };
    let gateway: GatewayFixture;

    beforeEach(async () => {
        gateway = new GatewayFixture();
        await gateway.deploy(
            {
                "/orders": {
                    post: {
                        ...PROXY,
                        consumes: ["application/json"],
                        parameters: [
                            { name: "Idempotency-Key", in: "header", required: true, type: "string" },
                            { name: "dry", in: "query", required: true, type: "string" },
                            { name: "Order", in: "body", required: true, schema: { $ref: "#/definitions/Order" } },
                        ],
                    },
                },
            },
            {
                definitions: { Order: order },
                "x-amazon-apigateway-request-validators": {
                    all: { validateRequestBody: true, validateRequestParameters: true },
                },
                "x-amazon-apigateway-request-validator": "all",
                "x-amazon-apigateway-gateway-responses": {
                    BAD_REQUEST_BODY: {
                        statusCode: 400,
                        responseTemplates: {
                            "application/json":
                                '{"detail":$context.error.messageString,"errors":"$context.error.validationErrorString"}',
                        },
                        responseParameters: { "gatewayresponse.header.Content-Type": "'application/problem+json'" },
                    },
                },
            },
        );
    });

    const place = (body: string, more: object = {}) =>
        gateway.ask({
            method: "POST",
            path: "/orders",
            query: "dry=1",
            headers: { "Idempotency-Key": "k", "Content-Type": "application/json" },
            body,
            ...more,
        });

    it("lets right requests through, and no others", async () => {
        assert.equal((await place('{"items":["a"]}')).status, 200);
        for (const body of [
            "",
            "{",
            "[]",
            "null",
            '{"items":[]}',
            '{"items":"a"}',
            '{"items":[1]}',
            '{"items":["a"],"x":1}',
        ]) {
            assert.equal((await place(body)).status, 400, body);
        }
        assert.equal(gateway.events.length, 1);
    });

    it("says what is wrong in a body, in JSON that stays valid", async () => {
        const response = await place("{}");
        assert.equal(header(response, "Content-Type"), "application/problem+json");
        const { detail, errors } = json(response);
        assert.equal(detail, "Invalid request body");
        assert.match(String(errors), /missing required properties.*items/);
    });

    it("names missing parameters", async () => {
        const response = await place('{"items":["a"]}', { query: "", headers: { "Content-Type": "application/json" } });
        assert.equal(response.status, 400);
        assert.match(String(json(response)["message"]), /Missing required request parameters: \[.*Idempotency-Key.*\]/);
        assert.match(String(json(response)["message"]), /dry/);
    });

    it("refuses bodies over ten megabytes", async () => {
        assert.equal((await place(" ".repeat(10 * 1024 * 1024 + 1))).status, 413);
    });
});

describe("a mock integration", () => {
    it("answers with the headers of its response", async () => {
        const gateway = new GatewayFixture();
        await gateway.deploy({
            "/orders": {
                options: {
                    responses: {
                        204: { description: "", headers: { "Access-Control-Allow-Origin": { type: "string" } } },
                    },
                    "x-amazon-apigateway-integration": {
                        type: "mock",
                        requestTemplates: { "application/json": '{"statusCode": 204}' },
                        responses: {
                            default: {
                                statusCode: "204",
                                responseParameters: { "method.response.header.Access-Control-Allow-Origin": "'*'" },
                            },
                        },
                    },
                },
            },
        });
        const response = await gateway.ask({ method: "OPTIONS", path: "/orders" });
        assert.equal(response.status, 204);
        assert.equal(header(response, "Access-Control-Allow-Origin"), "*");
    });

    it("fills in its template", async () => {
        const gateway = new GatewayFixture();
        await gateway.deploy({
            "/echo/{name}": {
                post: {
                    responses: { 200: { description: "" } },
                    "x-amazon-apigateway-integration": {
                        type: "mock",
                        requestTemplates: { "application/json": '{"statusCode": 200}' },
                        responses: {
                            default: {
                                statusCode: "200",
                                responseTemplates: {
                                    "application/json":
                                        '{"name":"$input.params(\'name\')","stage":"$context.stage","escaped":"$util.escapeJavaScript($input.params(\'q\'))"}',
                                },
                            },
                        },
                    },
                },
            },
        });
        const response = await gateway.ask({
            method: "POST",
            path: "/echo/ada",
            query: "q=%22x",
            headers: { "Content-Type": "application/json" },
        });
        assert.deepEqual(json(response), { name: "ada", stage: "live", escaped: '"x' });
    });
});

describe("the access log", () => {
    it("has a line for every request, with what became of it", async () => {
        const gateway = new GatewayFixture();
        const format = JSON.stringify({
            method: "$context.httpMethod",
            resource: "$context.resourcePath",
            status: "$context.status",
            error: "$context.error.responseType",
            id: "$context.requestId",
        });
        await gateway.deploy(
            { "/orders": { get: PROXY } },
            {},
            {
                accessLogSettings: { destinationArn: "arn:aws:logs:eu-west-1:123456789012:log-group:access", format },
            },
        );
        await gateway.ask({ path: "/orders" });
        await gateway.ask({ path: "/nowhere" });
        await new Promise((resolve) => setImmediate(resolve));
        const lines = gateway.logs.map((line) => JSON.parse(line) as Record<string, string>);
        const { id, ...first } = lines[0] ?? {};
        assert.match(id ?? "", /^[0-9a-f-]{36}$/);
        assert.deepEqual(first, { method: "GET", resource: "/orders", status: "200", error: "-" });
        assert.equal(lines[1]?.["status"], "403");
        assert.equal(lines[1]["error"], "MISSING_AUTHENTICATION_TOKEN");
    });
});
