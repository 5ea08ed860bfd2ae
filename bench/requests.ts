import { join } from "node:path";

import { SignIn } from "../commands/demo/sign-in";
import { captureInProcess } from "../graph/capture-process";
import { ARCHIVE, ASSET, type Graph, type Properties, type Resource } from "../graph/model";
import { reveal } from "../graph/values";
import { RealClock } from "../local/clock";
import { LocalCloud } from "../local/cloud";
import { DynamoDb } from "../local/dynamodb";
import { developerOnly, startEndpoint } from "../local/endpoint/server";
import { startBare } from "./baselines/bare-http";
import { startServerlessOffline } from "./baselines/serverless-offline";
import { type Load, load, type LoadResult } from "./load";
import { type Figure, figure } from "./report";

const CONNECTIONS = 16;
/** Until V8 has compiled, in each of several threads, what is called often: an SDK client is a lot of code. */
const WARM_UP_MS = 12_000;
const TRIVIAL = join(__dirname, "programs", "trivial");

type Request = Pick<Load, "url" | "method" | "headers" | "body">;

/** Requests over HTTP through the local cloud, beside the same functions behind next to nothing. */
export async function benchRequests(): Promise<Figure[]> {
    return [...(await benchTrivial()), ...(await benchOrders())];
}

async function measure(request: Request, connections = CONNECTIONS): Promise<LoadResult> {
    const result = await load({ ...request, connections, warmUpMs: WARM_UP_MS, measureMs: 5000 });
    if (result.failures > 0) throw new Error(`${result.failures} answers of ${request.url} were no success.`);
    return result;
}

async function benchTrivial(): Promise<Figure[]> {
    const graph = await captureInProcess(process.cwd(), "dev", { program: TRIVIAL });
    const cloud = await runIn(graph, TRIVIAL);
    const url = cloud.localUrl(String(graph.outputs["url"]));
    const headers = { Authorization: "token" };
    const hello = { url: `${url}/hello/ada?limit=5`, method: "GET", headers, body: "" };
    const trivial = await measure(hello);
    const alone = await measure(hello, 1);
    const put = await measure({
        url: `${url}/items`,
        method: "POST",
        headers: { ...headers, "Content-Type": "application/json" },
        body: '{"id":"{n}"}',
    });
    await cloud.close();

    const inProcess = await measureBare(graph, "hello", false);
    const inWorker = await measureBare(graph, "hello", true);
    const bareAlone = await measureBare(graph, "hello", true, { connections: 1 });
    const offline = await measureOffline();
    const putInWorker = await measureBare(graph, "put", true, { request: { method: "POST", body: '{"id":"{n}"}' } });
    const name = "Trivial function, routed, authorised, validated, throttled";
    return [
        figure(`${name}; baseline: bare node:http in process`, trivial.perSecond, "req/s", inProcess.perSecond),
        figure(`${name}; baseline: bare node:http and worker`, trivial.perSecond, "req/s", inWorker.perSecond),
        figure(`${name}; baseline: serverless-offline`, trivial.perSecond, "req/s", offline.result.perSecond),
        figure(`${name}, p50 of one client; baseline: bare and worker`, alone.p50Ms, "ms", bareAlone.p50Ms),
        figure(
            "Function of one PutItem, IAM on; baseline: bare and worker",
            put.perSecond,
            "req/s",
            putInWorker.perSecond,
        ),
        figure("serverless-offline, start to first answer", offline.startMs, "ms"),
    ];
}

