import { parentPort } from "node:worker_threads";

import type { Callback, Handler } from "./handler";

/** Calls a handler as runtimes up to Node.js 22 do, which take its promise, or what it calls back. */
export function callWithCallback(handler: Handler, event: unknown, context: object): Promise<unknown> {
    return new Promise((resolve, reject) => {
        let answer = (): void => resolve(null);
        const finish = (): void => {
            process.off("beforeExit", finish);
            parentPort?.ref();
            answer();
        };
        const callback: Callback = (error, result) => {
            answer = () => (error === undefined || error === null ? resolve(result) : reject(error));
            if (Reflect.get(context, "callbackWaitsForEmptyEventLoop") === false) finish();
        };
        Object.assign(context, {
            done: callback,
            fail: (error: unknown) => callback(error),
            succeed: (result: unknown) => callback(undefined, result),
        });
        const returned = handler(event, context, callback);
        if (isThenable(returned)) return resolve(returned);
        // Lambda answers when nothing is left to do, and does not look at what was returned. The port alone must not
        // keep the event loop busy, then.
        process.once("beforeExit", finish);
        parentPort?.unref();
    });
}

function isThenable(value: unknown): boolean {
    return typeof Reflect.get(Object(value), "then") === "function";
}
