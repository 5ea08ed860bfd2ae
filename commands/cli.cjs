"use strict";
// Plain JavaScript that any Node can read, so that an old one gets a message and no syntax error.

const [major, minor] = process.versions.node.split(".").map(Number);
// ES modules can be required from these on.
const isNewEnough = major > 22 || (major === 22 && minor >= 12) || (major === 20 && minor >= 19);
if (!isNewEnough) {
    console.error(
        `Quintet needs Node 20.19, 22.12 or newer; this is Node ${process.versions.node}. ` +
            "Install a current one from https://nodejs.org and try again.",
    );
    process.exit(1);
}

const { createHash } = require("node:crypto");
const { existsSync, mkdirSync, readdirSync, renameSync, rmSync, statSync } = require("node:fs");
const { join } = require("node:path");

const ROOT = join(__dirname, "..");
const ONE_DAY_MS = 24 * 60 * 60 * 1000;
const FOLDERS = ["commands", "graph", "local"];

/** Every TypeScript file that a command may load, with what tells whether it has changed. */
function sources() {
    return FOLDERS.flatMap((folder) =>
        readdirSync(join(ROOT, folder), { recursive: true })
            .filter((file) => file.endsWith(".ts") && !file.endsWith(".d.ts"))
            .map((file) => join(folder, file)),
    ).sort();
}

function fingerprint(files) {
    const hash = createHash("sha256");
    for (const file of files) {
        const { mtimeMs, size } = statSync(join(ROOT, file));
        hash.update(`${file} ${mtimeMs} ${size}\n`);
    }
    return hash.digest("hex").slice(0, 16);
}

/** Compiles all of it in one esbuild run of some 50 ms, once for each state of the sources. */
function compile() {
    const files = sources();
    const cache = join(ROOT, ".quintet", "compiled");
    const folder = join(cache, fingerprint(files));
    if (existsSync(folder)) return folder;

    const draft = `${folder}.${process.pid}`;
    let esbuild;
    try {
        esbuild = require("esbuild");
    } catch {
        console.error("The packages are not installed. Run: npm ci");
        process.exit(1);
    }
    esbuild.buildSync({
        absWorkingDir: ROOT,
        entryPoints: files,
        outdir: draft,
        outbase: ROOT,
        platform: "node",
        target: "node20",
        format: "cjs",
        sourcemap: "linked",
        logLevel: "error",
    });
    mkdirSync(cache, { recursive: true });
    for (const old of readdirSync(cache)) {
        // A process that still runs may load more from a folder that was current when it started.
        const age = Date.now() - statSync(join(cache, old)).mtimeMs;
        if (age > ONE_DAY_MS) rmSync(join(cache, old), { recursive: true, force: true });
    }
    try {
        renameSync(draft, folder);
    } catch {
        // Another process was first.
        rmSync(draft, { recursive: true, force: true });
    }
    return folder;
}

const [name, ...args] = process.argv.slice(2);
// npm starts scripts here; others may start this file from anywhere.
process.chdir(ROOT);
// The AWS SDK would warn of the Node versions that it will drop next year, in the middle of what a command prints.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = "true";
process.setSourceMapsEnabled(true);
process.argv.splice(1, process.argv.length - 1, name, ...args);
require(join(compile(), "commands", `${name}.js`));
