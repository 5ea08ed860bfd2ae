import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";

import type { Figure } from "./report";

/** Loaded when asked for: each needs other parts of the project. */
const BENCHES: Record<string, () => Promise<Figure[]>> = {
    start: async () => (await import("./start")).benchStart(),
    bundle: async () => (await import("./bundle")).benchBundle(),
    requests: async () => (await import("./requests")).benchRequests(),
};

const HELP = `Measures Quintet, and beside it what it is compared with.

Usage: npm run bench -- [options] [${Object.keys(BENCHES).join("] [")}]

  --json <file>  Write the figures there, too: [{ name, value, unit, baseline, ratio }].
  --help         Show this text.
`;

async function main(): Promise<number> {
    const { values, positionals } = parseArgs({
        allowPositionals: true,
        options: { json: { type: "string" }, help: { type: "boolean" } },
    });
    if (values.help === true) {
        process.stdout.write(HELP);
        return 0;
    }
    const names = positionals.length > 0 ? positionals : Object.keys(BENCHES);
    const unknown = names.find((name) => !(name in BENCHES));
    if (unknown !== undefined)
        throw new Error(`There is no benchmark "${unknown}": ${Object.keys(BENCHES).join(", ")}.`);
    if (names.includes("requests")) installPeers();
    const { table, writeJson } = await import("./report");
    const figures: Figure[] = [];
    for (const name of names) {
        process.stderr.write(`Measuring ${name} …\n`);
        figures.push(...((await BENCHES[name]?.()) ?? []));
    }
    process.stdout.write(table(figures));
    if (values.json !== undefined) writeJson(values.json, figures);
    return 0;
}

/** What the project is compared with is no dependency of it. */
function installPeers(): void {
    if (existsSync(join(__dirname, "node_modules"))) return;
    process.stderr.write("Installing what is compared with …\n");
    const { status } = spawnSync("npm", ["ci", "--ignore-scripts"], {
        cwd: __dirname,
        stdio: ["ignore", "ignore", "inherit"],
    });
    if (status !== 0) throw new Error("npm ci has failed in bench/.");
}

main().then(
    (code) => process.exit(code),
    (error: unknown) => {
        process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
        process.exit(1);
    },
);
