import { PatternError } from "./pattern-error";

const COMPARISONS: Record<string, (value: number, limit: number) => boolean> = {
    "=": (value, limit) => value === limit,
    "<": (value, limit) => value < limit,
    "<=": (value, limit) => value <= limit,
    ">": (value, limit) => value > limit,
    ">=": (value, limit) => value >= limit,
};

/** EventBridge takes numbers up to five billion either way, with six decimals. */
const LARGEST = 5.0e9;

/**
 * `["=", 5]`, `[">", 0]`, `[">", 0, "<=", 5]`
 * @throws PatternError
 */
export function numericTest(operand: unknown): (value: unknown) => boolean {
    const parts: unknown[] = Array.isArray(operand) ? operand : [];
    if (parts.length !== 2 && parts.length !== 4) throw new PatternError("Value of numeric must be an array of pairs");
    const tests: ((value: number) => boolean)[] = [];
    for (let at = 0; at < parts.length; at += 2) {
        const compare = COMPARISONS[String(parts[at])];
        const limit = parts[at + 1];
        if (compare === undefined) throw new PatternError(`Unrecognized numeric range operator: ${String(parts[at])}`);
        if (typeof limit !== "number") throw new PatternError(`Value of ${String(parts[at])} must be numeric`);
        if (Math.abs(limit) > LARGEST) throw new PatternError(`Value must be between -${LARGEST} and ${LARGEST}`);
        tests.push((value: number) => compare(value, limit));
    }
    const [first, second] = [String(parts[0]), parts.length === 4 ? String(parts[2]) : undefined];
    if (second !== undefined && !(first.startsWith(">") && second.startsWith("<"))) {
        throw new PatternError(`Bad numeric range: ${first} and ${second}`);
    }
    if (second !== undefined && Number(parts[1]) >= Number(parts[3]))
        throw new PatternError("Bottom must be less than top");
    return (value) => typeof value === "number" && tests.every((test) => test(value));
}
