import type { LocalCloud } from "../../local/cloud";
import type { Graph } from "../../graph/model";

/** What a newcomer may look at and try in one architecture that runs. */
export interface Example {
    architecture: string;
    /** Name and URL. */
    urls: [string, string][];
    /** Commands to paste into a shell, with what each does. */
    commands: { purpose: string; command: string }[];
}

/** Makes the examples of one kind of architecture; an empty list where the graph has none of it. */
export type ExamplesOf = (graph: Graph, cloud: LocalCloud) => Promise<Example[]>;
