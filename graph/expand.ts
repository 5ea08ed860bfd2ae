import { type ExpandedResource, expanders } from "./expanders";
import type { GraphValue, Resource } from "./model";
import { ACCOUNT } from "./physical";
import { deriveOutputs } from "./outputs";
import { childUrn } from "./urn";
import { RESOURCE } from "./values";

/**
 * What a remote component registers inside itself when the engine runs its plugin.
 * The component's own outputs are completed. A component without an expander stays opaque.
 */
export function expand(component: Resource, region: string, find: (urn: string) => Resource | undefined): Resource[] {
    const expander = expanders[component.type];
    if (expander === undefined) return [];
    const { children, outputs } = expander({
        name: component.name,
        urn: component.urn,
        inputs: component.inputs,
        propertyDependencies: component.propertyDependencies,
        region,
        account: ACCOUNT,
        resource: (reference: GraphValue) => {
            const isReference = typeof reference === "object" && reference !== null && RESOURCE in reference;
            return isReference ? find(String(reference[RESOURCE])) : undefined;
        },
        outputsOf: (child) => deriveOutputs({ ...child, region }),
    });
    component.outputs = outputs;
    const urns = new Map<string, string>();
    return children.map((child) => {
        const parent = (child.parentKey === undefined ? undefined : urns.get(child.parentKey)) ?? component.urn;
        const urn = childUrn(parent, child.type, child.name);
        urns.set(child.key, urn);
        return asResource(child, component, parent, urn, urns, region);
    });
}

function asResource(
    child: ExpandedResource,
    component: Resource,
    parent: string,
    urn: string,
    urns: Map<string, string>,
    region: string,
): Resource {
    const derived = deriveOutputs({ urn, type: child.type, name: child.name, inputs: child.inputs, region });
    return {
        urn,
        type: child.type,
        name: child.name,
        custom: true,
        parent,
        inputs: child.inputs,
        outputs: derived.outputs,
        id: derived.id,
        dependencies: child.dependencies.map((key) => urns.get(key) ?? key).sort(),
        propertyDependencies: {},
        protect: component.protect,
        retainOnDelete: component.retainOnDelete,
        aliases: [],
        ...(component.provider === undefined ? {} : { provider: component.provider }),
        ignoreChanges: [],
        expanded: true,
    };
}
