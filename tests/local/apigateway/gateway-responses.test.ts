import assert from "node:assert/strict";

import { GatewayFixture, header, json, PROXY } from "./fixture";

const RESPONSES = "x-amazon-apigateway-gateway-responses";

/** An API whose route `/orders` needs a token, with these gateway responses. */
async function withResponses(responses: object): Promise<GatewayFixture> {
    const gateway = new GatewayFixture();
    const caller = {
        type: "apiKey",
        name: "Authorization",
        in: "header",
        "x-amazon-apigateway-authtype": "cognito_user_pools",
        "x-amazon-apigateway-authorizer": { type: "cognito_user_pools", providerARNs: ["arn:pool"] },
    };
    await gateway.deploy(
        { "/orders": { get: { ...PROXY, security: [{ caller: [] }] } } },
        { securityDefinitions: { caller }, [RESPONSES]: responses },
    );
    return gateway;
}

describe("gateway responses", () => {
    it("are a plain message where nothing is declared", async () => {
        const gateway = await withResponses({});
        const response = await gateway.ask({ path: "/orders" });
        assert.equal(response.status, 401);
        assert.deepEqual(json(response), { message: "Unauthorized" });
        assert.equal(header(response, "Content-Type"), "application/json");
        assert.equal(header(response, "x-amzn-ErrorType"), "UnauthorizedException");
        assert.match(header(response, "x-amzn-RequestId") ?? "", /^[0-9a-f-]{36}$/);
        assert.ok(header(response, "x-amz-apigw-id"));
    });

    it("fall back on those of their class, and take their status from it", async () => {
        const gateway = await withResponses({
            DEFAULT_4XX: { statusCode: 418, responseTemplates: { "application/json": '{"of":"4XX"}' } },
            UNAUTHORIZED: { responseTemplates: { "application/json": '{"of":"UNAUTHORIZED"}' } },
            DEFAULT_5XX: { responseTemplates: { "application/json": '{"of":"5XX"}' } },
        });
        const unauthorized = await gateway.ask({ path: "/orders" });
        assert.deepEqual([unauthorized.status, json(unauthorized)], [418, { of: "UNAUTHORIZED" }]);
        const unknown = await gateway.ask({ path: "/nowhere" });
        assert.deepEqual([unknown.status, json(unknown)], [418, { of: "4XX" }]);
        gateway.answer = () => "no proxy response";
        const malformed = await gateway.ask({ path: "/orders", headers: { Authorization: "valid||id" } });
        assert.deepEqual([malformed.status, json(malformed)], [502, { of: "5XX" }]);
    });

    it("take headers from the request, the context and the stage", async () => {
        const gateway = await withResponses({
            UNAUTHORIZED: {
                responseParameters: {
                    "gatewayresponse.header.WWW-Authenticate": "'Bearer realm=\"orders\"'",
                    "gatewayresponse.header.Asked-By": "method.request.header.origin",
                    "gatewayresponse.header.Asked-For": "method.request.querystring.id",
                    "gatewayresponse.header.Request": "context.requestId",
                    "gatewayresponse.header.Why": "context.error.responseType",
                    "gatewayresponse.header.Absent": "method.request.header.absent",
                },
            },
        });
        const response = await gateway.ask({
            path: "/orders",
            query: "id=7",
            headers: { Origin: "https://a.example" },
        });
        assert.equal(header(response, "WWW-Authenticate"), 'Bearer realm="orders"');
        assert.equal(header(response, "Asked-By"), "https://a.example");
        assert.equal(header(response, "Asked-For"), "7");
        assert.equal(header(response, "Request"), header(response, "x-amzn-RequestId"));
        assert.equal(header(response, "Why"), "UNAUTHORIZED");
        assert.equal(header(response, "Absent"), undefined);
    });

    it("choose their template by what the client accepts", async () => {
        const gateway = await withResponses({
            UNAUTHORIZED: {
                responseTemplates: {
                    "application/json": '{"message":$context.error.messageString}',
                    "text/plain": "$context.error.message at $context.stage",
                },
            },
        });
        const cases: [string, string, string][] = [
            ["text/plain", "text/plain", "Unauthorized at live"],
            ["text/html, text/plain;q=0.5", "text/plain", "Unauthorized at live"],
            ["application/json", "application/json", '{"message":"Unauthorized"}'],
            ["*/*", "application/json", '{"message":"Unauthorized"}'],
        ];
        for (const [accept, type, body] of cases) {
            const response = await gateway.ask({ path: "/orders", headers: { Accept: accept } });
            assert.deepEqual([header(response, "Content-Type"), response.body], [type, body], accept);
        }
    });

    it("are refused where their type or a mapping is unknown, before anything is served", async () => {
        await assert.rejects(withResponses({ NOT_FOUND: {} }), /"NOT_FOUND".*RESOURCE_NOT_FOUND/);
        const mapping = { "gatewayresponse.header.X": "request.header.X" };
        await assert.rejects(withResponses({ THROTTLED: { responseParameters: mapping } }), /"request\.header\.X"/);
    });
});
