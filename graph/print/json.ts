import { type Graph, type GraphValue, type Properties, type Resource, SECRET } from "../model";
import { compare } from "./siblings";

/** What stands for a secret value. */
const MASK = "[secret]";

/** The graph as JSON for other programs and for diffs: keys in one order, secret values masked. Ends in a newline. */
export function printJson(graph: Graph): string {
    const { project, stack, region, resources, outputs } = graph;
    const shown = { project, stack, region, resources: resources.map(masked), outputs: maskedProperties(outputs) };
    return `${JSON.stringify(shown, null, 2)}\n`;
}

/** Lists every member, so that the order of keys does not hang on how the resource was made. */
function masked(resource: Resource): Resource {
    return {
        urn: resource.urn,
        type: resource.type,
        name: resource.name,
        custom: resource.custom,
        parent: resource.parent,
        id: resource.id,
        inputs: maskedProperties(resource.inputs),
        outputs: maskedProperties(resource.outputs),
        dependencies: resource.dependencies,
        propertyDependencies: Object.fromEntries(sorted(resource.propertyDependencies)),
        protect: resource.protect,
        retainOnDelete: resource.retainOnDelete,
        aliases: resource.aliases.map(maskedValue),
        provider: resource.provider,
        ignoreChanges: resource.ignoreChanges,
        expanded: resource.expanded,
    };
}

function maskedValue(value: GraphValue): GraphValue {
    if (Array.isArray(value)) return value.map(maskedValue);
    if (typeof value !== "object" || value === null) return value;
    return SECRET in value ? MASK : maskedProperties(value);
}

function maskedProperties(properties: Properties): Properties {
    return Object.fromEntries(sorted(properties).map(([key, value]) => [key, maskedValue(value)]));
}

function sorted<T>(members: { [key: string]: T }): [string, T][] {
    return Object.entries(members).sort(([a], [b]) => compare(a, b));
}
