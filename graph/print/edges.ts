import type { Resource } from "../model";
import { compare } from "./siblings";

/** One resource needs another one. */
export interface Edge {
    from: string;
    to: string;
}

/**
 * Dependencies between the shown resources, sorted. Where one resource needs another only by way of hidden ones (a
 * function its table by way of its policy), they are joined, unless the shown resources between them tell that already.
 */
export function edgesBetween(resources: Resource[], shown: ReadonlySet<string>): Edge[] {
    const byUrn = new Map(resources.map((resource) => [resource.urn, resource]));
    const direct = new Map<string, Set<string>>();
    const reached = new Map<string, Set<string>>();
    for (const { urn, dependencies } of resources) {
        if (!shown.has(urn)) continue;
        direct.set(urn, new Set(dependencies.filter((dependency) => shown.has(dependency))));
        reached.set(urn, reachable(urn, byUrn, shown));
    }
    const edges: Edge[] = [];
    for (const [from, targets] of reached) {
        for (const to of [...targets].sort(compare)) {
            if (direct.get(from)?.has(to) || !hasDetour(from, to, reached)) edges.push({ from, to });
        }
    }
    return edges.sort((a, b) => compare(a.from, b.from));
}

/** Shown resources that one leads to directly or over hidden ones. */
function reachable(from: string, byUrn: Map<string, Resource>, shown: ReadonlySet<string>): Set<string> {
    const found = new Set<string>();
    const seen = new Set<string>([from]);
    const visit = (urn: string): void => {
        for (const dependency of byUrn.get(urn)?.dependencies ?? []) {
            if (seen.has(dependency)) continue;
            seen.add(dependency);
            if (shown.has(dependency)) found.add(dependency);
            // A component stands for its children, and these are dependencies of their own.
            else if (byUrn.get(dependency)?.custom === true) visit(dependency);
        }
    };
    visit(from);
    return found;
}

/** Whether `to` can also be reached by way of another shown resource. */
function hasDetour(from: string, to: string, reached: Map<string, Set<string>>): boolean {
    const seen = new Set<string>();
    const leads = (urn: string): boolean => {
        if (seen.has(urn)) return false;
        seen.add(urn);
        const next = reached.get(urn) ?? new Set();
        return next.has(to) || [...next].some(leads);
    };
    return [...(reached.get(from) ?? [])].some((urn) => urn !== to && leads(urn));
}
