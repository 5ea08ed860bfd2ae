import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { extname, join, resolve } from "node:path";

import type { CaptureOptions } from "./capture";
import type { CaptureAnswer, CaptureRequest } from "./capture-child";
import type { Graph } from "./model";

/** The program cannot be captured; the message says why. */
export class CaptureError extends Error {
    override name = "CaptureError";
}

/**
 * Captures one program in a process of its own, so that the SDKs which it loads, some 200 MB, are gone when that is
 * closed. As long as it is open, they need not be loaded again.
 */
export class CaptureProcess {
    readonly #start: () => ChildProcess;
    readonly #program: string;
    #child: ChildProcess | undefined;

    /** @param projectRoot Folder of this project: the capture runs from its TypeScript sources. */
    constructor(projectRoot: string, program: string = projectRoot) {
        // The child runs in the program's folder, from where a relative path would lead elsewhere.
        this.#program = resolve(program);
        this.#start = () => startChild(projectRoot, this.#program);
    }

    /** @throws CaptureError with the message that the capture failed with. */
    async capture(stack: string, options: Omit<CaptureOptions, "program"> = {}): Promise<Graph> {
        this.#child ??= this.#start();
        const child = this.#child;
        const ended = once(child, "exit").then(() => {
            this.#child = undefined;
            throw new CaptureError("The program ended before it was captured; what it printed tells why.");
        });
        ended.catch(() => undefined);
        child.send({ stack, options: { ...options, program: this.#program } } satisfies CaptureRequest);
        const [answer] = (await Promise.race([once(child, "message"), ended])) as [CaptureAnswer];
        if ("failure" in answer) throw new CaptureError(answer.failure);
        return answer.graph;
    }

    close(): void {
        if (this.#child?.connected === true) this.#child.disconnect();
        this.#child = undefined;
    }
}

/** Captures once. Throws as {@link CaptureProcess.capture} does. */
export async function captureInProcess(projectRoot: string, stack: string, options: CaptureOptions): Promise<Graph> {
    const { program, ...others } = options;
    const capturing = new CaptureProcess(projectRoot, program);
    try {
        return await capturing.capture(stack, others);
    } finally {
        capturing.close();
    }
}

function startChild(projectRoot: string, program: string): ChildProcess {
    const isCompiled = extname(__filename) === ".js";
    return fork(join(__dirname, isCompiled ? "capture-child.js" : "capture-child.ts"), [], {
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
}
