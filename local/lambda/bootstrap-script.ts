import { existsSync } from "node:fs";
import { join } from "node:path";
import { Worker, type WorkerOptions } from "node:worker_threads";

let bundled: string | undefined;

/**
 * Starts the runtime of an execution environment in a worker thread. From the TypeScript sources it is bundled first: a
 * worker that compiled it for itself would start ten times slower.
 */
export function startRuntime(options: WorkerOptions): Worker {
    const compiled = join(__dirname, "runtime", "bootstrap.js");
    if (existsSync(compiled)) return new Worker(compiled, options);
    bundled ??= bundle();
    return new Worker(bundled, { ...options, eval: true });
}

function bundle(): string {
    // Loaded only where it is needed: the compiled commands do without.
    // eslint-disable-next-line @typescript-eslint/no-require-imports
    const { buildSync } = require("esbuild") as typeof import("esbuild");
    const { outputFiles } = buildSync({
        entryPoints: [join(__dirname, "runtime", "bootstrap.ts")],
        bundle: true,
        platform: "node",
        target: "node20",
        format: "cjs",
        write: false,
    });
    return outputFiles[0]?.text ?? "";
}
