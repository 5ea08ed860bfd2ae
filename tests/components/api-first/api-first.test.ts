import assert from "node:assert/strict";

import type { Graph } from "../../../graph/model";
import { definitionOf, ofType, only, statementsOf, withApiFirst } from "./graphs";

const FUNCTION = "aws:lambda/function:Function";

describe("the API-first architecture", () => {
    let graph: Graph;

    before(async () => {
        graph = await withApiFirst(true);
    });

    it("leaves nothing behind when it is switched off", async () => {
        const without = await withApiFirst(false);
        assert.deepEqual(
            without.resources.map(({ type }) => type),
            ["pulumi:pulumi:Stack"],
        );
        assert.deepEqual(without.outputs, {});
    });

    it("is the same graph every time", async () => {
        assert.deepEqual(await withApiFirst(true), graph);
    });

    it("tells where the API is and where its users sign in", () => {
        assert.match(String(graph.outputs["ordersUrl"]), /^https:\/\/\w+\.execute-api\.[\w-]+\.amazonaws\.com\/live$/);
        assert.equal(graph.outputs["docsUrl"], `${String(graph.outputs["ordersUrl"])}/docs`);
        assert.equal(graph.outputs["userPoolId"], only(graph, "aws:cognito/userPool:UserPool").id);
    });

    it("serves both versions of every operation", () => {
        const { paths } = definitionOf(graph);
        const operations = Object.entries(paths).flatMap(([path, methods]) =>
            Object.keys(methods).map((method) => `${method} ${path}`),
        );
        for (const version of ["v1", "v2"]) {
            for (const operation of [
                `post /${version}/orders`,
                `get /${version}/orders`,
                `get /${version}/orders/{orderId}`,
                `patch /${version}/orders/{orderId}`,
                `post /${version}/orders/{orderId}/cancel`,
                `get /${version}/statuses/{status}/orders`,
            ]) {
                assert.ok(operations.includes(operation), operation);
            }
        }
    });

    it("authorises every route but the documentation's and preflights", () => {
        for (const [path, methods] of Object.entries(definitionOf(graph).paths)) {
            for (const [method, operation] of Object.entries(methods)) {
                const open = method === "options" || path === "/openapi.json" || path === "/docs";
                assert.equal(operation["security"] === undefined, open, `${method} ${path}`);
            }
        }
    });

    it("asks for the scope of each route", () => {
        const { paths } = definitionOf(graph);
        assert.deepEqual(paths["/v1/orders"]?.["post"]?.["security"], [{ caller: ["orders/write"] }]);
        assert.deepEqual(paths["/v2/orders"]?.["get"]?.["security"], [{ caller: ["orders/read"] }]);
        assert.deepEqual(paths["/v1/statuses/{status}/orders"]?.["get"]?.["security"], [{ caller: ["orders/admin"] }]);
    });

    it("validates requests at the gateway, bodies by models", () => {
        const definition = definitionOf(graph);
        assert.equal(definition["x-amazon-apigateway-request-validator"], "all");
        for (const version of ["v1", "v2"]) {
            const post = JSON.stringify(definition.paths[`/${version}/orders`]?.["post"]?.["parameters"]);
            assert.match(post, /"in":"body","required":true,"schema":\{"\$ref":"#\/definitions\/\w+"\}/);
            assert.match(post, /"name":"Idempotency-Key","in":"header","required":true/);
        }
    });

    it("answers errors of the gateway as problem+json", () => {
        const responses = definitionOf(graph)["x-amazon-apigateway-gateway-responses"] as Record<
            string,
            { responseTemplates: Record<string, string>; responseParameters: Record<string, string> }
        >;
        for (const type of ["DEFAULT_4XX", "DEFAULT_5XX", "BAD_REQUEST_BODY", "THROTTLED", "UNAUTHORIZED"]) {
            const parameters = responses[type]?.responseParameters ?? {};
            assert.equal(parameters["gatewayresponse.header.Content-Type"], "'application/problem+json'", type);
        }
        assert.ok("gatewayresponse.header.Retry-After" in (responses["THROTTLED"]?.responseParameters ?? {}));
    });

    it("logs, traces and throttles the stage that is reachable", () => {
        const stage = ofType(graph, "aws:apigateway/stage:Stage").find(({ inputs }) => inputs["stageName"] === "live");
        assert.equal(stage?.inputs["xrayTracingEnabled"], true);
        const access = stage.inputs["accessLogSettings"] as { format: string; destinationArn: string };
        assert.ok(Object.keys(JSON.parse(access.format) as object).length > 5);
        const settings = ofType(graph, "aws:apigateway/methodSettings:MethodSettings")[0]?.inputs;
        assert.equal(settings?.["methodPath"], "*/*");
        assert.deepEqual(settings["settings"], {
            dataTraceEnabled: false,
            loggingLevel: "ERROR",
            metricsEnabled: true,
            throttlingBurstLimit: 100,
            throttlingRateLimit: 50,
        });
    });

    it("closes the stage that cannot be guarded", () => {
        const policy = JSON.stringify(definitionOf(graph)["x-amazon-apigateway-policy"]);
        assert.match(policy, /"Effect":"Deny".*"execute-api:\/closed\/\*"/);
        for (const { inputs } of ofType(graph, "aws:lambda/permission:Permission")) {
            if (inputs["principal"] !== "apigateway.amazonaws.com") continue;
            assert.match(String(inputs["sourceArn"]), /\/(live|authorizers)\//);
        }
    });

    it("throttles single routes", async () => {
        const throttled = await withApiFirst({ routeThrottle: { "POST /v1/orders": { rate: 5, burst: 10 } } });
        const settings = ofType(throttled, "aws:apigateway/methodSettings:MethodSettings").map(({ inputs }) => inputs);
        const route = settings.find(({ methodPath }) => methodPath === "v1/orders/POST");
        assert.equal((route?.["settings"] as Record<string, unknown>)["throttlingRateLimit"], 5);
    });

    it("refuses to throttle a route that does not exist", async () => {
        const wrong = withApiFirst({ routeThrottle: { "POST /v1/order": { rate: 5, burst: 10 } } });
        await assert.rejects(wrong, /POST \/v1\/order.*POST \/v1\/orders/s);
    });

    describe("functions", () => {
        it("run on arm64 and Node 24 with timeout, memory, tracing and a dead-letter queue", () => {
            const functions = ofType(graph, FUNCTION);
            assert.ok(functions.length >= 8);
            for (const { name, inputs } of functions) {
                assert.equal(inputs["runtime"], "nodejs24.x", name);
                assert.deepEqual(inputs["architectures"], ["arm64"], name);
                assert.deepEqual(inputs["tracingConfig"], { mode: "Active" }, name);
                assert.ok(Number(inputs["timeout"]) > 0 && Number(inputs["memorySize"]) >= 128, name);
                assert.equal(inputs["publish"], true, name);
            }
            assert.equal(
                ofType(graph, "aws:lambda/functionEventInvokeConfig:FunctionEventInvokeConfig").length,
                functions.length,
            );
        });

        it("are reached by the alias live", () => {
            const aliases = ofType(graph, "aws:lambda/alias:Alias");
            assert.equal(aliases.length, ofType(graph, FUNCTION).length);
            assert.ok(aliases.every(({ inputs }) => inputs["name"] === "live"));
            for (const { inputs } of ofType(graph, "aws:lambda/permission:Permission")) {
                assert.equal(inputs["qualifier"], "live");
                assert.ok(inputs["sourceArn"], "a permission must name who calls");
            }
        });

        it("have log groups of their own with finite retention", () => {
            for (const { name, inputs } of ofType(graph, FUNCTION)) {
                const logging = inputs["loggingConfig"] as { logGroup: string };
                const group = ofType(graph, "aws:cloudwatch/logGroup:LogGroup").find(
                    (each) => each.inputs["name"] === logging.logGroup,
                );
                assert.ok(Number(group?.inputs["retentionInDays"]) > 0, name);
            }
        });

        it("may do what their handlers need and nothing more", () => {
            const tableActions = (name: string): string[] =>
                statementsOf(graph, name)
                    .flatMap(({ Action }) => Action)
                    .filter((action) => action.startsWith("dynamodb:"))
                    .sort();
            assert.deepEqual(tableActions("shop-get-order"), ["dynamodb:GetItem"]);
            assert.deepEqual(tableActions("shop-list-orders"), ["dynamodb:Query"]);
            assert.deepEqual(tableActions("shop-docs"), []);
            for (const { name } of ofType(graph, FUNCTION)) {
                for (const { Action, Resource } of statementsOf(graph, name)) {
                    assert.ok(
                        [Action].flat().every((action) => !action.includes("*")),
                        name,
                    );
                    const isTracing = [Action].flat().every((action) => action.startsWith("xray:"));
                    assert.equal([Resource].flat().includes("*"), isTracing, `${name}: ${String(Action)}`);
                }
            }
        });

        it("list orders by their index only", () => {
            const query = statementsOf(graph, "shop-list-orders").find(({ Action }) =>
                [Action].flat().includes("dynamodb:Query"),
            );
            assert.ok([query?.Resource ?? []].flat().every((arn) => arn.endsWith("/index/byCustomer")));
        });

        it("attach no managed policy", () => {
            const roles = ofType(graph, "aws:iam/role:Role").filter(({ inputs }) => inputs["managedPolicyArns"]);
            assert.deepEqual(
                roles.map(({ name }) => name),
                ["shop-logs"],
            );
        });

        it("take concurrency from the settings", async () => {
            const capped = await withApiFirst({ reservedConcurrency: 7, provisionedConcurrency: 2 });
            assert.ok(ofType(capped, FUNCTION).every(({ inputs }) => inputs["reservedConcurrentExecutions"] === 7));
            const provisioned = ofType(capped, "aws:lambda/provisionedConcurrencyConfig:ProvisionedConcurrencyConfig");
            assert.equal(provisioned.length, ofType(capped, FUNCTION).length);
        });
    });

    describe("tables", () => {
        it("are on demand and recoverable", () => {
            for (const { name, inputs } of ofType(graph, "aws:dynamodb/table:Table")) {
                assert.equal(inputs["billingMode"], "PAY_PER_REQUEST", name);
                assert.deepEqual(inputs["pointInTimeRecovery"], { enabled: true }, name);
            }
        });

        it("survive the stack where it is protected", async () => {
            const prod = await withApiFirst(true, "prod");
            const protectedTypes = prod.resources.filter(({ protect }) => protect).map(({ type }) => type);
            assert.deepEqual([...new Set(protectedTypes)].sort(), [
                "aws:cognito/userPool:UserPool",
                "aws:dynamodb/table:Table",
            ]);
            const orders = ofType(prod, "aws:dynamodb/table:Table").find(({ name }) => name === "shop-orders");
            assert.equal(orders?.inputs["deletionProtectionEnabled"], true);
            assert.ok(graph.resources.every(({ protect }) => !protect));
        });
    });

    describe("every resource", () => {
        it("carries project, stack, architecture and owner where it takes tags", async () => {
            const owned = await withApiFirst(true, "dev", { "quintet:owner": "team-a" });
            const tagged = owned.resources.filter(({ inputs }) => inputs["tags"] !== undefined);
            assert.ok(tagged.length > 20);
            for (const { inputs, urn } of tagged) {
                // The bus joins the architectures, and so belongs to none of them.
                const architecture = urn.endsWith("EventBus::shop") ? "shared" : "api-first";
                assert.deepEqual(
                    inputs["tags"],
                    { project: "quintet", stack: "dev", architecture, owner: "team-a" },
                    urn,
                );
            }
            const untagged = owned.resources.filter(
                ({ type, inputs }) => TAGGABLE.test(type) && inputs["tags"] === undefined,
            );
            assert.deepEqual(
                untagged.map(({ urn }) => urn),
                [],
            );
        });

        it("has a name that no other stack has", async () => {
            const names = (from: Graph): string[] =>
                from.resources.flatMap(({ type, outputs }) =>
                    NAMED_IN_ACCOUNT.test(type) && typeof outputs["name"] === "string"
                        ? [`${type} ${outputs["name"]}`]
                        : [],
                );
            const dev = new Set(names(graph));
            assert.ok(dev.size > 20);
            const staging = await withApiFirst(true, "staging");
            assert.deepEqual(
                names(staging).filter((name) => dev.has(name)),
                [],
            );
        });
    });
});

const TAGGABLE =
    /^aws:(lambda\/function:|dynamodb\/table:|iam\/role:|iam\/policy:|cloudwatch\/logGroup:|sqs\/queue:|cognito\/userPool:|apigateway\/stage:|apigateway\/restApi:|apigateway\/apiKey:|apigateway\/usagePlan:)/;

const NAMED_IN_ACCOUNT =
    /^aws:(lambda\/function:|dynamodb\/table:|iam\/role:|iam\/policy:|cloudwatch\/logGroup:|sqs\/queue:)/;
