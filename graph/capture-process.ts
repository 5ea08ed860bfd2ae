import { fork } from "node:child_process";
import { once } from "node:events";
import { extname, join } from "node:path";

import type { CaptureOptions } from "./capture";
import type { CaptureRequest } from "./capture-child";
import type { Graph } from "./model";

/** The program cannot be captured; the message says why. */
export class CaptureError extends Error {
    override name = "CaptureError";
}

/**
 * Captures in a process of its own, so that the SDKs which the program loads, some 200 MB, are gone afterwards.
 * @param projectRoot Folder of this project: the capture runs from its TypeScript sources.
 * @throws CaptureError with the message that the capture failed with.
 */
export async function captureInProcess(projectRoot: string, stack: string, options: CaptureOptions): Promise<Graph> {
    const program = options.program ?? projectRoot;
    const isCompiled = extname(__filename) === ".js";
    const child = fork(join(__dirname, isCompiled ? "capture-child.js" : "capture-child.ts"), [], {
        cwd: program,
        // A closure is bundled from the folder of its file, so the program must run from where it stands.
        execArgv: [
            "--require",
            isCompiled ? join(__dirname, "register-typescript.js") : require.resolve("ts-node/register/transpile-only"),
            // Loading the SDKs makes much garbage that is short-lived: less of it is copied in a larger nursery.
            "--max-semi-space-size=64",
        ],
        stdio: ["ignore", "inherit", "inherit", "ipc"],
        env: {
            ...process.env,
            TS_NODE_PROJECT: join(projectRoot, "tsconfig.json"),
            // From Node 22.1 on, V8's compiled code is kept as well.
            NODE_COMPILE_CACHE: join(projectRoot, ".quintet", "compile-cache"),
        },
        serialization: "advanced",
    });
    const ended = once(child, "exit").then(() => {
        throw new CaptureError("The program ended before it was captured; what it printed tells why.");
    });
    ended.catch(() => undefined);
    child.send({ stack, options: { ...options, program } } satisfies CaptureRequest);
    const [answer] = (await Promise.race([once(child, "message"), ended])) as [{ graph?: Graph; failure?: string }];
    if (answer.graph === undefined) throw new CaptureError(answer.failure);
    return answer.graph;
}
