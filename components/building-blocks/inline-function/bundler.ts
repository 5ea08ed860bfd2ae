import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join, relative, resolve } from "node:path";

import { build, type BuildFailure, type BuildOptions, type OutputFile, version } from "esbuild";

import { BUNDLES, findBundle, keepBundle, sha256 } from "./bundle-cache";
import { CallbackError, type SerializedCallback } from "./serialize";
import { ownSourcesOnly } from "./source-map";
import { isVirtual, virtualModules } from "./virtual-modules";

const OPTIONS = {
    bundle: true,
    minify: true,
    platform: "node",
    // The local cloud runs the same bundle on the Node of this machine.
    target: "node20",
    // A serialised callback uses `with`, which ES modules forbid.
    format: "cjs",
    // ES module builds of the SDK can be tree-shaken, its CommonJS builds cannot.
    mainFields: ["module", "main"],
    sourcemap: "linked",
    sourcesContent: false,
    legalComments: "none",
    logLevel: "silent",
    metafile: true,
    write: false,
} satisfies BuildOptions;

interface Pending {
    callback: SerializedCallback;
    key: string;
    resolve(folder: string): void;
    reject(error: unknown): void;
}

let serialising = 0;
let pending: Pending[] = [];

/**
 * Bundles a callback with all that it imports and returns the folder, relative to the project, that holds `index.js`
 * and `index.js.map`. The functions that a program declares in one go are bundled together: one esbuild run for
 * 20 functions takes a third of the time of 20 runs.
 * @throws CallbackError when an import cannot be found or read.
 */
export async function bundle(serialized: Promise<SerializedCallback>): Promise<string> {
    serialising++;
    const callback = await serialized.finally(() => {
        serialising--;
        setImmediate(flush);
    });
    const key = keyOf(callback);
    return findBundle(key) ?? new Promise((resolve, reject) => pending.push({ callback, key, resolve, reject }));
}

function flush(): void {
    if (serialising > 0 || pending.length === 0) return;
    const batch = pending;
    pending = [];
    void buildBatch(batch);
}

/** The way of bundling itself, which changes what comes of the same callback. */
const bundling = sha256(
    version,
    JSON.stringify(OPTIONS),
    ...readdirSync(__dirname).map((file) => readFileSync(join(__dirname, file))),
);

/** The lock file stands for all of node_modules. */
function keyOf(callback: SerializedCallback): string {
    const folder = relative(process.cwd(), callback.folder);
    const lock = existsSync("package-lock.json") ? readFileSync("package-lock.json") : "";
    return sha256(bundling, callback.name, callback.code, folder, lock);
}

async function buildBatch(batch: Pending[]): Promise<void> {
    try {
        const folders = await buildTogether(batch);
        batch.forEach((one, at) => one.resolve(folders[at] ?? ""));
    } catch (error) {
        const [only] = batch;
        if (batch.length === 1 && only !== undefined) return only.reject(explain(only.callback, error));
        // One by one, so that the message names the function that fails and the others succeed.
        await Promise.all(batch.map((one) => buildBatch([one])));
    }
}

async function buildTogether(batch: Pending[]): Promise<string[]> {
    const result = await build({
        ...OPTIONS,
        entryPoints: batch.map((_, at) => ({ in: `callback:${at}`, out: `${at}/index` })),
        outdir: BUNDLES,
        plugins: [virtualModules(batch.map((one) => one.callback))],
    });
    return batch.map((one, at) => {
        const path = join(BUNDLES, String(at), "index.js");
        const inputs = Object.keys(result.metafile.outputs[path]?.inputs ?? {});
        return keepBundle(
            one.key,
            {
                "index.js": textOf(result.outputFiles, path),
                "index.js.map": ownSourcesOnly(textOf(result.outputFiles, `${path}.map`)),
            },
            inputs.filter((input) => !input.includes("node_modules/") && !isVirtual(input)),
        );
    });
}

function textOf(files: OutputFile[], path: string): string {
    const absolute = resolve(path);
    return files.find((file) => file.path === absolute)?.text ?? "";
}

function explain(callback: SerializedCallback, error: unknown): CallbackError {
    const failures = (error as Partial<BuildFailure>).errors ?? [];
    const causes = failures.map(({ text, location }) =>
        location === null ? text : `${location.file}:${location.line}: ${text}`,
    );
    const cause = causes.length > 0 ? causes.join("\n") : String(error);
    return new CallbackError(callback.name, relative(process.cwd(), callback.folder), cause);
}
