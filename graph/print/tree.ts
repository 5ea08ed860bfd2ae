import type { Graph, Resource } from "../model";
import { shortType } from "./short-type";
import { type Children, childrenOf, compare } from "./siblings";

export interface TreeOptions {
    /** Whether to mark up text for a terminal. */
    color: boolean;
    /** Columns; longer names are cut. Default: no limit. */
    width?: number;
}

interface Paint {
    bold(text: string): string;
    dim(text: string): string;
    protect(text: string): string;
}

const PROTECTED = " (protected)";

/** All resources by their parents, then how many there are of each type. Ends in a newline. */
export function printTree(graph: Graph, { color, width = Infinity }: TreeOptions): string {
    const paint = paintFor(color);
    const children = childrenOf(graph);
    const stack = graph.resources.find(({ type }) => type === "pulumi:pulumi:Stack");
    const tops = (children.get(undefined) ?? []).flatMap((top) =>
        top === stack ? (children.get(top.urn) ?? []) : [top],
    );
    return [
        `${paint.bold(`${graph.project}/${graph.stack}`)} ${paint.dim(`(${graph.region})`)}`,
        ...branches(tops, children, "", { paint, width }),
        "",
        ...summary(graph.resources, paint),
        "",
    ].join("\n");
}

function branches(
    siblings: Resource[],
    children: Children,
    indent: string,
    format: { paint: Paint; width: number },
): string[] {
    return siblings.flatMap((resource, at) => {
        const last = at === siblings.length - 1;
        const below = `${indent}${last ? "   " : "│  "}`;
        return [
            label(resource, `${indent}${last ? "└─ " : "├─ "}`, format),
            ...branches(children.get(resource.urn) ?? [], children, below, format),
        ];
    });
}

function label(resource: Resource, lead: string, { paint, width }: { paint: Paint; width: number }): string {
    const type = shortType(resource.type);
    const mark = resource.protect ? PROTECTED : "";
    const room = Math.max(1, width - lead.length - type.length - 1 - mark.length);
    const name = resource.name.length > room ? `${resource.name.slice(0, room - 1)}…` : resource.name;
    const shownName = resource.custom ? name : paint.bold(name);
    return `${paint.dim(lead)}${paint.dim(type)} ${shownName}${mark === "" ? "" : paint.protect(mark)}`;
}

/** Components only group resources: what a provider creates is counted. */
function summary(resources: Resource[], paint: Paint): string[] {
    const counts = new Map<string, number>();
    const custom = resources.filter((resource) => resource.custom);
    for (const { type } of custom) counts.set(shortType(type), (counts.get(shortType(type)) ?? 0) + 1);
    const rows = [...counts].sort(([a, many], [b, more]) => more - many || compare(a, b));
    const digits = String(rows[0]?.[1] ?? 0).length;
    return [
        paint.bold(custom.length === 1 ? "1 resource" : `${custom.length} resources`),
        ...rows.map(([type, count]) => `  ${String(count).padStart(digits)} ${type}`),
    ];
}

function paintFor(color: boolean): Paint {
    const paint = (on: number, off: number) => (text: string) => (color ? `\u001b[${on}m${text}\u001b[${off}m` : text);
    return { bold: paint(1, 22), dim: paint(2, 22), protect: paint(33, 39) };
}
