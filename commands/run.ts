import { helpText, parseOptions, type Given, type Usage, UsageError } from "./usage";
import { styleFor } from "./terminal";

/** Errors whose message is all that a user needs; of any other the stack is shown, too. */
const EXPECTED = new Set([
    "UsageError",
    "ProjectError",
    "CaptureError",
    "PortError",
    "DataDirectoryError",
    "DemoError",
]);

/**
 * Runs a command with its options and sets the exit code: what `main` returns, 2 for a wrong command line, 1 for any
 * other failure.
 */
export async function run(usage: Usage, main: (given: Given) => Promise<number>): Promise<void> {
    try {
        const given = parseOptions(usage, process.argv.slice(2));
        if (given.flag("help")) process.stdout.write(helpText(usage));
        else process.exitCode = await main(given);
    } catch (error) {
        process.stderr.write(`${styleFor(process.stderr).bad("Error:")} ${messageOf(error)}\n`);
        process.exitCode = error instanceof UsageError ? 2 : 1;
    }
}

/** What a user needs to know of an error. */
export function messageOf(error: unknown): string {
    if (!(error instanceof Error)) return String(error);
    return EXPECTED.has(error.name) ? error.message : (error.stack ?? error.message);
}
