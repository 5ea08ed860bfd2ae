import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { rmSync } from "node:fs";
import { join } from "node:path";

import { median } from "./measure";
import { type Figure, figure } from "./report";

const ROOT = join(__dirname, "..");
const RUNS = 5;
/** By then, what was only needed to start is gone. */
const SETTLE_MS = 3000;

/** `npm start` from the key press to the first answer of the Orders API, its memory, and captures in fresh processes. */
export async function benchStart(): Promise<Figure[]> {
    rmSync(join(ROOT, ".quintet"), { recursive: true, force: true });
    const cold = await start();
    const warm: Started[] = [];
    for (let run = 0; run < RUNS; run++) warm.push(await start());

    rmSync(join(ROOT, ".quintet", "bundles"), { recursive: true, force: true });
    const first = await commandMs("graph");
    const captures: number[] = [];
    for (let run = 0; run < RUNS; run++) captures.push(await commandMs("graph"));
    return [
        figure("npm start to the first answer, cold", cold.firstAnswerMs, "ms"),
        figure("npm start to the first answer, warm", median(warm.map((each) => each.firstAnswerMs)), "ms"),
        figure("npm start, idle memory of the whole process tree", median(warm.map((each) => each.idleMB)), "MB"),
        figure("npm run graph, first", first, "ms"),
        figure("npm run graph, again", median(captures), "ms"),
    ];
}

interface Started {
    firstAnswerMs: number;
    idleMB: number;
}

async function start(): Promise<Started> {
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
        const firstAnswerMs = performance.now() - started;
        await new Promise((resolve) => setTimeout(resolve, SETTLE_MS));
        const idleMB = memoryOfGroupMB(child.pid ?? 0);
        if (child.pid !== undefined) process.kill(-child.pid, "SIGINT");
        await once(child, "exit");
        return { firstAnswerMs, idleMB };
    }
    throw new Error("npm start ended early.");
}

async function commandMs(name: string): Promise<number> {
    const started = performance.now();
    const child = spawn("npm", ["run", "--silent", name], { cwd: ROOT, stdio: ["ignore", "ignore", "inherit"] });
    await once(child, "exit");
    return performance.now() - started;
}

/** Resident memory of a process group: npm, its shell and Node. */
function memoryOfGroupMB(group: number): number {
    const rows = execFileSync("ps", ["-A", "-o", "pgid=,rss="]).toString().trim().split("\n");
    const kilobytes = rows
        .map((row) => row.trim().split(/\s+/).map(Number))
        .filter(([pgid]) => pgid === group)
        .reduce((sum, [, rss = 0]) => sum + rss, 0);
    return kilobytes / 1024;
}
