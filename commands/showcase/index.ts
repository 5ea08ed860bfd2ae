import type { Graph } from "../../graph/model";
import type { LocalCloud } from "../../local/cloud";
import { anyProgramExample } from "./any-program";
import { apiFirstExamples } from "./api-first";
import type { Example, ExamplesOf } from "./example";

export type { Example } from "./example";

const SHOWCASES: ExamplesOf[] = [apiFirstExamples];

/** Examples for all architectures of a graph that runs; where it has none of them, for what there is. */
export async function examplesOf(graph: Graph, cloud: LocalCloud): Promise<Example[]> {
    const examples = await Promise.all(SHOWCASES.map((showcase) => showcase(graph, cloud)));
    const found = examples.flat();
    if (found.length > 0) return found;
    const example = anyProgramExample(graph, cloud);
    return example.urls.length + example.commands.length > 0 ? [example] : [];
}
