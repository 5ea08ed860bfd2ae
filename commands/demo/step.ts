import type { Style } from "../terminal";

/** A step of the demo did not go as it should. */
export class DemoError extends Error {
    override name = "DemoError";
}

/** Does one thing and returns what is worth telling about it; throws a DemoError when it went wrong. */
export type Step = [title: string, run: () => Promise<string>];

/** Runs the steps in order, each on the shoulders of the ones before, and prints how they went. */
export async function runSteps(steps: Step[], output: NodeJS.WritableStream, style: Style): Promise<void> {
    const width = Math.max(...steps.map(([title]) => title.length)) + 2;
    for (const [title, run] of steps) {
        try {
            const outcome = await run();
            output.write(`  ${style.good("✔")} ${title.padEnd(width)}${style.dim(outcome)}\n`);
        } catch (error) {
            output.write(`  ${style.bad("✘")} ${title}\n`);
            throw error;
        }
    }
}

/** @throws DemoError unless the two are equal. */
export function expectEqual(actual: unknown, expected: unknown, what: string): void {
    if (JSON.stringify(actual) !== JSON.stringify(expected)) {
        throw new DemoError(`${what}: expected ${JSON.stringify(expected)}, but it is ${JSON.stringify(actual)}.`);
    }
}

/** @throws DemoError where it is false. */
export function expectTrue(condition: boolean, problem: string): void {
    if (!condition) throw new DemoError(problem);
}
