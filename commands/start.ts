import { resolve } from "node:path";

import { DEFAULT_PORT } from "../local/cloud";
import type { Changes } from "../local/materialise";
import { readFaults } from "./faults-file";
import { LocalStack } from "./local-stack";
import { overview } from "./overview";
import { messageOf, run } from "./run";
import { examplesOf } from "./showcase";
import { Progress, type Style, styleFor } from "./terminal";
import { parsePairs, parsePort, type Usage } from "./usage";
import { watchProgram } from "./watcher";

const usage: Usage = {
    command: "npm start",
    summary: "Runs a stack on this machine: no AWS account, container engine or Pulumi CLI.",
    options: {
        stack: { value: "<name>", help: "The stack to run (default: dev)." },
        port: { value: "<number>", help: `Port of the endpoint; 0 takes any free one (default: ${DEFAULT_PORT}).` },
        program: { value: "<folder>", help: "Another Pulumi TypeScript program to run instead of this project." },
        data: { value: "<folder>", help: "Keep all state there, whatever ends the run (default: in memory only)." },
        watch: { flag: true, help: "Apply changes of the program's files as they are made." },
        faults: { value: "<file>", help: "JSON file with faults to inject; see docs/local-cloud.md." },
        secret: { value: "<key>=<value>", multiple: true, help: "Plain value of a secret in the stack's file." },
    },
};

void run(usage, async (given) => {
    const progress = new Progress();
    const data = given.text("data");
    const faults = given.text("faults");
    const stack = await LocalStack.start({
        projectRoot: process.cwd(),
        program: given.text("program"),
        stack: given.text("stack") ?? "dev",
        port: parsePort(given.text("port") ?? String(DEFAULT_PORT)),
        data: data === undefined ? undefined : resolve(data),
        faults: faults === undefined ? undefined : readFaults(faults),
        secrets: parsePairs("secret", given.list("secret")),
        reloads: given.flag("watch"),
        onStep: (step) => progress.step(step),
    }).finally(() => progress.clear());
    const style = styleFor(process.stdout);
    process.stdout.write(await describe(stack, style));
    const stopWatching = given.flag("watch")
        ? await watchProgram(stack.directory, data === undefined ? [] : [resolve(data)], () => reload(stack, style))
        : undefined;
    if (stopWatching !== undefined) process.stdout.write(`Watching ${stack.directory} for changes.\n`);
    await interrupted();
    await stopWatching?.();
    await stack.close();
    return 0;
});

async function describe({ graph, cloud, notRun }: LocalStack, style: Style): Promise<string> {
    return overview(
        {
            stack: graph.stack,
            region: graph.region,
            url: cloud.url,
            examples: await examplesOf(graph, cloud),
            notRun,
            milliseconds: process.uptime() * 1000,
        },
        style,
    );
}

async function reload(stack: LocalStack, style: Style): Promise<void> {
    const began = performance.now();
    try {
        const changes = await stack.reload();
        const milliseconds = Math.round(performance.now() - began);
        const told = tell(changes);
        if (told !== "") process.stdout.write(`${style.good("Reloaded")} in ${milliseconds} ms: ${told}\n`);
    } catch (error) {
        process.stdout.write(`${style.bad("Not reloaded:")} ${messageOf(error)}\nAll goes on as before.\n`);
    }
}

/** Names what has changed; counts where it is much. */
function tell(changes: Changes): string {
    return Object.entries(changes)
        .filter(([, resources]) => resources.length > 0)
        .map(([what, resources]: [string, Changes["created"]]) => {
            const names = [...new Set(resources.map(({ name }) => name))];
            return `${names.length > 5 ? `${names.length} resources` : names.join(", ")} ${what}`;
        })
        .join("; ");
}

/** Settles at the first Ctrl-C or request to end; a second one ends the process at once. */
function interrupted(): Promise<void> {
    return new Promise((resolve) => {
        for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.once(signal, () => resolve());
    });
}
