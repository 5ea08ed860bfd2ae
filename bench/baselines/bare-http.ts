import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { Worker } from "node:worker_threads";

interface ProxyResult {
    statusCode: number;
    headers?: Record<string, string>;
    body: string;
}

export interface BareOptions {
    /** Folder of a function's bundle. */
    bundle: string;
    environment: Record<string, string>;
    /** What the event says of the request's route. */
    resource: string;
    requestContext: object;
    /** In a worker thread, or in the server's own. */
    inWorker: boolean;
}

export interface BareServer {
    url: string;
    close(): Promise<void>;
}

type Handle = (event: object) => Promise<ProxyResult>;

/** A function behind nothing but Node's HTTP server: what a gateway can cost at best. */
export async function startBare(options: BareOptions): Promise<BareServer> {
    const { handle, end } = options.inWorker ? await inWorker(options) : inProcess(options);
    const server = createServer((incoming, outgoing) => {
        void eventOf(incoming, options)
            .then(handle)
            .then(({ statusCode, headers, body }) => {
                outgoing.writeHead(statusCode, { ...headers, "Content-Length": Buffer.byteLength(body) });
                outgoing.end(body);
            });
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    return {
        url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
        close: async () => {
            server.closeAllConnections();
            server.close();
            await end();
        },
    };
}

async function eventOf(incoming: IncomingMessage, { resource, requestContext }: BareOptions): Promise<object> {
    const chunks: Buffer[] = [];
    for await (const chunk of incoming as AsyncIterable<Buffer>) chunks.push(chunk);
    return {
        resource,
        path: incoming.url,
        httpMethod: incoming.method,
        headers: incoming.headers,
        multiValueHeaders: {},
        queryStringParameters: null,
        pathParameters: null,
        requestContext,
        body: Buffer.concat(chunks).toString(),
        isBase64Encoded: false,
    };
}

function inProcess({ bundle, environment }: BareOptions): { handle: Handle; end: () => Promise<void> } {
    Object.assign(process.env, environment);
    // eslint-disable-next-line @typescript-eslint/no-require-imports -- what AWS's runtime does, too
    const { handler } = require(bundle) as { handler: (event: object, context: object) => Promise<ProxyResult> };
    return {
        handle: (event) => handler(event, { awsRequestId: "1", getRemainingTimeInMillis: () => 10_000 }),
        end: () => Promise.resolve(),
    };
}

const WORKER = `
const { parentPort, workerData } = require("node:worker_threads");
const { handler } = require(workerData);
parentPort.on("message", async ({ id, event }) => {
    const context = { awsRequestId: String(id), getRemainingTimeInMillis: () => 10000 };
    parentPort.postMessage({ id, result: await handler(JSON.parse(event), context) });
});
parentPort.postMessage({ id: 0 });
`;

async function inWorker({ bundle, environment }: BareOptions): Promise<{ handle: Handle; end: () => Promise<void> }> {
    const worker = new Worker(WORKER, {
        eval: true,
        workerData: bundle,
        env: { ...environment, NODE_NO_WARNINGS: "1" },
        // What functions log is of no interest here.
        stdout: true,
    });
    worker.stdout.resume();
    const waiting = new Map<number, (result: ProxyResult) => void>();
    let count = 0;
    await new Promise<void>((resolve) => {
        worker.on("message", ({ id, result }: { id: number; result: ProxyResult }) => {
            if (id === 0) return resolve();
            waiting.get(id)?.(result);
            waiting.delete(id);
        });
    });
    return {
        handle: (event) =>
            new Promise((resolve) => {
                waiting.set(++count, resolve);
                worker.postMessage({ id: count, event: JSON.stringify(event) });
            }),
        end: async () => void (await worker.terminate()),
    };
}
