import { fork } from "node:child_process";
import { once } from "node:events";
import { connect, type Socket } from "node:net";

/** One kind of request, over and over. */
export interface Load {
    url: string;
    method: string;
    headers: Record<string, string>;
    /** `{n}` becomes another number in each request, here and in the headers. */
    body: string;
    connections: number;
    warmUpMs: number;
    measureMs: number;
}

export interface LoadResult {
    perSecond: number;
    p50Ms: number;
    p99Ms: number;
    /** Answers that were no success. */
    failures: number;
}

/** Makes the load in a process of its own, so that it takes no time from what is measured. */
export async function load(request: Load): Promise<LoadResult> {
    const child = fork(__filename, [], { execArgv: ["--require", "ts-node/register/transpile-only"] });
    child.send(request);
    const [result] = (await once(child, "message")) as [LoadResult];
    child.disconnect();
    return result;
}

/** Writes requests to a socket and reads answers, one at a time: an HTTP client of Node's costs more than the server. */
class Client {
    readonly #socket: Socket;
    #received = "";
    #resolve: (status: number) => void = () => undefined;

    constructor(url: URL) {
        this.#socket = connect(Number(url.port), url.hostname);
        this.#socket.setNoDelay(true);
        this.#socket.setEncoding("latin1");
        this.#socket.on("data", (chunk: string) => this.#read(chunk));
    }

    ask(text: string): Promise<number> {
        return new Promise((resolve) => {
            this.#resolve = resolve;
            this.#socket.write(text, "latin1");
        });
    }

    end(): void {
        this.#socket.destroy();
    }

    #read(chunk: string): void {
        this.#received += chunk;
        const head = this.#received.indexOf("\r\n\r\n");
        if (head < 0) return;
        const length = Number(/content-length: (\d+)/i.exec(this.#received.slice(0, head))?.[1] ?? 0);
        if (this.#received.length < head + 4 + length) return;
        const status = Number(this.#received.slice(9, 12));
        this.#received = this.#received.slice(head + 4 + length);
        this.#resolve(status);
    }
}

async function run({ url, method, headers, body, connections, warmUpMs, measureMs }: Load): Promise<LoadResult> {
    const target = new URL(url);
    const lines = Object.entries({ Host: target.host, ...headers }).map(([name, value]) => `${name}: ${value}\r\n`);
    let count = 0;
    const next = (): string => {
        const n = String(++count);
        const content = body.replaceAll("{n}", n);
        const head = `${method} ${target.pathname}${target.search} HTTP/1.1\r\n${lines.join("").replaceAll("{n}", n)}`;
        return `${head}Content-Length: ${Buffer.byteLength(content)}\r\n\r\n${content}`;
    };
    const latencies: number[] = [];
    let failures = 0;
    const from = performance.now() + warmUpMs;
    const to = from + measureMs;
    await Promise.all(
        Array.from({ length: connections }, async () => {
            const client = new Client(target);
            for (let before = performance.now(); before < to; before = performance.now()) {
                const status = await client.ask(next());
                if (before < from) continue;
                latencies.push(performance.now() - before);
                if (status >= 300) failures++;
            }
            client.end();
        }),
    );
    latencies.sort((a, b) => a - b);
    const at = (share: number): number => latencies[Math.floor(latencies.length * share)] ?? NaN;
    return { perSecond: (latencies.length / measureMs) * 1000, p50Ms: at(0.5), p99Ms: at(0.99), failures };
}

if (process.send !== undefined && require.main === module) {
    process.once("message", (request: Load) => {
        void run(request).then((result) => process.send?.(result));
    });
}
