import { existsSync } from "node:fs";
import { join } from "node:path";
import { Worker, type WorkerOptions } from "node:worker_threads";

import { environmentVariables } from "./environment-variables";
import type { EnvironmentOptions } from "./execution-environment";
import type { EnvironmentSettings } from "./runtime/messages";

let bundled: string | undefined;

/**
 * Starts the runtime of an execution environment in a worker thread. From the TypeScript sources it is bundled first: a
 * worker that compiled it for itself would start ten times slower.
 * @param tickets Who has the invocations that are sent ahead.
 */
export function startRuntime(options: EnvironmentOptions, logStreamName: string, tickets: SharedArrayBuffer): Worker {
    const workerOptions: WorkerOptions = {
        workerData: settings(options, logStreamName, tickets),
        env: environmentVariables({ ...options, logStreamName }),
        resourceLimits: { maxOldGenerationSizeMb: options.configuration.memoryMb },
        execArgv: [],
        stdin: false,
        stdout: true,
        stderr: true,
    };
    const compiled = join(__dirname, "runtime", "bootstrap.js");
    if (existsSync(compiled)) return new Worker(compiled, workerOptions);
    bundled ??= bundle();
    return new Worker(bundled, { ...workerOptions, eval: true });
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

function settings(
    { configuration, version, endpoint, clock }: EnvironmentOptions,
    logStreamName: string,
    tickets: SharedArrayBuffer,
): EnvironmentSettings {
    return {
        taskRoot: configuration.taskRoot,
        handler: configuration.handler,
        runtime: configuration.runtime,
        functionName: configuration.name,
        functionVersion: version,
        memoryMb: configuration.memoryMb,
        logGroupName: configuration.logGroupName,
        logStreamName,
        jsonLogs: configuration.jsonLogs,
        logLevel: configuration.applicationLogLevel,
        endpoint,
        time: clock.shared,
        tickets,
        sdkRoots: [__dirname, process.cwd()],
    };
}
