import { Session } from "node:inspector";
import { fileURLToPath } from "node:url";

interface FunctionLocation {
    scriptId: string;
}

const scripts = new Map<string, string>();
let session: Session | undefined;

/** Only V8 knows where a function was written; it tells by the inspector protocol, which also lists all scripts. */
function inspector(): Session {
    if (session === undefined) {
        session = new Session();
        session.connect();
        session.on("Debugger.scriptParsed", ({ params }) => scripts.set(params.scriptId, params.url));
        session.post("Debugger.enable");
    }
    return session;
}

/** Absolute path of the file that a function was written in; its relative imports are meant from there. */
export async function fileOf(callback: (...args: never[]) => unknown): Promise<string> {
    const key = "quintet:callback";
    Reflect.set(globalThis, key, callback);
    try {
        const scriptId = await scriptOf(`globalThis[${JSON.stringify(key)}]`);
        const url = scripts.get(scriptId) ?? "";
        return url.startsWith("file:") ? fileURLToPath(url) : url;
    } finally {
        Reflect.deleteProperty(globalThis, key);
    }
}

function scriptOf(expression: string): Promise<string> {
    return new Promise((resolve, reject) => {
        inspector().post("Runtime.evaluate", { expression }, (failure, evaluated) => {
            const objectId = evaluated?.result.objectId;
            if (failure !== null || objectId === undefined) return reject(failure ?? new Error("no function"));
            inspector().post("Runtime.getProperties", { objectId }, (failed, found) => {
                if (failed !== null) return reject(failed);
                const location = found.internalProperties?.find((one) => one.name === "[[FunctionLocation]]");
                resolve((location?.value?.value as FunctionLocation | undefined)?.scriptId ?? "");
            });
        });
    });
}
