import type { GraphValue, Properties, Resource } from "../model";

/** A resource that a remote component's plugin registers. */
export interface ExpandedResource {
    type: string;
    name: string;
    inputs: Properties;
    /** Names it among its siblings, for `dependencies` and `parentKey`. */
    key: string;
    /** Keys of siblings, and URNs of resources that the component was given. */
    dependencies: string[];
    /** Default: the component itself. */
    parentKey?: string;
}

export interface ExpansionInput {
    /** Of the component. */
    name: string;
    urn: string;
    inputs: Properties;
    /** URNs that each input depends on. */
    propertyDependencies: Record<string, string[]>;
    region: string;
    account: string;
    /** The resource that a value refers to, if it refers to one. */
    resource(reference: GraphValue): Resource | undefined;
    /** What AWS would answer for a resource. */
    outputsOf(resource: { type: string; name: string; inputs: Properties; urn: string }): {
        id: string;
        outputs: Properties;
    };
}

export interface Expansion {
    children: ExpandedResource[];
    /** Of the component. */
    outputs: Properties;
}

/** Does what a remote component's plugin does, without the plugin. */
export type Expander = (input: ExpansionInput) => Expansion;

/** The program uses a form of a component that cannot be captured. The message says which, and the way out. */
export class ExpansionError extends Error {
    override name = "ExpansionError";
}
