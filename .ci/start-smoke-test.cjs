"use strict";
// Starts the local cloud as a newcomer does, calls what it prints, and ends it with Ctrl-C.

const assert = require("node:assert/strict");
const { execFileSync, spawn } = require("node:child_process");
const { once } = require("node:events");
const { join } = require("node:path");

const READY_WITHIN_MS = 60_000;

async function printedUntilReady(child) {
    let printed = "";
    child.stdout.setEncoding("utf8");
    for await (const chunk of child.stdout) {
        printed += chunk;
        if (/^Ready in/m.test(printed)) return printed;
    }
    throw new Error(`npm start ended before it was ready:\n${printed}`);
}

async function main() {
    // Not through npm, so that the signal reaches the command itself, as it does from a terminal.
    const child = spawn(process.execPath, [join(__dirname, "..", "commands", "cli.cjs"), "start", "--port", "0"], {
        stdio: ["ignore", "pipe", "inherit"],
    });
    const timer = setTimeout(() => child.kill("SIGKILL"), READY_WITHIN_MS);
    const printed = await printedUntilReady(child);
    clearTimeout(timer);
    process.stdout.write(printed);

    const url = /Orders API\s+(\S+)/.exec(printed)?.[1];
    assert.ok(url, "The overview must show the Orders API's URL.");
    const document = await fetch(`${url}/openapi.json`);
    assert.equal(document.status, 200);
    assert.match((await document.json()).openapi, /^3\.1/);
    assert.equal((await fetch(`${url}/v1/orders`)).status, 401, "Orders need a token.");

    // Pasted one after the other, as a newcomer would.
    const commands = printed.split("\n").filter((line) => /^ {2}(TOKEN=|curl )/.test(line));
    const pasted = execFileSync("bash", ["-c", commands.join("\n")], { encoding: "utf8" });
    assert.match(pasted, /^HTTP\/1\.1 201/m, "The example must place an order.");
    assert.match(pasted, /\{"orders":\[\{"id":"o-/, "The example must list orders.");

    child.kill("SIGINT");
    const [code] = await once(child, "exit");
    assert.equal(code, 0, "Ctrl-C must end it well.");
    await assert.rejects(fetch(url), "Nothing may listen after the end.");
}

main().catch((error) => {
    console.error(error);
    process.exit(1);
});