export async function benchOrders(): Promise<Figure[]> {
    const unlimited = { apiFirst: { throttle: { rate: 10_000, burst: 5_000 } } };
    const graph = await captureInProcess(process.cwd(), "dev", { config: { "quintet:architectures": unlimited } });
    const cloud = await runIn(graph, process.cwd());
    const url = cloud.localUrl(String(graph.outputs["ordersUrl"]));
    const token = await new SignIn({
        endpoint: cloud.url,
        region: graph.region,
        userPoolId: String(graph.outputs["userPoolId"]),
        clientId: String(graph.outputs["userPoolClientId"]),
    }).newUser("bench@example.com");
    const headers = { Authorization: `Bearer ${token}`, "Content-Type": "application/json" };
    const order = '{"currency":"EUR","items":[{"sku":"TEA","quantity":2,"unitPrice":4.5}]}';
    const place = {
        url: `${url}/v1/orders`,
        method: "POST",
        headers: { ...headers, "Idempotency-Key": "b-{n}-order" },
    };
    const placed = await fetch(place.url, {
        method: "POST",
        headers: { ...headers, "Idempotency-Key": "bench-first-order" },
        body: order,
    });
    const { id } = (await placed.json()) as { id: string };
    const read = await measure({ url: `${url}/v1/orders/${id}`, method: "GET", headers, body: "" });
    const write = await measure({ ...place, body: order });
    await cloud.close();

    const route = {
        resource: "/v1/orders",
        headers: { "idempotency-key": "b-{n}-order", "content-type": "application/json" },
    };
    const bareWrite = await measureBare(graph, "shop-place-order", true, {
        request: { method: "POST", body: order, ...route },
    });
    return [
        figure("Orders read", read.perSecond, "req/s"),
        figure("Orders read, p50 of 16 clients", read.p50Ms, "ms"),
        figure("Orders write; baseline: bare and worker", write.perSecond, "req/s", bareWrite.perSecond),
        figure("Orders write, p50 of 16 clients", write.p50Ms, "ms", bareWrite.p50Ms),
    ];
}

async function runIn(graph: Graph, directory: string): Promise<LocalCloud> {
    const cloud = await LocalCloud.start({ region: graph.region, account: graph.account, port: 0 });
    await cloud.run(graph, directory);
    return cloud;
}

interface BareLoad {
    connections?: number;
    request?: { method: string; body: string; resource?: string; headers?: Record<string, string> };
}

/** The same bundle and the same store, without gateway, IAM and logs. */
async function measureBare(graph: Graph, name: string, inWorker: boolean, bare: BareLoad = {}): Promise<LoadResult> {
    const { region, account } = graph;
    const dynamoDb = new DynamoDb({ clock: new RealClock(), region, account });
    for (const resource of graph.resources.filter(({ type }) => type === "aws:dynamodb/table:Table")) {
        await dynamoDb.materialisers[resource.type]?.create(resource);
    }
    const services = [dynamoDb.service];
    const endpoint = await startEndpoint({ port: 0, region, account, iam: developerOnly, services, routes: [] });
    const fn = graph.resources.find((each) => each.type === "aws:lambda/function:Function" && each.name === name);
    if (fn === undefined) throw new Error(`The graph has no function ${name}.`);
    const { method, body, resource = "/", headers = {} } = bare.request ?? { method: "GET", body: "" };
    const server = await startBare({
        bundle: bundleOf(fn, graph.project === "trivial" ? TRIVIAL : process.cwd()),
        environment: environmentOf(fn, endpoint.url, region),
        resource,
        requestContext: {
            requestId: "1",
            identity: {},
            path: resource,
            authorizer: { claims: { sub: "ada", scope: "" } },
        },
        inWorker,
    });
    const result = await measure({ url: `${server.url}/`, method, headers, body }, bare.connections);
    await server.close();
    await endpoint.close();
    dynamoDb.close();
    return result;
}

function bundleOf({ inputs }: Resource, directory: string): string {
    const archive = member(inputs["code"], ARCHIVE);
    const asset = member(member(member(archive, "assets"), "index.js"), ASSET);
    return join(directory, String((asset as Properties)["path"]));
}

function environmentOf({ inputs }: Resource, endpoint: string, region: string): Record<string, string> {
    const variables = member(reveal(inputs["environment"] ?? {}), "variables") as Record<string, string>;
    return {
        ...variables,
        AWS_REGION: region,
        AWS_ACCESS_KEY_ID: "local",
        AWS_SECRET_ACCESS_KEY: "local",
        AWS_ENDPOINT_URL: endpoint,
    };
}

function member(value: unknown, key: string): Properties {
    return Reflect.get(Object(value), key) as Properties;
}

async function measureOffline(): Promise<{ result: LoadResult; startMs: number }> {
    const offline = await startServerlessOffline();
    const result = await measure({ url: `${offline.url}/hello/ada?limit=5`, method: "GET", headers: {}, body: "" });
    await offline.close();
    return { result, startMs: offline.startMs };
}
