import { createRequire } from "node:module";
import { resolve } from "node:path";

import { bundle } from "../../../components/building-blocks/inline-function/bundler";
import { serializeCallback } from "../../../components/building-blocks/inline-function/serialize";

type Callback = (...args: never[]) => unknown;
type Handler = (event?: unknown) => unknown;

let count = 0;

/** Folder with the bundle of a callback, under a name of its own. */
export function bundleOf(callback: Callback, isFactory = false): Promise<string> {
    return bundle(serializeCallback(`test-${++count}`, callback, isFactory));
}

/** Loads a callback's bundle afresh, as Lambda does, and returns its handler. */
export async function loaded(callback: Callback, isFactory = false): Promise<Handler> {
    const file = resolve(await bundleOf(callback, isFactory), "index.js");
    const load = createRequire(__filename);
    Reflect.deleteProperty(load.cache, load.resolve(file));
    return (load(file) as { handler: Handler }).handler;
}
