/** Loaded when asked for: each needs other parts of the project. */
const benches: Record<string, () => Promise<void>> = {
    bundle: async () => (await import("./bundle")).benchBundle(),
    start: async () => (await import("./start")).benchStart(),
    requests: async () => (await import("./requests")).benchRequests(),
};

async function main(): Promise<void> {
    const [name = ""] = process.argv.slice(2);
    const bench = benches[name];
    if (bench === undefined) {
        console.error(`Name what to measure: npm run bench -- ${Object.keys(benches).join(" | ")}`);
        process.exitCode = 2;
        return;
    }
    await bench();
}

void main();
