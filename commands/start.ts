import { DEFAULT_PORT } from "../local/cloud";
import { startLocalStack } from "./local-stack";
import { overview } from "./overview";
import { run } from "./run";
import { examplesOf } from "./showcase";
import { Progress, styleFor } from "./terminal";
import { parsePairs, parsePort, type Usage } from "./usage";

const usage: Usage = {
    command: "npm start",
    summary: "Runs a stack on this machine: no AWS account, container engine or Pulumi CLI.",
    options: {
        stack: { value: "<name>", help: "The stack to run (default: dev)." },
        port: { value: "<number>", help: `Port of the endpoint; 0 takes any free one (default: ${DEFAULT_PORT}).` },
        program: { value: "<folder>", help: "Another Pulumi TypeScript program to run instead of this project." },
        secret: { value: "<key>=<value>", multiple: true, help: "Plain value of a secret in the stack's file." },
    },
};

void run(usage, async (given) => {
    const progress = new Progress();
    const { cloud, graph, notRun } = await startLocalStack({
        projectRoot: process.cwd(),
        program: given.text("program"),
        stack: given.text("stack") ?? "dev",
        port: parsePort(given.text("port") ?? String(DEFAULT_PORT)),
        secrets: parsePairs("secret", given.list("secret")),
        onStep: (step) => progress.step(step),
    }).finally(() => progress.clear());
    const examples = await examplesOf(graph, cloud);
    process.stdout.write(
        overview(
            {
                stack: graph.stack,
                region: graph.region,
                url: cloud.url,
                examples,
                notRun,
                milliseconds: process.uptime() * 1000,
            },
            styleFor(process.stdout),
        ),
    );
    await interrupted();
    await cloud.close();
    return 0;
});

/** Settles at the first Ctrl-C or request to end; a second one ends the process at once. */
function interrupted(): Promise<void> {
    return new Promise((resolve) => {
        for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.once(signal, () => resolve());
    });
}
