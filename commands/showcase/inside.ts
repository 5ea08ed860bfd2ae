import type { Graph, Resource } from "../../graph/model";
import { reveal } from "../../graph/values";

/** A component of the graph and all resources below it. */
export interface Inside {
    component: Resource;
    first(type: string): Resource | undefined;
    all(type: string): Resource[];
}

/** The graph's components of one type. */
export function componentsOf(graph: Graph, type: string): Inside[] {
    const parents = new Map(graph.resources.map((resource) => [resource.urn, resource.parent]));
    const isInside = (urn: string | undefined, component: string): boolean =>
        urn !== undefined && (urn === component || isInside(parents.get(urn), component));
    return graph.resources
        .filter((resource) => resource.type === type)
        .map((component) => {
            const all = (wanted: string): Resource[] =>
                graph.resources.filter((each) => each.type === wanted && isInside(each.urn, component.urn));
            return { component, all, first: (wanted) => all(wanted)[0] };
        });
}

/** An output that is a text; secrets are shown, as all of them are of this machine alone. */
export function textOutput(resource: Resource | undefined, name: string): string {
    const value = reveal(resource?.outputs[name] ?? null);
    return typeof value === "string" ? value : "";
}
