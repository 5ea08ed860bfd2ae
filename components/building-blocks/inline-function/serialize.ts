import { dirname, relative } from "node:path";

import * as pulumi from "@pulumi/pulumi";

import { inspectCallback } from "./inspect-callback";

/** A callback as the text of a CommonJS module that exports `handler`. */
export interface SerializedCallback {
    /** Unique in the stack; names the function in messages and in the bundle. */
    name: string;
    code: string;
    /** It is called once, when the function starts. */
    isFactory: boolean;
    /** Folder of the file that the callback stands in: its relative imports start here. */
    folder: string;
}

/** A callback that cannot become a Lambda function. The message names the function, the cause and the way out. */
export class CallbackError extends pulumi.RunError {
    override name = "CallbackError";

    constructor(functionName: string, where: string, cause: string) {
        super(
            `The callback of function "${functionName}" (${where}) cannot be packaged: ${cause}\n` +
                "Way out: create such a value inside the factory, import it there from handlers/, or pass what the " +
                "function needs to know by `uses` and `environment`. Plain data may be captured.",
        );
    }
}

type Callback = (...args: never[]) => unknown;

/**
 * Serialises a callback with what it captures.
 * @param isFactory The callback is called once, in Lambda's init phase, and returns (a promise of) the handler.
 * @throws CallbackError when it captures what does not survive serialisation.
 */
export async function serializeCallback(
    name: string,
    callback: Callback,
    isFactory: boolean,
): Promise<SerializedCallback> {
    const { file, captured } = await inspectCallback(callback);
    const where = relative(process.cwd(), file) || file;
    let text: string;
    try {
        await refuseSecrets(captured);
        const serialized = await pulumi.runtime.serializeFunction(callback, {
            exportName: isFactory ? "factory" : "handler",
            serialize: (value: unknown) => refuseFragile(value, captured),
        });
        text = serialized.text;
    } catch (error) {
        throw new CallbackError(name, where, causeOf(error));
    }
    return { name, code: isFactory ? text + RUN_FACTORY : text, isFactory, folder: dirname(file) };
}

/**
 * Starts the factory as the module loads. Where it fails, the invocation gets its error, and the next one tries again:
 * what failed may have been a passing fault.
 */
const RUN_FACTORY = `
let ready = start();
function start() {
    const made = Promise.resolve().then(exports.factory);
    made.catch(() => { ready = undefined; });
    return made;
}
exports.handler = async (event, context) => (await (ready ??= start()))(event, context);
`;

/** Pulumi refuses them as well, but does not say which. */
async function refuseSecrets(captured: Map<string, unknown>): Promise<void> {
    for (const [name, value] of captured) {
        if (pulumi.Output.isInstance(value) && (await pulumi.isSecret(value))) {
            throw new Error(`it captures the secret "${name}", which would stand in its code for all to read.`);
        }
    }
}

/** These serialise without complaint and then fail when the function runs, so they are refused here. */
function refuseFragile(value: unknown, captured: Map<string, unknown>): boolean {
    if (typeof value !== "object" || value === null) return true;
    const name = [...captured].find(([, each]) => each === value)?.[0];
    const what = name === undefined ? "" : ` "${name}",`;
    for (const kind of [Map, Set, WeakMap, WeakSet, Date]) {
        if (value instanceof kind) throw new Error(`it captures${what} a ${kind.name}, which does not survive it.`);
    }
    const type: unknown = Object.getPrototypeOf(value)?.constructor;
    if (typeof type === "function" && /#[A-Za-z_$]/.test(Function.prototype.toString.call(type))) {
        throw new Error(`it captures${what} an instance of ${type.name}, whose #private fields do not survive it.`);
    }
    return true;
}

/** Pulumi's message tells the chain of captures, one a line; the first line repeats the function's text. */
function causeOf(error: unknown): string {
    const message = error instanceof Error ? error.message : String(error);
    return message.replace(/^Error serializing [^\n]*\n+/, "\n").trimEnd();
}
