import type { Graph, Resource } from "../model";

/** The children of each resource, by its URN, and those without a parent in the graph under `undefined`. */
export type Children = Map<string | undefined, Resource[]>;

/** Siblings are sorted by name, then type, so that what belongs together stands together in every capture. */
export function childrenOf(graph: Graph): Children {
    const urns = new Set(graph.resources.map(({ urn }) => urn));
    const children: Children = new Map();
    for (const resource of graph.resources) {
        const parent = resource.parent !== undefined && urns.has(resource.parent) ? resource.parent : undefined;
        children.set(parent, [...(children.get(parent) ?? []), resource]);
    }
    for (const siblings of children.values())
        siblings.sort((a, b) => compare(a.name, b.name) || compare(a.type, b.type));
    return children;
}

/** By code units: no locale's order, so the same on every machine. */
export function compare(a: string, b: string): number {
    if (a === b) return 0;
    return a < b ? -1 : 1;
}
