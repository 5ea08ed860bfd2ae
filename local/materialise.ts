import { isAbsolute, join } from "node:path";

import { ARCHIVE, ASSET, type Graph, type GraphValue, type Properties, type Resource } from "../graph/model";
import { reveal } from "../graph/values";
import { reasonNotRun } from "./not-run";
import type { Materialisers } from "./service";

/** A resource that the local cloud leaves out. */
export interface NotRun {
    resource: Resource;
    reason: string;
}

/**
 * Creates every resource of a graph that has a materialiser, dependencies first, and returns those that have none.
 * @param directory The program's folder, which relative paths of its assets start from.
 * @throws Error naming the resource that cannot be created.
 */
export async function materialise(graph: Graph, directory: string, materialisers: Materialisers): Promise<NotRun[]> {
    const notRun: NotRun[] = [];
    for (const resource of graph.resources) {
        if (!resource.custom) continue;
        const materialiser = materialisers[resource.type];
        if (materialiser === undefined) {
            const reason = reasonNotRun(resource.type);
            if (reason !== undefined) notRun.push({ resource, reason });
            continue;
        }
        try {
            await materialiser.create(prepared(resource, directory));
        } catch (error) {
            const why = error instanceof Error ? error.message : String(error);
            throw new Error(`The local cloud cannot create ${resource.type} "${resource.name}": ${why}`, {
                cause: error,
            });
        }
    }
    return notRun;
}

/** Without secrets' marks, and with absolute paths. */
function prepared(resource: Resource, directory: string): Resource {
    const prepare = (properties: Properties): Properties => {
        const revealed = reveal(properties);
        return withAbsolutePaths(revealed, directory) as Properties;
    };
    return { ...resource, inputs: prepare(resource.inputs), outputs: prepare(resource.outputs) };
}

function withAbsolutePaths(value: GraphValue, directory: string): GraphValue {
    if (Array.isArray(value)) return value.map((item) => withAbsolutePaths(item, directory));
    if (typeof value !== "object" || value === null) return value;
    return Object.fromEntries(
        Object.entries(value).map(([key, member]) => [
            key,
            key === ASSET || key === ARCHIVE ? located(member, directory) : withAbsolutePaths(member, directory),
        ]),
    );
}

function located(asset: GraphValue, directory: string): GraphValue {
    const inner = withAbsolutePaths(asset, directory);
    if (typeof inner !== "object" || inner === null || Array.isArray(inner)) return inner;
    const path = inner["path"];
    return typeof path === "string" && !isAbsolute(path) ? { ...inner, path: join(directory, path) } : inner;
}
