import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { parentPort, workerData } from "node:worker_threads";

import { writeConsole } from "./console";
import { contextOf } from "./context";
import { failureOf } from "./failure";
import type { EnvironmentSettings, FunctionFailure, InvokeMessage, RuntimeMessage } from "./messages";
import { rerouteAwsHosts } from "./reroute";

type Callback = (error: unknown, result?: unknown) => void;
type Handler = (event: unknown, context: object, callback: Callback) => unknown;

const settings = workerData as EnvironmentSettings;
let current: InvokeMessage | undefined;

function post(message: RuntimeMessage): void {
    parentPort?.postMessage(message);
}

/** Lambda's own order of file names: https://docs.aws.amazon.com/lambda/latest/dg/nodejs-handler.html */
async function loadHandler(): Promise<Handler> {
    const at = settings.handler.lastIndexOf(".");
    const [module, name] = [settings.handler.slice(0, at), settings.handler.slice(at + 1)];
    const base = join(settings.taskRoot, module);
    const loaded = await loadModule(base);
    const handler = name.split(".").reduce<unknown>((value, key) => Reflect.get(Object(value), key), loaded);
    if (typeof handler === "function") return handler as Handler;
    const error = new Error(`${settings.handler} is undefined or not exported`);
    error.name = "Runtime.HandlerNotFound";
    throw error;
}

async function loadModule(base: string): Promise<unknown> {
    for (const extension of [".js", ".mjs", ".cjs"]) {
        const file = base + extension;
        if (!existsSync(file)) continue;
        if (extension === ".mjs") return import(pathToFileURL(file).href);
        try {
            return createRequire(file)(file) as unknown;
        } catch (error) {
            if (!isEsModule(error)) throw error;
            return import(pathToFileURL(file).href);
        }
    }
    const error = new Error(`Cannot find module '${base}'`);
    error.name = "Runtime.ImportModuleError";
    throw error;
}

function isEsModule(error: unknown): boolean {
    const code: unknown = Reflect.get(Object(error), "code");
    return code === "ERR_REQUIRE_ESM" || code === "ERR_REQUIRE_ASYNC_MODULE";
}

function call(handler: Handler, message: InvokeMessage): Promise<unknown> {
    return new Promise((resolve, reject) => {
        const callback: Callback = (error, result) => (error ? reject(error) : resolve(result));
        const answered: unknown = handler(
            JSON.parse(message.payload),
            contextOf(settings, message, callback),
            callback,
        );
        // A handler that takes a callback and returns nothing answers later.
        if (answered instanceof Promise || typeof Reflect.get(Object(answered), "then") === "function")
            resolve(answered);
        else if (handler.length < 3) resolve(answered);
    });
}

async function answer(handler: Handler, message: InvokeMessage): Promise<void> {
    current = message;
    process.env["_X_AMZN_TRACE_ID"] = message.traceId;
    try {
        const result = await call(handler, message);
        post({ type: "result", requestId: message.requestId, payload: JSON.stringify(result ?? null) });
    } catch (error) {
        const failure = failureOf(error);
        report(failure);
        post({ type: "result", requestId: message.requestId, failure });
    }
}

function report(failure: FunctionFailure): void {
    console.error(`Invoke Error \t${JSON.stringify({ ...failure, stack: failure.trace, trace: undefined })}`);
}

/** Nobody awaits the error, so Lambda fails the invocation and starts the environment anew. */
function fatal(type: string, error: unknown): never {
    const failure = { ...failureOf(error), errorType: type };
    report(failure);
    if (current !== undefined) post({ type: "result", requestId: current.requestId, failure });
    process.exit(1);
}

async function main(): Promise<void> {
    process.setSourceMapsEnabled(true);
    writeConsole(
        settings,
        () => current?.requestId,
        (text) => post({ type: "log", text }),
    );
    rerouteAwsHosts(settings.endpoint);
    process.on("unhandledRejection", (error) => fatal("Runtime.UnhandledPromiseRejection", error));
    process.on("uncaughtException", (error) => fatal("Runtime.UncaughtException", error));
    let handler: Handler;
    try {
        handler = await loadHandler();
    } catch (error) {
        const failure = failureOf(error);
        console.error(`Uncaught Exception \t${JSON.stringify(failure)}`);
        post({ type: "init-failed", failure });
        return;
    }
    parentPort?.on("message", (message: InvokeMessage) => void answer(handler, message));
    post({ type: "ready" });
}

void main();
