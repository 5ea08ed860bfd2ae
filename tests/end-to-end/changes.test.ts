import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { CloudWatchLogsClient, FilterLogEventsCommand } from "@aws-sdk/client-cloudwatch-logs";

import { OrdersClient } from "../../commands/demo/orders-client";
import { SignIn } from "../../commands/demo/sign-in";
import { captureGraph } from "../../graph/capture";
import type { Graph, Resource } from "../../graph/model";
import { LocalCloud } from "../../local/cloud";
import { placing } from "./running-stack";

const ROOT = join(__dirname, "..", "..");

/** The graph with one resource's inputs as a function changes them. */
function changed(graph: Graph, type: string, name: string, change: (resource: Resource) => Resource["inputs"]): Graph {
    return {
        ...graph,
        resources: graph.resources.map((resource) =>
            resource.type === type && resource.name === name ? { ...resource, inputs: change(resource) } : resource,
        ),
    };
}

describe("a running stack", () => {
    let graph: Graph;
    let cloud: LocalCloud;
    let directory: string;

    before(async () => {
        graph = await captureGraph("dev", { config: { "quintet:architectures": { apiFirst: {} } } });
    });

    beforeEach(async () => {
        directory = await mkdtemp(join(tmpdir(), "stack-"));
        await open();
    });

    afterEach(async () => {
        await cloud.close();
        await rm(directory, { recursive: true });
    });

    async function open(): Promise<void> {
        const { region, account } = graph;
        cloud = await LocalCloud.start({ region, account, port: 0, data: { directory, stack: "quintet/dev" } });
        await cloud.run(graph, ROOT);
    }

    const signIn = (): SignIn =>
        new SignIn({
            endpoint: cloud.url,
            region: graph.region,
            userPoolId: String(graph.outputs["userPoolId"]),
            clientId: String(graph.outputs["userPoolClientId"]),
        });
    const clientWith = (token: string): OrdersClient =>
        new OrdersClient(cloud.localUrl(String(graph.outputs["ordersUrl"])), token);

    it("keeps its users, their tokens, orders, logs and quotas when it ends and begins again", async () => {
        const token = await signIn().newUser("ada@example.com");
        const { body } = await clientWith(token).expect(201, "/v1/orders", placing("kept-00001"));
        await cloud.close();

        await open();
        const ada = clientWith(token);
        await ada.expect(200, `/v1/orders/${String(body["id"])}`);
        const repeated = await ada.expect(201, "/v1/orders", placing("kept-00001"));
        assert.equal(repeated.body["id"], body["id"]);
        const logs = new CloudWatchLogsClient({
            endpoint: cloud.url,
            region: graph.region,
            credentials: { accessKeyId: "local", secretAccessKey: "local" },
        });
        const logGroupName = "/aws/lambda/quintet-dev/shop-place-order";
        const { events = [] } = await logs.send(new FilterLogEventsCommand({ logGroupName, filterPattern: "REPORT" }));
        assert.equal(events.length, 2);
        logs.destroy();
    });

    it("serves a changed API by the new definition, with the tokens and limits of before", async () => {
        const ada = clientWith(await signIn().newUser("ada@example.com"));
        await ada.expect(200, "/v1/orders");
        const without = changed(graph, "aws:apigateway/restApi:RestApi", "shop", ({ inputs }) => {
            const definition = JSON.parse(String(inputs["body"])) as { paths: Record<string, unknown> };
            delete definition.paths["/v2/feedback"];
            return { ...inputs, body: JSON.stringify(definition) };
        });
        const { changes } = await cloud.run(without, ROOT);
        assert.deepEqual(
            changes.updated.map(({ name }) => name),
            ["shop"],
        );
        await ada.expect(404, "/v2/feedback", { method: "POST", body: { rating: 5 } });
        await ada.expect(200, "/v1/orders");
    });

    it("judges functions that run by their roles' new policies", async () => {
        const ada = clientWith(await signIn().newUser("ada@example.com"));
        await ada.expect(201, "/v1/orders", placing("policy-0001"));
        const nothing = JSON.stringify({ Version: "2012-10-17", Statement: [] });
        const type = "aws:iam/rolePolicy:RolePolicy";
        await cloud.run(
            changed(graph, type, "shop-place-order", ({ inputs }) => ({ ...inputs, policy: nothing })),
            ROOT,
        );
        await ada.expect(500, "/v1/orders", placing("policy-0002"));
        await cloud.run(graph, ROOT);
        await ada.expect(201, "/v1/orders", placing("policy-0003"));
    });

    it("changes nothing where the graph has not changed", async () => {
        const { changes } = await cloud.run(structuredClone(graph), ROOT);
        assert.deepEqual(changes, { created: [], updated: [], deleted: [] });
    });

    it("loses what a smaller graph leaves out, also from its folder", async () => {
        const ada = clientWith(await signIn().newUser("ada@example.com"));
        await ada.expect(201, "/v1/orders", placing("gone-00001"));
        const complete = graph;
        graph = { ...complete, resources: [] };
        await cloud.run(graph, ROOT);
        await cloud.close();
        graph = complete;
        await open();
        const again = clientWith(await signIn().newUser("ada@example.com"));
        const { body } = await again.expect(200, "/v1/orders");
        assert.deepEqual(Object.values(body).find(Array.isArray), []);
    });
});
