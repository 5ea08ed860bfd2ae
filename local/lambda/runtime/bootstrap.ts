import { getHeapStatistics } from "node:v8";
import { parentPort, workerData } from "node:worker_threads";

import { provideAwsSdk } from "./aws-sdk";
import { callWithCallback } from "./call";
import { writeConsole } from "./console";
import { contextOf } from "./context";
import { EndpointAgent } from "./endpoint-agent";
import { failureOf, runtimeError } from "./failure";
import { type Handler, loadHandler, takesCallbacks } from "./handler";
import type { EnvironmentSettings, FireMessage, FunctionFailure, InvokeMessage, RuntimeMessage } from "./messages";
import { rerouteAwsHosts } from "./reroute";
import { Tickets } from "./tickets";
import { VirtualTime } from "./virtual-time";

const settings = workerData as EnvironmentSettings;
const endpoint = new EndpointAgent((port) => parentPort?.postMessage({ type: "connect", port }, [port]));
const time = settings.time === undefined ? undefined : new VirtualTime(settings.time, post, () => endpoint.isBusy);
const tickets = new Tickets(settings.tickets);
let current: InvokeMessage | undefined;

function post(message: RuntimeMessage): void {
    parentPort?.postMessage(message);
}

function postResult(requestId: string, outcome: { payload?: string; failure?: FunctionFailure }): void {
    const memoryUsedMb = Math.ceil(getHeapStatistics().used_heap_size / (1024 * 1024));
    post({ type: "result", requestId, memoryUsedMb, ...outcome });
}

async function answer(handler: Handler, message: InvokeMessage): Promise<void> {
    if (!tickets.take(message.ticket)) return;
    current = message;
    process.env["_X_AMZN_TRACE_ID"] = message.traceId;
    try {
        const event: unknown = JSON.parse(message.payload);
        const context = contextOf(settings, message);
        const result = takesCallbacks(settings.runtime)
            ? callWithCallback(handler, event, context)
            : handler(event, context);
        time?.look();
        postResult(message.requestId, { payload: asJson(await result) });
    } catch (error) {
        report("Invoke Error", error);
        postResult(message.requestId, { failure: failureOf(error) });
    }
}

function asJson(result: unknown): string | undefined {
    try {
        return JSON.stringify(result ?? null);
    } catch {
        throw runtimeError("Runtime.JSONStringifyError", "Unable to stringify response body");
    }
}

function report(what: string, error: unknown): void {
    const { errorType, errorMessage, trace: stack } = failureOf(error);
    console.error(`${what} \t${JSON.stringify({ errorType, errorMessage, ...Object(error), stack })}`);
}

/** The code does not load, or nobody awaits the error: Lambda fails what is running and starts the environment anew. */
function fatal(what: string, error: unknown, exitCode: number): never {
    report(what, error);
    post({ type: "fatal", failure: failureOf(error) });
    process.exit(exitCode);
}

async function main(): Promise<void> {
    process.setSourceMapsEnabled(true);
    writeConsole(
        settings,
        () => current?.requestId,
        (text) => post({ type: "log", text }),
    );
    time?.install();
    provideAwsSdk(settings.sdkRoots);
    rerouteAwsHosts(settings.endpoint, endpoint);
    process.on("uncaughtException", (error) => fatal("Uncaught Exception", error, 129));
    process.on("unhandledRejection", (reason) => {
        const error = runtimeError("Runtime.UnhandledPromiseRejection", String(reason));
        if (reason instanceof Error) error.stack = `${error.name}: ${reason.stack ?? reason.message}`;
        fatal("Unhandled Promise Rejection", error, 128);
    });
    try {
        const loading = loadHandler(settings);
        let last: Promise<unknown> = loading;
        parentPort?.on("message", (message: InvokeMessage | FireMessage) => {
            if (message.type === "fire") return time?.fire(message.id);
            last = last.then(async () => answer(await loading, message));
        });
        await loading;
        post({ type: "ready" });
    } catch (error) {
        fatal("Uncaught Exception", error, 1);
    }
}

void main();
