import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";

import * as pulumi from "@pulumi/pulumi";

import { CallbackError } from "../../../components/building-blocks/inline-function/serialize";
import { bundleOf, loaded } from "./bundles";

async function refusal(callback: (...args: never[]) => unknown, isFactory = false): Promise<string> {
    try {
        await bundleOf(callback, isFactory);
    } catch (error) {
        assert.ok(error instanceof CallbackError, String(error));
        return error.message;
    }
    assert.fail("The callback was accepted.");
}

describe("an inline callback", () => {
    it("brings along the plain values that it captures", async () => {
        const prices = { tea: [1, 2, { exact: 2.5 }] };
        const currency = "EUR";
        const double = (value: number): number => value * 2;
        const handler = await loaded((event: number) => [double(event), prices.tea[2], currency]);
        assert.deepEqual(handler(4), [8, { exact: 2.5 }, "EUR"]);
    });

    it("waits for promises that it captures", async () => {
        const promised = Promise.resolve({ ready: true });
        const handler = await loaded(async () => (await promised).ready);
        assert.equal(await handler(), true);
    });

    it("reads the value of an Output that it captures", async () => {
        const table = pulumi.output(Promise.resolve("orders-1f2e"));
        const handler = await loaded(() => table.get());
        assert.equal(handler(), "orders-1f2e");
    });

    it("refuses a secret, naming the function, the file and the way out", async () => {
        const password = pulumi.secret("hunter2");
        const message = await refusal(() => password.get());
        assert.match(message, /function "test-\d+" \(tests\/.+inline-function\.test\.ts\)/);
        assert.match(message, /captures the secret "password"/);
        assert.match(message, /Way out: .*factory/);
        assert.doesNotMatch(message, /hunter2/);
    });

    it("refuses values that would break silently", async () => {
        class Counter {
            #count = 0;
            next(): number {
                return ++this.#count;
            }
        }
        const fragile: [string, object][] = [
            ["Map", new Map([["a", 1]])],
            ["Set", new Set([1])],
            ["Date", new Date(0)],
            ["Counter", new Counter()],
        ];
        for (const [name, value] of fragile) {
            assert.match(await refusal(() => value), new RegExp(`captures "value", an? (instance of )?${name}`));
        }
    });

    it("refuses native code, telling the chain of captures to it", async () => {
        const { format } = new Intl.NumberFormat("en");
        assert.match(await refusal(() => format(1)), /'format'[\s\S]*native code/);
    });

    it("imports modules relative to its own file", async () => {
        const handler = await loaded(async () => (await import("./bundles-fixture")).greeting("Ada"));
        assert.equal(await handler(), "Hello, Ada");
    });

    it("bundles what it uses of a module and nothing else", async () => {
        const folder = await bundleOf(async () => (await import("./bundles-fixture")).greeting("Ada"));
        const code = readFileSync(join(folder, "index.js"), "utf8");
        assert.ok(code.length < 4_000, `${code.length} bytes`);
    });

    it("has a source map to its TypeScript", async () => {
        const folder = await bundleOf(async () => (await import("./bundles-fixture")).greeting("Ada"));
        const map = JSON.parse(readFileSync(join(folder, "index.js.map"), "utf8")) as { sources: string[] };
        assert.ok(
            map.sources.some((source) => source.endsWith("bundles-fixture.ts")),
            map.sources.join(),
        );
    });

    it("shows its TypeScript in stack traces", async () => {
        const folder = await bundleOf(async () => (await import("./bundles-fixture")).failing());
        const script = `require(${JSON.stringify(resolve(folder, "index.js"))}).handler().catch((e) => console.log(e.stack))`;
        const stack = execFileSync(process.execPath, ["--enable-source-maps", "--eval", script], { encoding: "utf8" });
        assert.match(stack, /bundles-fixture\.ts:\d+/);
    });

    it("is bundled once for the same content", async () => {
        const callback = (): string => "same";
        assert.equal(await bundleOf(callback), await bundleOf(callback));
        assert.notEqual(await bundleOf(callback), await bundleOf(() => "other"));
    });
});

describe("a factory", () => {
    it("runs once, when the module loads", async () => {
        const handler = await loaded(() => {
            let calls = 0;
            return () => ++calls;
        }, true);
        assert.equal(await handler(), 1);
        assert.equal(await handler(), 2);
    });

    it("that throws at load fails the invocation with its error and is tried again", async () => {
        const handler = await loaded(() => {
            const attempts = Number(Reflect.get(globalThis, "quintetAttempts") ?? 0) + 1;
            Reflect.set(globalThis, "quintetAttempts", attempts);
            if (attempts === 1) throw new RangeError("no table");
            return () => attempts;
        }, true);
        await assert.rejects(async () => handler(), { name: "RangeError", message: "no table" });
        assert.equal(await handler(), 2);
        Reflect.deleteProperty(globalThis, "quintetAttempts");
    });

    it("may be asynchronous", async () => {
        const handler = await loaded(async () => {
            const { greeting } = await import("./bundles-fixture");
            return (name: string) => greeting(name);
        }, true);
        assert.equal(await handler("Grace"), "Hello, Grace");
    });
});

describe("a callback whose module cannot be found", () => {
    it("fails with the function's name and the import", async () => {
        const missing = new Function("return async () => require('./nowhere')")() as () => unknown;
        await assert.rejects(bundleOf(missing), /test-\d+[\s\S]*nowhere/);
    });
});
