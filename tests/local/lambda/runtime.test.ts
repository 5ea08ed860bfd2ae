import assert from "node:assert/strict";
import { createServer, type Server } from "node:http";
import type { AddressInfo, Socket } from "node:net";

import { transformSync } from "esbuild";

import { RealClock } from "../../../local/clock";
import { LambdaFixture } from "./fixture";

const NODE_22 = { runtime: "nodejs22.x" };

describe("the runtime of a function", () => {
    let fixture: LambdaFixture;

    beforeEach(() => {
        fixture = new LambdaFixture();
    });

    afterEach(() => fixture.lambda.close());

    describe("with callbacks, up to Node.js 22", () => {
        beforeEach(() => {
            fixture = new LambdaFixture({ clock: new RealClock() });
        });

        it("answers with what is called back, later or through the context", async () => {
            await fixture.define(
                "later",
                "exports.handler = (event, context, callback) => { setTimeout(() => callback(null, event.a + 2), 1); };",
                NODE_22,
            );
            await fixture.define("succeed", "exports.handler = (event, context) => context.succeed('done');", NODE_22);
            await fixture.define("fails", "exports.handler = (e, c, back) => back(new RangeError('far'));", NODE_22);
            for (const a of [1, 2]) assert.equal((await fixture.call("later", { a })).value, a + 2);
            assert.equal((await fixture.call("succeed")).value, "done");
            assert.equal((await fixture.failure("fails")).errorType, "RangeError");
        });

        it("answers null when all is done and nothing was called back, whatever was returned", async () => {
            await fixture.define("silent", "exports.handler = () => { setTimeout(() => {}, 1); return 5; };", NODE_22);
            assert.equal((await fixture.call("silent")).value, null);
            assert.equal((await fixture.call("silent")).value, null);
        });

        it("waits until nothing is left to do, unless told not to", async () => {
            await fixture.define(
                "busy",
                `exports.handler = (event, context, callback) => {
                     context.callbackWaitsForEmptyEventLoop = event.wait;
                     setTimeout(() => console.log("left over"), event.wait ? 5 : 60000);
                     callback(null, "answer");
                 };`,
                NODE_22,
            );
            assert.equal((await fixture.call("busy", { wait: true })).value, "answer");
            assert.ok(fixture.log.some((line) => line.endsWith("left over")));
            assert.equal((await fixture.call("busy", { wait: false })).value, "answer");
        });

        it("refuses them from Node.js 24 on, as AWS does", async () => {
            await fixture.define("late", "exports.handler = (event, context, callback) => callback();");
            assert.equal((await fixture.failure("late")).errorType, "Runtime.CallbackHandlerDeprecated");
        });
    });

    it("reports what code throws as it loads, at each invocation in a new environment", async () => {
        await fixture.define("broken", "throw new TypeError('no config');");
        for (let time = 0; time < 2; time++) {
            const { errorType, errorMessage } = await fixture.failure("broken");
            assert.deepEqual([errorType, errorMessage], ["TypeError", "no config"]);
        }
        assert.equal(fixture.log.filter((line) => line.startsWith("INIT_START")).length, 2);
    });

    it("reports code that exits or rejects as it loads", async () => {
        await fixture.define("exits", "process.exit(3);");
        const { errorType, errorMessage } = await fixture.failure("exits");
        assert.equal(errorType, "Runtime.ExitError");
        assert.match(errorMessage, /exit status 3$/);
        assert.equal(fixture.log.filter((line) => line.startsWith("REPORT")).length, 1);
        await fixture.define("rejects", "", {
            code: {
                $archive: { assets: { "index.mjs": { $asset: { text: "await Promise.reject(new URIError('x'));" } } } },
            },
        });
        assert.equal((await fixture.failure("rejects")).errorType, "URIError");
    });

    it("ends code that never comes to an end of loading", async () => {
        await fixture.define("endless", "console.log('loading'); for (;;);", { timeout: 3 });
        const loading = fixture.logged(/loading/);
        const failure = fixture.failure("endless");
        await loading;
        await fixture.clock.advance(13_000);
        assert.match((await failure).errorMessage, /Task timed out after 3\.00 seconds$/);
    });

    it("tells why it cannot load a handler", async () => {
        const cases: [string, string, string][] = [
            ["exports.other = 1;", "index.handler", "Runtime.HandlerNotFound"],
            ["", "nowhere.handler", "Runtime.ImportModuleError"],
            ["require('not-installed');", "index.handler", "Runtime.ImportModuleError"],
            ["const = 1;", "index.handler", "Runtime.UserCodeSyntaxError"],
            ["", "index", "Runtime.MalformedHandlerName"],
        ];
        for (const [at, [code, handler, errorType]] of cases.entries()) {
            const name = `unloadable-${at}`;
            await fixture.define(name, code, { handler });
            assert.equal((await fixture.failure(name)).errorType, errorType, code);
        }
    });

    it("finds handlers in folders and in objects", async () => {
        const asset = { $asset: { text: "exports.api = { get: async () => 'got' };" } };
        await fixture.define("nested", "", {
            code: { $archive: { assets: { "src/orders.js": asset } } },
            handler: "src/orders.api.get",
        });
        assert.equal((await fixture.call("nested")).value, "got");
    });

    it("brings the AWS SDK along", async () => {
        await fixture.define(
            "sdk",
            "const { DynamoDBClient } = require('@aws-sdk/client-dynamodb'); exports.handler = async () => DynamoDBClient.name;",
        );
        assert.equal((await fixture.call("sdk")).value, "DynamoDBClient");
    });

    it("shows the TypeScript source in stacks", async () => {
        const source =
            "\n\ninterface Order { id: string }\nexports.handler = async (order: Order) => {\n    throw new Error(order.id);\n};\n";
        const { code } = transformSync(source, { loader: "ts", sourcemap: "inline", sourcefile: "order.ts" });
        await fixture.define("typed", code);
        const { trace = [] } = await fixture.failure("typed", { id: "o-1" });
        assert.match(trace.join("\n"), /order\.ts:5:11/);
    });

    describe("reaches AWS's hosts at the endpoint", () => {
        let server: Server;
        const REQUESTS: Record<string, string> = {
            fetch: "(await fetch(url, { method: 'POST', body: 'x' })).text()",
            "https.get":
                "new Promise((resolve) => require('https').get(url, (r) => r.on('data', (d) => resolve(String(d)))))",
            "https.request with options":
                "new Promise((resolve) => require('https').request({ hostname: new URL(url).hostname, path: '/pool/keys?a=1' }, (r) => r.on('data', (d) => resolve(String(d)))).end())",
            "http.get":
                "new Promise((resolve) => require('http').get(url.replace('https', 'http'), (r) => r.on('data', (d) => resolve(String(d)))))",
        };

        beforeEach(async () => {
            server = createServer(({ headers, url }, response) =>
                response.end(`${String(headers["x-quintet-host"] ?? headers.host)} ${url ?? ""}`),
            );
            await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
            const { port } = server.address() as AddressInfo;
            const connect = (socket: Socket): void => void server.emit("connection", socket);
            fixture = new LambdaFixture({ endpoint: () => ({ url: `http://127.0.0.1:${port}`, connect }) });
        });

        afterEach(() => {
            server.closeAllConnections();
            server.close();
        });

        for (const [way, expression] of Object.entries(REQUESTS)) {
            it(`by ${way}`, async () => {
                const url = "https://cognito-idp.eu-west-1.amazonaws.com/pool/keys?a=1";
                await fixture.define("calls", `const url = "${url}"; exports.handler = async () => ${expression};`);
                const { value } = await fixture.call("calls");
                assert.equal(value, "cognito-idp.eu-west-1.amazonaws.com /pool/keys?a=1");
            });
        }

        it("with bodies of any bytes, to and fro", async () => {
            server.removeAllListeners("request");
            server.on("request", (request, response) => request.pipe(response));
            await fixture.define(
                "echo",
                `exports.handler = () => new Promise((resolve, reject) => {
                    const sent = Buffer.from(Array.from({ length: 200_000 }, (_, index) => index % 256));
                    const request = require("http").request(process.env.AWS_ENDPOINT_URL, { method: "POST" }, (response) => {
                        const chunks = [];
                        response.on("data", (chunk) => chunks.push(chunk));
                        response.on("end", () => resolve(sent.equals(Buffer.concat(chunks))));
                    });
                    request.on("error", reject);
                    request.end(sent);
                });`,
            );
            assert.equal((await fixture.call("echo")).value, true);
        });

        it("with the errors of a connection that breaks or takes too long", async () => {
            server.removeAllListeners("request");
            server.on("request", (request) => (request.url === "/break" ? request.socket.destroy() : undefined));
            await fixture.define(
                "errors",
                `const ask = (path, timeout) => new Promise((resolve) => {
                    const request = require("http").get(process.env.AWS_ENDPOINT_URL + path, { timeout });
                    request.on("timeout", () => request.destroy(new Error("too long")));
                    request.on("error", ({ message }) => resolve(message));
                });
                exports.handler = async () => [await ask("/break"), await ask("/slow", 20)];`,
            );
            assert.deepEqual((await fixture.call("errors")).value, ["socket hang up", "too long"]);
        });

        it("and other hosts as ever", async () => {
            await fixture.define(
                "calls",
                "exports.handler = async () => (await fetch(process.env.AWS_ENDPOINT_URL + '/other')).text();",
            );
            assert.match(String((await fixture.call("calls")).value), /^127\.0\.0\.1:\d+ \/other$/);
        });
    });
});
