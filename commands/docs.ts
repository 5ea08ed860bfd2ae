import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { captureInProcess } from "../graph/capture-process";
import { printMermaid } from "../graph/print";
import { run } from "./run";
import { Progress } from "./terminal";
import type { Usage } from "./usage";

const usage: Usage = {
    command: "npm run docs",
    summary: "Draws the diagrams in the documentation anew, from the graphs of the stacks that they show.",
    options: { check: { flag: true, help: "Change nothing; exit with 1 where a diagram is out of date." } },
};

/** `<!-- graph of stack dev -->` … `<!-- end of graph -->` */
const DIAGRAM = /(<!-- graph of stack ([\w.-]+) -->\n)[\s\S]*?(<!-- end of graph -->)/g;

void run(usage, async (given) => {
    const root = process.cwd();
    const files = [
        "README.md",
        ...readdirSync(join(root, "docs"), { recursive: true })
            .map((file) => join("docs", String(file)))
            .filter((file) => file.endsWith(".md")),
    ];
    const progress = new Progress();
    const diagrams = new Map<string, string>();
    const stale: string[] = [];
    for (const file of files) {
        const text = readFileSync(join(root, file), "utf8");
        for (const [, , stack = ""] of text.matchAll(DIAGRAM)) {
            if (diagrams.has(stack)) continue;
            progress.step(`Capturing the graph of stack ${stack}`);
            const graph = await captureInProcess(root, stack, {}).finally(() => progress.clear());
            diagrams.set(stack, printMermaid(graph, { all: false }));
        }
        const drawn = text.replace(
            DIAGRAM,
            (_, start: string, stack: string, end: string) =>
                `${start}\`\`\`mermaid\n${(diagrams.get(stack) ?? "").trimEnd()}\n\`\`\`\n${end}`,
        );
        if (drawn === text) continue;
        stale.push(file);
        if (!given.flag("check")) writeFileSync(join(root, file), drawn);
    }
    if (stale.length === 0) {
        process.stdout.write("All diagrams show their graphs as they are.\n");
        return 0;
    }
    if (!given.flag("check")) {
        process.stdout.write(`Drawn anew: ${stale.join(", ")}\n`);
        return 0;
    }
    process.stderr.write(`Out of date: ${stale.join(", ")}. Draw them anew with: npm run docs\n`);
    return 1;
});
