import { captureInProcess } from "../graph/capture-process";
import { printJson, printMermaid, printTree } from "../graph/print";
import { run } from "./run";
import { Progress } from "./terminal";
import { parsePairs, UsageError, type Usage } from "./usage";

const FORMATS = ["tree", "json", "mermaid"];

const usage: Usage = {
    command: "npm run graph",
    summary: "Prints all resources that a stack declares, without an AWS account or the Pulumi CLI.",
    options: {
        stack: { value: "<name>", help: "The stack to print (default: dev)." },
        format: { value: "<format>", help: `One of ${FORMATS.join(", ")} (default: tree).` },
        all: { flag: true, help: "In mermaid: also roles, policies, permissions, log groups, versions and aliases." },
        program: { value: "<folder>", help: "Another Pulumi TypeScript program to print instead of this project." },
        secret: { value: "<key>=<value>", multiple: true, help: "Plain value of a secret in the stack's file." },
    },
};

void run(usage, async (given) => {
    const format = given.text("format") ?? "tree";
    if (!FORMATS.includes(format)) {
        throw new UsageError(`--format takes one of ${FORMATS.join(", ")}, not "${format}".`);
    }
    const stack = given.text("stack") ?? "dev";
    const progress = new Progress();
    progress.step(`Capturing the graph of stack ${stack}`);
    const graph = await captureInProcess(process.cwd(), stack, {
        program: given.text("program"),
        secrets: parsePairs("secret", given.list("secret")),
    }).finally(() => progress.clear());
    const text =
        format === "json"
            ? printJson(graph)
            : format === "mermaid"
              ? printMermaid(graph, { all: given.flag("all") })
              : printTree(graph, { color: process.stdout.isTTY === true && !process.env["NO_COLOR"] });
    process.stdout.write(text.endsWith("\n") ? text : `${text}\n`);
    return 0;
});
