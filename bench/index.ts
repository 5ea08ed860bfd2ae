import { benchBundle } from "./bundle";
import { benchRequests } from "./requests";
import { benchStart } from "./start";

const benches: Record<string, () => Promise<void>> = {
    bundle: benchBundle,
    start: benchStart,
    requests: benchRequests,
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
