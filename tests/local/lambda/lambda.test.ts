import assert from "node:assert/strict";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { zipSync } from "fflate";

import type { Properties } from "../../../graph/model";
import { LambdaFixture } from "./fixture";

describe("a function in the local cloud", () => {
    let fixture: LambdaFixture;

    beforeEach(() => {
        fixture = new LambdaFixture();
    });

    afterEach(() => fixture.lambda.close());

    it("may return a value or a promise", async () => {
        await fixture.define("value", "exports.handler = (event) => ({ got: event.a });");
        await fixture.define("promise", "exports.handler = async (event) => event.a + 1;");
        await fixture.define("nothing", "exports.handler = async () => {};");
        assert.deepEqual((await fixture.call("value", { a: 1 })).value, { got: 1 });
        assert.equal((await fixture.call("promise", { a: 1 })).value, 2);
        assert.equal((await fixture.call("nothing")).value, null);
    });

    it("reports what it throws by its real name", async () => {
        await fixture.define(
            "throws",
            `class OutOfTea extends Error { constructor() { super("none left"); this.name = "OutOfTea"; } }
             exports.handler = async () => { throw new OutOfTea(); };`,
        );
        await fixture.define("rejects", "exports.handler = () => Promise.reject('plain text');");
        const { errorType, errorMessage, trace } = await fixture.failure("throws");
        assert.deepEqual([errorType, errorMessage], ["OutOfTea", "none left"]);
        assert.match(trace?.[0] ?? "", /^OutOfTea: none left/);
        assert.ok(!trace?.some((line) => /worker eval|lambda.runtime/.test(line)), "frames of the runtime");
        assert.deepEqual(await fixture.failure("rejects"), {
            errorType: "string",
            errorMessage: "plain text",
            trace: [],
        });
    });

    it("is initialised once and keeps its state between invocations", async () => {
        await fixture.define("counter", "let count = 0; exports.handler = async () => ++count;");
        assert.deepEqual([(await fixture.call("counter")).value, (await fixture.call("counter")).value], [1, 2]);
    });

    it("is ended when its time is up, even in an endless loop, and starts anew", async () => {
        await fixture.define(
            "loop",
            "let calls = 0; exports.handler = async (event) => { if (event.loop) { console.log('looping'); for (;;); } return ++calls; };",
            { timeout: 3 },
        );
        assert.equal((await fixture.call("loop")).value, 1);
        const looping = fixture.logged(/looping/);
        const answer = fixture.call("loop", { loop: true });
        await looping;
        await fixture.clock.advance(3_000);
        const { functionError, value } = await answer;
        assert.equal(functionError, "Unhandled");
        assert.equal((value as { errorType: string }).errorType, "Sandbox.Timedout");
        assert.match(
            (value as { errorMessage: string }).errorMessage,
            /^RequestId: [0-9a-f-]{36} Error: Task timed out after 3\.00 seconds$/,
        );
        assert.equal((await fixture.call("loop")).value, 1, "a new environment");
    });

    it("that exits fails its invocation only", async () => {
        await fixture.define(
            "exits",
            "exports.handler = async (event) => { if (event.exit) process.exit(7); return 'fine'; };",
        );
        const exited = await fixture.failure("exits", { exit: true });
        assert.equal(exited.errorType, "Runtime.ExitError");
        assert.match(exited.errorMessage, /^RequestId: [0-9a-f-]{36} Error: Runtime exited with error: exit status 7$/);
        assert.equal((await fixture.call("exits")).value, "fine");
    });

    it("fails by errors that nobody awaits", async () => {
        await fixture.define(
            "unhandled",
            "exports.handler = () => new Promise(() => { Promise.reject(new Error('lost')); });",
        );
        await fixture.define(
            "uncaught",
            "exports.handler = () => new Promise(() => { setImmediate(() => { throw new RangeError('far'); }); });",
        );
        const { errorType, errorMessage } = await fixture.failure("unhandled");
        assert.deepEqual([errorType, errorMessage], ["Runtime.UnhandledPromiseRejection", "Error: lost"]);
        assert.equal((await fixture.failure("uncaught")).errorType, "RangeError");
    });

    it("fails when its answer is no JSON", async () => {
        await fixture.define("circular", "exports.handler = async () => { const a = {}; a.a = a; return a; };");
        const { errorType, errorMessage } = await fixture.failure("circular");
        assert.deepEqual(
            [errorType, errorMessage],
            ["Runtime.JSONStringifyError", "Unable to stringify response body"],
        );
    });

    it("that takes too much memory is ended", async () => {
        await fixture.define(
            "hungry",
            "exports.handler = async () => { const all = []; for (;;) all.push(new Array(1e5).fill(Math.random())); };",
            { memorySize: 128 },
        );
        const { functionError, value } = await fixture.call("hungry");
        assert.equal(functionError, "Unhandled");
        assert.equal((value as { errorType: string }).errorType, "Runtime.OutOfMemory");
    });

    it("sees Lambda's environment and its own, and nothing of this machine's", async () => {
        process.env["QUINTET_TEST_SECRET"] = "host";
        await fixture.define("env", "exports.handler = async () => process.env;", {
            environment: { variables: { TABLE: "orders", NODE_OPTIONS: "--enable-source-maps" } },
            memorySize: 256,
        });
        const environment = (await fixture.call("env")).value as Record<string, string>;
        delete process.env["QUINTET_TEST_SECRET"];
        assert.equal(environment["TABLE"], "orders");
        assert.equal(environment["AWS_LAMBDA_FUNCTION_NAME"], "env");
        assert.equal(environment["AWS_LAMBDA_FUNCTION_MEMORY_SIZE"], "256");
        assert.equal(environment["AWS_SESSION_TOKEN"], "token");
        assert.equal(environment["AWS_ENDPOINT_URL"], "http://127.0.0.1:1");
        for (const name of ["QUINTET_TEST_SECRET", "HOME", "PATH", "USER"])
            assert.equal(environment[name], undefined, name);
    });

    it("gets a context with its deadline and identity", async () => {
        await fixture.define(
            "context",
            "exports.handler = async (event, c) => ({ ...c, left: c.getRemainingTimeInMillis() });",
            { timeout: 30 },
        );
        const context = (await fixture.call("context")).value as Record<string, unknown>;
        assert.equal(context["functionName"], "context");
        assert.equal(context["invokedFunctionArn"], "arn:aws:lambda:eu-west-1:123456789012:function:context");
        assert.equal(context["memoryLimitInMB"], "128");
        assert.match(String(context["awsRequestId"]), /^[0-9a-f-]{36}$/);
        assert.ok(Number(context["left"]) > 20_000 && Number(context["left"]) <= 30_000);
    });

    it("may be an ES module, or come as a folder or a .zip file", async () => {
        const folder = mkdtempSync(join(tmpdir(), "quintet-test-"));
        try {
            writeFileSync(
                join(folder, "index.mjs"),
                "export const handler = async () => import.meta.url.endsWith('index.mjs');",
            );
            await fixture.define("module", "", { code: { $archive: { path: folder } } });
            assert.equal((await fixture.call("module")).value, true);
            const zip = join(folder, "code.zip");
            writeFileSync(zip, zipSync({ "index.js": Buffer.from("exports.handler = async () => 'zipped';") }));
            await fixture.define("zipped", "", { code: { $archive: { path: zip } } });
            assert.equal((await fixture.call("zipped")).value, "zipped");
        } finally {
            rmSync(folder, { recursive: true });
        }
    });

    it("leaves no files behind", async () => {
        await fixture.define("file", "exports.handler = async () => __dirname;");
        const folder = String((await fixture.call("file")).value);
        assert.ok(existsSync(folder));
        await fixture.lambda.close();
        assert.ok(!existsSync(folder));
    });

    it("cannot bring files that lie outside of its archive", async () => {
        const code = { $archive: { assets: { "../evil.js": { $asset: { text: "1" } } } } };
        await assert.rejects(fixture.define("evil", "", { code }), /file outside of itself/);
    });

    it("runs new code after a change, in new environments", async () => {
        await fixture.define("changing", "exports.handler = async () => 'old';");
        assert.equal((await fixture.call("changing")).value, "old");
        await fixture.define("changing", "exports.handler = async () => 'new';");
        assert.equal((await fixture.call("changing")).value, "new");
    });

    it("that cannot run here is refused, with the reason", async () => {
        await fixture.define("python", "", { runtime: "python3.13" });
        await assert.rejects(fixture.call("python"), /python3\.13 does not run locally/);
        await fixture.define("bucket", "", { code: null, s3Bucket: "releases", s3Key: "code.zip" });
        await assert.rejects(fixture.call("bucket"), /its code is not on this machine/);
        await fixture.define("remote", "", { code: { $archive: { uri: "https://example.com/code.zip" } } });
        await assert.rejects(fixture.call("remote"), /its code is not on this machine/);
    });

    it("is refused with settings that Lambda refuses", async () => {
        const refused: [Properties, RegExp][] = [
            [{ timeout: 901 }, /timeout is 901; it must be a whole number from 1 to 900 seconds/],
            [{ memorySize: 64 }, /memorySize is 64; it must be a whole number from 128 to 10240 MB/],
            [{ environment: { variables: { AWS_REGION: "x" } } }, /has AWS_REGION, which Lambda sets itself/],
            [{ environment: { variables: { BIG: "x".repeat(4096) } } }, /takes 4106 bytes; Lambda allows 4096/],
        ];
        for (const [inputs, message] of refused) await assert.rejects(fixture.define("refused", "", inputs), message);
    });
});
