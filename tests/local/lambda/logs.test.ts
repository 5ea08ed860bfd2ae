import assert from "node:assert/strict";

import { LambdaFixture } from "./fixture";

const JSON_LOGS = { loggingConfig: { logFormat: "JSON" } };

describe("the log of a function", () => {
    let fixture: LambdaFixture;

    beforeEach(() => {
        fixture = new LambdaFixture();
    });

    afterEach(() => fixture.lambda.close());

    /** Lines that are JSON objects. */
    function events(): Record<string, unknown>[] {
        return fixture.log.flatMap((line) => {
            try {
                return [JSON.parse(line) as Record<string, unknown>];
            } catch {
                return [];
            }
        });
    }

    it("has Lambda's lines around the function's own", async () => {
        await fixture.define(
            "logs",
            `console.log("loading");
             exports.handler = async () => { console.log("hello %s", "you"); console.error({ a: 1 }); };`,
        );
        await fixture.call("logs");
        const [initStart = "", loading = "", start = "", hello = "", error = "", end = "", report = ""] = fixture.log;
        assert.match(initStart, /^INIT_START Runtime Version: nodejs24\.x/);
        assert.match(loading, /^\d{4}-\d\d-\d\dT[\d:.]+Z\tundefined\tINFO\tloading$/);
        const [, requestId = ""] = /^START RequestId: ([0-9a-f-]{36}) Version: \$LATEST$/.exec(start) ?? [];
        assert.equal(hello.split("\t").slice(1).join("\t"), `${requestId}\tINFO\thello you`);
        assert.match(error, /\tERROR\t\{ a: 1 \}$/);
        assert.equal(end, `END RequestId: ${requestId}`);
        assert.match(
            report,
            /^REPORT RequestId: \S+\tDuration: [\d.]+ ms\tBilled Duration: \d+ ms\tMemory Size: 128 MB\tMax Memory Used: \d+ MB\tInit Duration: [\d.]+ ms\t$/,
        );
        assert.equal(fixture.log.length, 7);
    });

    it("has the initialisation's duration once", async () => {
        await fixture.define("warm", "exports.handler = async () => {};");
        await fixture.call("warm");
        await fixture.call("warm");
        const reports = fixture.log.filter((line) => line.startsWith("REPORT"));
        assert.deepEqual(
            reports.map((line) => line.includes("Init Duration")),
            [true, false],
        );
    });

    it("has what is written to the standard streams and their file descriptors", async () => {
        await fixture.define(
            "raw",
            `exports.handler = () => new Promise((resolve) => {
                 process.stdout.write("stream\\n", () => {
                     require("fs").writeSync(1, "descriptor\\n");
                     require("fs").write(2, "asynchronous\\n", resolve);
                 });
             });`,
        );
        await fixture.call("raw");
        for (const text of ["stream", "descriptor", "asynchronous"]) assert.ok(fixture.log.includes(text), text);
    });

    it("says how an invocation ended", async () => {
        await fixture.define("exits", "exports.handler = async () => process.exit(1);");
        await fixture.call("exits");
        assert.match(fixture.log.at(-1) ?? "", /\tStatus: failure\tError Type: Runtime\.ExitError\t$/);
        await fixture.define("late", "exports.handler = () => new Promise(() => console.log('waiting'));");
        const waiting = fixture.logged(/waiting/);
        const call = fixture.call("late");
        await waiting;
        await fixture.clock.advance(3_000);
        await call;
        assert.match(fixture.log.at(-1) ?? "", /\tStatus: timeout\t$/);
        assert.ok(fixture.log.some((line) => / Task timed out after 3\.00 seconds$/.test(line)));
    });

    describe("in JSON", () => {
        it("has objects with their level and request", async () => {
            await fixture.define(
                "json",
                `exports.handler = async () => {
                     console.warn("careful");
                     console.info({ order: 1 });
                     console.error("failed", new RangeError("far"));
                     console.error(new TypeError("alone"));
                     const circular = {}; circular.self = circular;
                     console.log(circular);
                 };`,
                JSON_LOGS,
            );
            await fixture.call("json");
            const [warn, info, error, alone, circular] = events().filter(({ level }) => level !== undefined);
            assert.deepEqual([warn?.["level"], warn?.["message"]], ["WARN", "careful"]);
            assert.match(String(warn?.["requestId"]), /^[0-9a-f-]{36}$/);
            assert.deepEqual(info?.["message"], { order: 1 });
            assert.deepEqual([error?.["errorType"], error?.["errorMessage"]], ["RangeError", "far"]);
            assert.ok(Array.isArray(error?.["stackTrace"]));
            assert.equal((alone?.["message"] as { errorMessage: string }).errorMessage, "alone");
            assert.match(String(circular?.["message"]), /Circular/);
        });

        it("has Lambda's own events as objects, too", async () => {
            await fixture.define("json", "exports.handler = async () => {};", JSON_LOGS);
            await fixture.call("json");
            assert.deepEqual(
                events().map(({ type }) => type),
                ["platform.initStart", "platform.start", "platform.report"],
            );
            const { status, metrics } = events().at(-1)?.["record"] as { status: string; metrics: object };
            assert.equal(status, "success");
            assert.deepEqual(Object.keys(metrics), [
                "durationMs",
                "billedDurationMs",
                "memorySizeMB",
                "maxMemoryUsedMB",
                "initDurationMs",
            ]);
        });

        it("leaves out what is below its levels, and tells loggers of them", async () => {
            await fixture.define(
                "quiet",
                `exports.handler = async () => { console.info("no"); console.warn("yes"); return process.env.AWS_LAMBDA_LOG_LEVEL; };`,
                { loggingConfig: { logFormat: "JSON", applicationLogLevel: "WARN", systemLogLevel: "WARN" } },
            );
            assert.equal((await fixture.call("quiet")).value, "WARN");
            assert.deepEqual(
                events().map(({ message }) => message),
                ["yes"],
            );
        });
    });
});
