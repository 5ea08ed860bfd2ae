import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { basename, dirname, join } from "node:path";
import { pathToFileURL } from "node:url";

import { runtimeError } from "./failure";
import type { EnvironmentSettings } from "./messages";

export type Callback = (error: unknown, result?: unknown) => void;
export type Handler = (event: unknown, context: object, callback?: Callback) => unknown;

/** The first runtime without callbacks: https://docs.aws.amazon.com/lambda/latest/dg/nodejs-handler.html */
const FIRST_WITHOUT_CALLBACKS = 24;

export function takesCallbacks(runtime: string): boolean {
    return Number(/^nodejs(\d+)/.exec(runtime)?.[1]) < FIRST_WITHOUT_CALLBACKS;
}

/**
 * Loads what `file.export` names: https://docs.aws.amazon.com/lambda/latest/dg/nodejs-handler.html
 * @throws what the code throws as it loads, or an error that is named as Lambda's runtime names it.
 */
export async function loadHandler({ taskRoot, handler: path, runtime }: EnvironmentSettings): Promise<Handler> {
    const [, moduleName, exportName] = /^([^.]*)\.(.+)$/.exec(basename(path)) ?? [];
    if (moduleName === undefined || exportName === undefined || path.includes("..")) {
        throw runtimeError("Runtime.MalformedHandlerName", `Bad handler ${path}: it must be <file>.<export>`);
    }
    const loaded = await loadModule(join(taskRoot, dirname(path), moduleName));
    const handler = exportName.split(".").reduce<unknown>((value, key) => Reflect.get(Object(value), key), loaded);
    if (typeof handler !== "function") {
        throw runtimeError("Runtime.HandlerNotFound", `${path} is undefined or not exported`);
    }
    if (handler.length >= 3 && !takesCallbacks(runtime)) {
        throw runtimeError(
            "Runtime.CallbackHandlerDeprecated",
            "ERROR: AWS Lambda has removed support for callback-based function handlers starting with Node.js 24. " +
                "You need to modify this function to use a supported handler signature to use Node.js 24 or later.",
        );
    }
    return handler as Handler;
}

async function loadModule(base: string): Promise<unknown> {
    const file = [".js", ".mjs", ".cjs"].map((extension) => base + extension).find((each) => existsSync(each));
    if (file === undefined) throw runtimeError("Runtime.ImportModuleError", `Error: Cannot find module '${base}'`);
    try {
        return file.endsWith(".mjs") ? await import(pathToFileURL(file).href) : await requireOrImport(file);
    } catch (error) {
        if (error instanceof SyntaxError) throw renamed("Runtime.UserCodeSyntaxError", error);
        if (codeOf(error) === "MODULE_NOT_FOUND") throw renamed("Runtime.ImportModuleError", error);
        throw error;
    }
}

function requireOrImport(file: string): unknown {
    try {
        return createRequire(file)(file) as unknown;
    } catch (error) {
        const isEsModule = ["ERR_REQUIRE_ESM", "ERR_REQUIRE_ASYNC_MODULE"].includes(String(codeOf(error)));
        if (isEsModule) return import(pathToFileURL(file).href);
        throw error;
    }
}

function renamed(name: string, cause: unknown): Error {
    const error = runtimeError(name, String(cause));
    if (cause instanceof Error) error.stack = `${name}: ${cause.stack ?? cause.message}`;
    return error;
}

function codeOf(error: unknown): unknown {
    return Reflect.get(Object(error), "code");
}
