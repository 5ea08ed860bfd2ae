import type { FunctionFailure } from "./messages";

/** Frames of this runtime, as a file or as the text that a worker is given; they would only hide the function's own. */
const RUNTIME_FRAME = /^\s+at .*(\[worker eval\]|[\\/]local[\\/]lambda[\\/]runtime[\\/])/;

/** An error that Lambda's runtime names itself. */
export function runtimeError(name: string, message: string): Error {
    const error = new Error(message);
    error.name = name;
    return error;
}

/** Anything can be thrown; Lambda reports the name, message and stack of errors, and everything else as a text. */
export function failureOf(thrown: unknown): FunctionFailure {
    if (!(thrown instanceof Error)) return { errorType: typeof thrown, errorMessage: String(thrown), trace: [] };
    return { errorType: thrown.name, errorMessage: thrown.message, trace: stackOf(thrown) };
}

export function stackOf({ stack = "" }: Error): string[] {
    return stack.split("\n").filter((line) => !RUNTIME_FRAME.test(line));
}
