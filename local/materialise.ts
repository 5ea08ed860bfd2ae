import { isDeepStrictEqual } from "node:util";

import type { Graph, Resource } from "../graph/model";
import { located } from "./assets";
import { reasonNotRun } from "./not-run";
import type { Materialiser, Materialisers } from "./service";

/** A resource that the local cloud leaves out. */
export interface NotRun {
    resource: Resource;
    reason: string;
}

/** A resource as it was created, with what tells whether its files have changed since. */
export interface Applied {
    resource: Resource;
    files: string;
}

/** What has been created, by URN, in the order of its creation. */
export type AppliedGraph = Map<string, Applied>;

/** What it took to make what exists be what a graph declares. */
export interface Changes {
    created: Resource[];
    updated: Resource[];
    deleted: Resource[];
}

/**
 * Makes what exists be what the graph declares: deletes what it no longer has, last things first, then creates and
 * updates, dependencies first. What has not changed is left alone.
 * @param directory The program's folder, which relative paths of its assets start from.
 * @returns what exists now, and what has changed for that.
 * @throws Error naming the resource that cannot be made; what was made before it stays.
 */
export async function applyGraph(
    graph: Graph,
    directory: string,
    materialisers: Materialisers,
    before: AppliedGraph,
): Promise<{ applied: AppliedGraph; changes: Changes }> {
    const changes: Changes = { created: [], updated: [], deleted: [] };
    const wanted: AppliedGraph = new Map();
    for (const resource of graph.resources) {
        if (materialisers[resource.type] !== undefined) wanted.set(resource.urn, located(resource, directory));
    }
    const stale = staleWholes(wanted, before, materialisers);
    for (const [urn, { resource }] of [...before].reverse()) {
        if (wanted.has(urn)) continue;
        await naming("delete", resource, () => materialisers[resource.type]?.delete(resource));
        changes.deleted.push(resource);
    }
    for (const [urn, applied] of wanted) {
        const isStale = stale.has(wholeOf(applied, materialisers) ?? "");
        const done = await bring(applied, before.get(urn), materialisers, isStale);
        if (done !== undefined) changes[done].push(applied.resource);
    }
    return { applied: wanted, changes };
}

function wholeOf({ resource }: Applied, materialisers: Materialisers): string | undefined {
    return materialisers[resource.type]?.partOf?.(resource);
}

/** Wholes of which a part has changed, come or gone. */
function staleWholes(wanted: AppliedGraph, before: AppliedGraph, materialisers: Materialisers): Set<string> {
    const stale = new Set<string>();
    const note = (applied: Applied): void => {
        const whole = wholeOf(applied, materialisers);
        if (whole !== undefined) stale.add(whole);
    };
    for (const [urn, applied] of wanted) {
        const old = before.get(urn);
        if (old === undefined || !isSame(applied, old)) note(applied);
    }
    for (const [urn, applied] of before) if (!wanted.has(urn)) note(applied);
    return stale;
}

/** Resources of the graph that no materialiser makes, and why. */
export function notRun(graph: Graph, materialisers: Materialisers): NotRun[] {
    return graph.resources.flatMap((resource) => {
        if (!resource.custom || materialisers[resource.type] !== undefined) return [];
        const reason = reasonNotRun(resource.type);
        return reason === undefined ? [] : [{ resource, reason }];
    });
}

/** @returns what has been done; undefined where it had not changed. */
async function bring(
    wanted: Applied,
    before: Applied | undefined,
    materialisers: Materialisers,
    isStale: boolean,
): Promise<"created" | "updated" | undefined> {
    const { resource } = wanted;
    const materialiser = materialisers[resource.type];
    if (materialiser === undefined) return undefined;
    if (before === undefined) {
        await naming("create", resource, () => materialiser.create(resource));
        return "created";
    }
    const hasChanged = !isSame(wanted, before);
    if (isStale) {
        await naming("update", resource, () => materialiser.create(resource));
        return hasChanged ? "updated" : undefined;
    }
    if (!hasChanged) return undefined;
    await naming("update", resource, () => change(materialiser, resource, before.resource));
    return "updated";
}

async function change(materialiser: Materialiser, resource: Resource, old: Resource): Promise<void> {
    if (materialiser.update !== undefined) return materialiser.update(resource, old);
    await materialiser.delete(old);
    await materialiser.create(resource);
}

function isSame(one: Applied, other: Applied): boolean {
    const relevant = ({ resource: { type, id, inputs, outputs }, files }: Applied): unknown[] => [
        type,
        id,
        inputs,
        outputs,
        files,
    ];
    return isDeepStrictEqual(relevant(one), relevant(other));
}

async function naming(verb: string, { type, name }: Resource, run: () => void | Promise<void>): Promise<void> {
    try {
        await run();
    } catch (error) {
        const why = error instanceof Error ? error.message : String(error);
        throw new Error(`The local cloud cannot ${verb} ${type} "${name}": ${why}`, { cause: error });
    }
}
