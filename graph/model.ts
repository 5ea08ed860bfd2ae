/** Values as they stand in a graph: JSON, plus the three markers below. */
export type GraphValue = null | boolean | number | string | GraphValue[] | { [key: string]: GraphValue };

export type Properties = { [key: string]: GraphValue };

/** Marks a value that the program declared secret: `{ "$secret": value }`. */
export const SECRET = "$secret";
/** Marks a file or text inside an archive: `{ "$asset": { path | text | uri } }`. */
export const ASSET = "$asset";
/** Marks an archive: `{ "$archive": { path | uri | assets: { [name]: asset or archive } } }`. */
export const ARCHIVE = "$archive";

/** One resource that the program registered. */
export interface Resource {
    /** Unique in the graph: `urn:pulumi:<stack>::<project>::<parent types$type>::<name>`. */
    urn: string;
    /** Pulumi's type token, for example `aws:dynamodb/table:Table`. */
    type: string;
    name: string;
    /** True for a provider's resource, false for a component. */
    custom: boolean;
    /** URN of the parent; absent for the stack itself. */
    parent?: string;
    /** As the provider would get them. */
    inputs: Properties;
    /** Inputs and what AWS would add to them (id, ARN, URLs), derived without calling it. */
    outputs: Properties;
    /** The provider's id of the resource; empty for components. */
    id: string;
    /** URNs of all resources that must exist before this one, sorted. */
    dependencies: string[];
    /** The same, by the input that refers to them. */
    propertyDependencies: { [property: string]: string[] };
    protect: boolean;
    retainOnDelete: boolean;
    /** Former URNs or specs of it (`name`, `type`, `parent` …) as the program gave them. */
    aliases: GraphValue[];
    /** URN and id of its provider, when it is not the default one. */
    provider?: string;
    /** Names of inputs whose changes are ignored. */
    ignoreChanges: string[];
    /** True when an expander added it: the engine registers it inside a remote component. */
    expanded: boolean;
}

/** All that a program declares for one stack. */
export interface Graph {
    project: string;
    stack: string;
    region: string;
    account: string;
    /** Parents before children, dependencies before dependents. */
    resources: Resource[];
    /** The stack's outputs. */
    outputs: Properties;
}
