import type { Graph, Resource } from "../../graph/model";
import type { LocalCloud } from "../../local/cloud";
import type { Example } from "./example";
import { textOutput } from "./inside";

/** Where the APIs of any program are served, and what its stack's outputs are here. */
export function anyProgramExample(graph: Graph, cloud: LocalCloud): Example {
    const [fn] = ofType(graph, "aws:lambda/function:Function");
    const [queue] = ofType(graph, "aws:sqs/queue:Queue");
    const apis = ofType(graph, "aws:apigateway/stage:Stage").map((stage): [string, string] => [
        `REST API ${stage.name}`,
        cloud.localUrl(textOutput(stage, "invokeUrl")),
    ]);
    const outputs = Object.entries(graph.outputs)
        .filter((entry): entry is [string, string] => typeof entry[1] === "string")
        .map(([name, value]): [string, string] => [`Output ${name}`, cloud.localUrl(value)]);
    const commands = [
        ...(fn === undefined
            ? []
            : [
                  {
                      purpose: "Invoke a function, with the environment below",
                      command: `aws lambda invoke --function-name ${textOutput(fn, "name")} /dev/stdout`,
                  },
              ]),
        ...(queue === undefined
            ? []
            : [
                  {
                      purpose: "Send a message",
                      command:
                          `aws sqs send-message --queue-url ${cloud.url}/${graph.account}/${textOutput(queue, "name")} ` +
                          "--message-body hello",
                  },
              ]),
    ];
    return { architecture: graph.project, urls: [...apis, ...outputs], commands };
}

function ofType(graph: Graph, type: string): Resource[] {
    return graph.resources.filter((resource) => resource.type === type);
}
