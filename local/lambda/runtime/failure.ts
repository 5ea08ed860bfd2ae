import type { FunctionFailure } from "./messages";

/** Anything can be thrown; Lambda reports its name, message and stack. */
export function failureOf(thrown: unknown): FunctionFailure {
    if (!(thrown instanceof Error)) {
        const message = typeof thrown === "object" ? JSON.stringify(thrown) : String(thrown);
        return { errorType: typeof thrown, errorMessage: message, trace: [] };
    }
    return {
        errorType: thrown.name,
        errorMessage: thrown.message,
        trace: (thrown.stack ?? "").split("\n").filter((line) => !line.includes("bootstrap")),
    };
}
