import { spawn } from "node:child_process";
import { once } from "node:events";
import { rmSync } from "node:fs";
import { join } from "node:path";

import { median, row } from "./measure";

const ROOT = join(__dirname, "..");
const RUNS = 5;

/** `npm start` from the key press to the first answer of the Orders API, and captures in fresh processes. */
export async function benchStart(): Promise<void> {
    rmSync(join(ROOT, ".quintet"), { recursive: true, force: true });
    row("npm start to the first answer, cold", await startMs(), "ms");
    const warm: number[] = [];
    for (let run = 0; run < RUNS; run++) warm.push(await startMs());
    row("npm start to the first answer, warm", median(warm), "ms");

    rmSync(join(ROOT, ".quintet", "bundles"), { recursive: true, force: true });
    row("npm run graph, first", await commandMs("graph"), "ms");
    const captures: number[] = [];
    for (let run = 0; run < RUNS; run++) captures.push(await commandMs("graph"));
    row("npm run graph, again", median(captures), "ms");
}

async function startMs(): Promise<number> {
    const started = performance.now();
    const child = spawn("npm", ["start", "--silent", "--", "--port", "0"], {
        cwd: ROOT,
        stdio: ["ignore", "pipe", "inherit"],
        detached: true,
    });
    let printed = "";
    for await (const chunk of child.stdout as AsyncIterable<Buffer>) {
        printed += chunk.toString();
        const url = /Orders API\s+(\S+)\n/.exec(printed)?.[1];
        if (url === undefined || !printed.includes("Ready in")) continue;
        await (await fetch(`${url}/openapi.json`)).text();
        const took = performance.now() - started;
        if (child.pid !== undefined) process.kill(-child.pid, "SIGINT");
        await once(child, "exit");
        return took;
    }
    throw new Error("npm start ended early.");
}

async function commandMs(name: string): Promise<number> {
    const started = performance.now();
    const child = spawn("npm", ["run", "--silent", name], { cwd: ROOT, stdio: ["ignore", "ignore", "inherit"] });
    await once(child, "exit");
    return performance.now() - started;
}
