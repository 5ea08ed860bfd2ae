import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** Where bundles lie, relative to the project: the same on every machine, so that it may stand in an input. */
export const BUNDLES = join(".quintet", "bundles");

export interface BundleFiles {
    "index.js": string;
    "index.js.map": string;
}

/** What a bundle was made of: the content hash of each of the project's own files in it. */
export interface Recipe {
    bundle: string;
    inputs: Record<string, string>;
}

export function sha256(...parts: (string | Buffer)[]): string {
    const hash = createHash("sha256");
    for (const part of parts) hash.update(part).update("\0");
    return hash.digest("hex").slice(0, 32);
}

/** Folder of the bundle that was made under this key, if nothing in it has changed since. */
export function findBundle(key: string): string | undefined {
    const path = join(BUNDLES, `${key}.json`);
    if (!existsSync(path)) return undefined;
    const recipe = JSON.parse(readFileSync(path, "utf8")) as Recipe;
    const fresh = Object.entries(recipe.inputs).every(
        ([file, hash]) => existsSync(file) && sha256(readFileSync(file)) === hash,
    );
    const folder = join(BUNDLES, recipe.bundle);
    return fresh && existsSync(join(folder, "index.js.map")) ? folder : undefined;
}

/** Keeps a bundle under the hash of its content, and how it was made under `key`; returns its folder. */
export function keepBundle(key: string, files: BundleFiles, ownInputs: string[]): string {
    const bundle = sha256(files["index.js"], files["index.js.map"]);
    const folder = join(BUNDLES, bundle);
    mkdirSync(folder, { recursive: true });
    writeWhole(join(folder, "index.js"), files["index.js"]);
    writeWhole(join(folder, "index.js.map"), files["index.js.map"]);
    const inputs = Object.fromEntries(ownInputs.map((file) => [file, sha256(readFileSync(file))]));
    writeWhole(join(BUNDLES, `${key}.json`), JSON.stringify({ bundle, inputs } satisfies Recipe));
    return folder;
}

/** Another process may read or write the same file at this moment; it never sees a part of one. */
function writeWhole(path: string, content: string): void {
    const draft = `${path}.${process.pid}`;
    writeFileSync(draft, content);
    renameSync(draft, path);
}
