import type { Plugin } from "esbuild";

import type { SerializedCallback } from "./serialize";

/** `import("…")` as TypeScript compiles it to CommonJS. */
const DYNAMIC_IMPORT = /__importStar\(require\(("(?:[^"\\]|\\.)+")\)\)/g;

type Kind = "callback" | "body" | "imports" | "registry";

/**
 * Serves serialised callbacks to esbuild as if each were a file in its own folder.
 *
 * What a factory imports, it imports when the function starts, so it may as well be imported statically: esbuild then
 * joins all modules in one scope and drops what is not used, and the function starts a fifth faster. But the text of a
 * serialised callback uses `with`, which modules with static imports forbid. So a factory becomes three modules: its
 * text, its imports, and a registry by which the one finds the other.
 */
export function virtualModules(callbacks: SerializedCallback[]): Plugin {
    return {
        name: "callbacks",
        setup(plugin) {
            plugin.onResolve({ filter: /^(callback|body|imports|registry):\d+$/ }, ({ path }) => {
                const [namespace, name] = path.split(":");
                return { path: name, namespace };
            });
            for (const kind of ["callback", "body", "imports", "registry"] as const) {
                plugin.onLoad({ filter: /.*/, namespace: kind }, ({ path }) => {
                    const callback = callbacks[Number(path)];
                    if (callback === undefined) return undefined;
                    return { contents: contentsOf(kind, path, callback), resolveDir: callback.folder, loader: "js" };
                });
            }
        },
    };
}

/** True of inputs in esbuild's report that are no files. */
export function isVirtual(input: string): boolean {
    return /^(callback|body|imports|registry):/.test(input);
}

function contentsOf(kind: Kind, id: string, callback: SerializedCallback): string {
    const imports = callback.isFactory ? importsOf(callback.code) : [];
    switch (kind) {
        case "callback":
            if (imports.length === 0) return callback.code;
            return `import "imports:${id}";\nimport body from "body:${id}";\nexport const handler = body.handler;\n`;
        case "body":
            return callback.code.replace(DYNAMIC_IMPORT, (_, name: string) => `require("registry:${id}")[${name}]`);
        case "imports":
            return [
                `import registry from "registry:${id}";`,
                ...imports.map((name, at) => `import * as module${at} from ${name};\nregistry[${name}] = module${at};`),
            ].join("\n");
        case "registry":
            return "module.exports = {};";
    }
}

function importsOf(code: string): string[] {
    return [...new Set([...code.matchAll(DYNAMIC_IMPORT)].map(([, name = ""]) => name))];
}
