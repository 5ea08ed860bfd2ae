import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";

const CLI = join(__dirname, "..", "..", "commands", "cli.cjs");

/** `npm start` in a process of its own. */
export class StartProcess {
    #output = "";
    readonly #child: ChildProcess;
    #listeners: (() => void)[] = [];

    constructor(...options: string[]) {
        this.#child = spawn(process.execPath, [CLI, "start", "--port", "0", ...options], {
            stdio: ["ignore", "pipe", "pipe"],
        });
        const note = (chunk: Buffer): void => {
            this.#output += chunk.toString();
            for (const listener of this.#listeners) listener();
        };
        this.#child.stdout?.on("data", note);
        this.#child.stderr?.on("data", note);
        this.#child.on("exit", () => note(Buffer.from("(ended)")));
    }

    get output(): string {
        return this.#output;
    }

    /** Settles with the first match in what it prints; rejects when it ends before. */
    async printed(pattern: RegExp): Promise<RegExpExecArray> {
        for (;;) {
            const match = pattern.exec(this.#output);
            if (match !== null) return match;
            assert.ok(!this.#output.endsWith("(ended)"), this.#output);
            await new Promise<void>((resolve) => this.#listeners.push(resolve));
        }
    }

    /** The endpoint's URL, once it serves. */
    async url(): Promise<string> {
        await this.printed(/Ready in/);
        return (await this.printed(/ at (http:\/\/127\.0\.0\.1:\d+)/))[1] ?? "";
    }

    async end(signal: NodeJS.Signals = "SIGKILL"): Promise<void> {
        if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
        this.#child.kill(signal);
        await once(this.#child, "exit");
    }
}
