import { type Runtime, Session } from "node:inspector";
import { fileURLToPath } from "node:url";

/** What the language does not tell about a function, but V8 does. */
export interface CallbackOrigin {
    /** Absolute path of the file that it was written in; its relative imports are meant from there. */
    file: string;
    /** Values of the variables around it that it mentions, by name. */
    captured: Map<string, unknown>;
}

/** Where values are handed from the inspector, which knows them by number, to this program. */
const EXCHANGE = "quintet:inspected";

const scripts = new Map<string, string>();
let session: Session | undefined;

/** V8 answers through the inspector protocol, which also lists all scripts. */
function inspector(): Session {
    if (session === undefined) {
        session = new Session();
        session.connect();
        session.on("Debugger.scriptParsed", ({ params }) => scripts.set(params.scriptId, params.url));
        session.post("Debugger.enable");
    }
    return session;
}

export async function inspectCallback(callback: (...args: never[]) => unknown): Promise<CallbackOrigin> {
    Reflect.set(globalThis, EXCHANGE, callback);
    const id = await objectId(`globalThis[${JSON.stringify(EXCHANGE)}]`);
    Reflect.deleteProperty(globalThis, EXCHANGE);
    const { internalProperties = [] } = await propertiesOf(id);
    const internal = (name: string): Runtime.RemoteObject | undefined =>
        internalProperties.find((property) => property.name === name)?.value;
    const location = internal("[[FunctionLocation]]")?.value as { scriptId: string } | undefined;
    const url = scripts.get(location?.scriptId ?? "") ?? "";
    return {
        file: url.startsWith("file:") ? fileURLToPath(url) : url,
        captured: await capturedIn(internal("[[Scopes]]")?.objectId, String(callback)),
    };
}

/** Inner scopes hide the names of outer ones; the global one is everybody's. */
async function capturedIn(scopesId: string | undefined, text: string): Promise<Map<string, unknown>> {
    const captured = new Map<string, unknown>();
    if (scopesId === undefined) return captured;
    for (const scope of (await propertiesOf(scopesId)).result) {
        const { objectId: id, description = "" } = scope.value ?? {};
        if (id === undefined || !/^(Closure|Block|Module|Catch)/.test(description)) continue;
        for (const { name, value } of (await propertiesOf(id)).result) {
            if (captured.has(name) || !new RegExp(`(?<![\\w$.])${escape(name)}(?![\\w$])`).test(text)) continue;
            captured.set(name, value?.objectId === undefined ? value?.value : handOver(value.objectId));
        }
    }
    return captured;
}

function escape(name: string): string {
    return name.replace(/\$/g, "\\$");
}

function handOver(id: string): unknown {
    inspector().post("Runtime.callFunctionOn", {
        objectId: id,
        functionDeclaration: `function () { globalThis[${JSON.stringify(EXCHANGE)}] = this; }`,
    });
    const value: unknown = Reflect.get(globalThis, EXCHANGE);
    Reflect.deleteProperty(globalThis, EXCHANGE);
    return value;
}

function objectId(expression: string): Promise<string> {
    return new Promise((resolve, reject) => {
        inspector().post("Runtime.evaluate", { expression }, (failure, evaluated) => {
            const id = evaluated?.result.objectId;
            if (failure !== null || id === undefined) reject(failure ?? new Error("V8 does not know the function."));
            else resolve(id);
        });
    });
}

function propertiesOf(id: string): Promise<Runtime.GetPropertiesReturnType> {
    return new Promise((resolve, reject) => {
        inspector().post("Runtime.getProperties", { objectId: id, ownProperties: true }, (failure, found) => {
            if (failure === null) resolve(found);
            else reject(failure);
        });
    });
}
