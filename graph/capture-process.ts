import { fork } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";

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
    const child = fork(join(projectRoot, "graph", "capture-child.ts"), [], {
        cwd: options.program ?? projectRoot,
        // A closure is bundled from the folder of its file, so the program must run from where it stands.
        execArgv: ["--require", require.resolve("ts-node/register/transpile-only")],
        stdio: ["ignore", "inherit", "inherit", "ipc"],
        env: { ...process.env, TS_NODE_PROJECT: join(projectRoot, "tsconfig.json") },
        serialization: "advanced",
    });
    const ended = once(child, "exit").then(() => {
        throw new CaptureError("The program ended before it was captured; what it printed tells why.");
    });
    ended.catch(() => undefined);
    child.send({ stack, options } satisfies CaptureRequest);
    const [answer] = (await Promise.race([once(child, "message"), ended])) as [{ graph?: Graph; failure?: string }];
    if (answer.graph === undefined) throw new CaptureError(answer.failure);
    return answer.graph;
}
