import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { createServer } from "node:http";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { join } from "node:path";

const ROOT = join(__dirname, "..", "..");
const CLI = join(ROOT, "commands", "cli.cjs");

interface Outcome {
    code: number;
    stdout: string;
    stderr: string;
}

async function node(...args: string[]): Promise<Outcome> {
    const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "pipe"] });
    const outcome = { code: -1, stdout: "", stderr: "" };
    child.stdout.on("data", (chunk: Buffer) => (outcome.stdout += chunk.toString()));
    child.stderr.on("data", (chunk: Buffer) => (outcome.stderr += chunk.toString()));
    [outcome.code] = (await once(child, "close")) as [number];
    return outcome;
}

/** One clear message: what is wrong, no stack trace, nothing on standard output. */
function refused({ stdout, stderr }: Outcome, ...parts: string[]): void {
    for (const part of parts) assert.ok(stderr.includes(part), `"${part}" in:\n${stderr}`);
    assert.doesNotMatch(stderr, /^\s+at .+:\d+/m);
    assert.equal(stderr.match(/Error:/g)?.length ?? 1, 1, stderr);
    assert.equal(stdout, "");
}

describe("bad input to a command", () => {
    it("of an unknown option ends with exit code 2", async () => {
        const outcome = await node(CLI, "start", "--stak", "dev");
        refused(outcome, "--stak", "npm start -- --help");
        assert.equal(outcome.code, 2);
    });

    it("of a port that is no port ends with exit code 2", async () => {
        const outcome = await node(CLI, "start", "--port", "http");
        refused(outcome, '"http"', "65535");
        assert.equal(outcome.code, 2);
    });

    it("of an unknown stack names those that exist", async () => {
        const outcome = await node(CLI, "start", "--stack", "prdo", "--port", "0");
        refused(outcome, 'no stack "prdo"', "dev, prod, staging");
        assert.equal(outcome.code, 1);
    });

    it("of a port in use names the port and the way out", async () => {
        const server = createServer().listen(0, "127.0.0.1");
        await once(server, "listening");
        const { port } = server.address() as AddressInfo;
        const outcome = await node(CLI, "start", "--port", String(port));
        server.close();
        refused(outcome, `Port ${port} is in use`, "--port");
        assert.equal(outcome.code, 1);
    });

    it("of a wrong configuration names every problem", async () => {
        const program = join(ROOT, "tests", "fixtures", "programs", "misconfigured");
        for (const command of [["start", "--port", "0"], ["graph"]]) {
            const outcome = await node(CLI, ...command, "--program", program);
            refused(outcome, "quintet:architectures.apiFrist is no setting. Did you mean apiFirst?");
            assert.equal(outcome.code, 1);
        }
    });

    it("of a graph format names the formats", async () => {
        const outcome = await node(CLI, "graph", "--format", "svg");
        refused(outcome, "tree, json, mermaid", '"svg"');
        assert.equal(outcome.code, 2);
    });

    it("of an old Node names the one that is needed", async () => {
        const pretend = `Object.defineProperty(process.versions, "node", { value: "18.20.0" }); require(${JSON.stringify(CLI)})`;
        const outcome = await node("--eval", pretend);
        refused(outcome, "20.19", "18.20.0");
        assert.equal(outcome.code, 1);
    });

    it("is none when help is asked for", async () => {
        for (const command of ["start", "demo", "graph"]) {
            const outcome = await node(CLI, command, "--help");
            assert.equal(outcome.code, 0);
            assert.match(outcome.stdout, /Usage: npm /);
            assert.equal(outcome.stderr, "");
        }
    });
});
