import { spawn } from "node:child_process";
import { once } from "node:events";

/** The middle of several values, which a single slow run does not move. */
export function median(values: number[]): number {
    const sorted = [...values].sort((a, b) => a - b);
    return sorted[Math.floor(sorted.length / 2)] ?? NaN;
}

/** Milliseconds that a fresh Node takes for some code, less those that it takes for none; the median of several runs. */
export async function freshNodeMs(code: string, runs = 25): Promise<number> {
    const measured: number[] = [];
    for (let run = 0; run < runs; run++) {
        const child = spawn(process.execPath, ["--eval", timed(code)], {
            stdio: ["ignore", "pipe", "inherit"],
            env: { ...process.env, NODE_NO_WARNINGS: "1" },
        });
        let printed = "";
        child.stdout.on("data", (chunk: Buffer) => (printed += chunk.toString()));
        await once(child, "close");
        measured.push(Number(printed.trim().split("\n").at(-1)));
    }
    return median(measured);
}

function timed(code: string): string {
    return `(async () => { const t = performance.now(); ${code}; console.log(performance.now() - t); process.exit(0); })()`;
}
