import type { Graph } from "../../graph/model";
import type { LocalCloud } from "../../local/cloud";
import { apiFirstExamples } from "./api-first";
import type { Example, ExamplesOf } from "./example";

export type { Example } from "./example";

const SHOWCASES: ExamplesOf[] = [apiFirstExamples];

/** Examples for all architectures of a graph that runs. */
export async function examplesOf(graph: Graph, cloud: LocalCloud): Promise<Example[]> {
    const examples = await Promise.all(SHOWCASES.map((showcase) => showcase(graph, cloud)));
    return examples.flat();
}
