import { spawn } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { join } from "node:path";

const BENCH = join(__dirname, "..");

/** serverless-offline with one function that does nothing, as its users start it. */
export async function startServerlessOffline(): Promise<{ url: string; startMs: number; close(): Promise<void> }> {
    const [httpPort, lambdaPort] = [await freePort(), await freePort()];
    const url = `http://127.0.0.1:${httpPort}`;
    const started = performance.now();
    const child = spawn(
        join(BENCH, "node_modules", ".bin", "serverless"),
        ["offline", "--httpPort", String(httpPort), "--lambdaPort", String(lambdaPort)],
        {
            cwd: join(BENCH, "programs", "serverless-offline"),
            stdio: "ignore",
            env: { ...process.env, SLS_TELEMETRY_DISABLED: "1", SLS_NOTIFICATIONS_MODE: "off" },
        },
    );
    const ended = once(child, "exit");
    while (!(await answers(`${url}/hello/ada`))) {
        if (child.exitCode !== null) throw new Error("serverless-offline has ended. Is it installed in bench/?");
        await new Promise((resolve) => setTimeout(resolve, 20));
    }
    return {
        url,
        startMs: performance.now() - started,
        close: async () => {
            child.kill("SIGINT");
            await ended;
        },
    };
}

async function answers(url: string): Promise<boolean> {
    try {
        return (await fetch(url)).ok;
    } catch {
        return false;
    }
}

async function freePort(): Promise<number> {
    const server = createServer().listen(0, "127.0.0.1");
    await once(server, "listening");
    const { port } = server.address() as AddressInfo;
    server.close();
    return port;
}
