import {
    cpSync,
    existsSync,
    mkdirSync,
    mkdtempSync,
    readdirSync,
    readFileSync,
    rmSync,
    statSync,
    writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { zipSync } from "fflate";

import { captureGraph } from "../graph/capture";
import { ARCHIVE, ASSET, type Graph, type GraphValue } from "../graph/model";
import { freshNodeMs } from "./measure";
import { type Figure, figure } from "./report";

const ROOT = join(__dirname, "..");
const FUNCTION = "aws:lambda/function:Function";

const REFUSED = {
    headers: {},
    resource: "/v1/orders",
    httpMethod: "GET",
    requestContext: { requestId: "1", identity: {} },
};

/** Every function's archive and load time, and what `CallbackFunction` makes of the biggest one. */
export async function benchBundle(): Promise<Figure[]> {
    const work = mkdtempSync(join(tmpdir(), "quintet-bench-"));
    try {
        const ours = unpackFunctions(await captureGraph("dev"), join(work, "ours"));
        const theirs = unpackFunctions(
            await captureGraph("dev", { program: join(__dirname, "programs", "callback-function") }),
            join(work, "theirs"),
        );
        const figures: Figure[] = [];
        const callbackFunction = theirs.get("place-order") ?? "";
        for (const [name, folder] of ours) {
            const isCompared = name.endsWith("place-order");
            const baseline = isCompared ? "; baseline: CallbackFunction" : "";
            const [theirKB, theirMs] = isCompared
                ? [zippedSize(callbackFunction) / 1000, await loadMs(callbackFunction)]
                : [];
            figures.push(
                figure(`${name}, zipped${baseline}`, zippedSize(folder) / 1000, "kB", theirKB),
                figure(`${name}, load time${baseline}`, await loadMs(folder), "ms", theirMs),
            );
        }
        return figures;
    } finally {
        rmSync(work, { recursive: true, force: true });
    }
}

function unpackFunctions(graph: Graph, target: string): Map<string, string> {
    const functions = graph.resources.filter(({ type }) => type === FUNCTION);
    return new Map(
        functions.map(({ name, inputs }) => {
            const folder = join(target, name);
            unpack(inputs["code"] ?? null, folder);
            return [name, folder];
        }),
    );
}

function unpack(value: GraphValue, target: string): void {
    if (typeof value !== "object" || value === null || Array.isArray(value)) return;
    const archive = value[ARCHIVE] as { path?: string; assets?: Record<string, GraphValue> } | undefined;
    const asset = value[ASSET] as { path?: string; text?: string } | undefined;
    if (asset?.text !== undefined) write(target, asset.text);
    if (asset?.path !== undefined) write(target, readFileSync(join(ROOT, asset.path)));
    if (archive?.path !== undefined) cpSync(join(ROOT, archive.path), target, { recursive: true, dereference: true });
    for (const [name, inner] of Object.entries(archive?.assets ?? {})) unpack(inner, join(target, name));
}

function write(path: string, content: string | Buffer): void {
    mkdirSync(join(path, ".."), { recursive: true });
    writeFileSync(path, content);
}

function zippedSize(folder: string): number {
    const files: Record<string, Uint8Array> = {};
    for (const name of readdirSync(folder, { recursive: true }).map(String)) {
        const path = join(folder, name);
        if (statSync(path).isFile()) files[name] = readFileSync(path);
    }
    return zipSync(files, { level: 9 }).length;
}

/** From an empty Node to a handler that is ready for its first event. */
function loadMs(folder: string): Promise<number> {
    const entry = ["index.js", "__index.js"].map((file) => join(folder, file)).find(existsSync) ?? folder;
    const environment = {
        AWS_REGION: "eu-west-1",
        ORDERS_TABLE: "orders",
        IDEMPOTENCY_TABLE: "idempotency",
        API_AUTH: "cognito",
        ISSUER: "https://issuer.example.com",
    };
    return freshNodeMs(
        `Object.assign(process.env, ${JSON.stringify(environment)}); const m = require(${JSON.stringify(entry)}); ` +
            // A call from nobody is refused at once, but not before the factory has run.
            `await Promise.resolve().then(() => m.handler(${JSON.stringify(REFUSED)}, {})).catch(() => 0)`,
    );
}
