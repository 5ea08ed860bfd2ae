/** Imported by the bundled callbacks of the tests. */
export function greeting(name: string): string {
    return `Hello, ${name}`;
}

/** Must not be in a bundle that only greets. */
export function unused(): string {
    return "x".repeat(5_000) + "never bundled ".repeat(500);
}

export function failing(): never {
    throw new Error("on purpose");
}
