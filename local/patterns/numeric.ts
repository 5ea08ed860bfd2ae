import { PatternError } from "./pattern-error";

type Comparison = (value: number, limit: number) => boolean;

const COMPARISONS = new Map<unknown, Comparison>([
    ["=", (value, limit) => value === limit],
    ["<", (value, limit) => value < limit],
    ["<=", (value, limit) => value <= limit],
    [">", (value, limit) => value > limit],
    [">=", (value, limit) => value >= limit],
]);

/** https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-pattern-operators.html#eb-filtering-numeric-matching */
const LARGEST = 5.0e9;

/**
 * `["=", 5]`, `[">", 0]`, `["<", 5]`, `[">", 0, "<=", 5]`
 * @throws PatternError
 */
export function numericTest(operand: unknown): (value: unknown) => boolean {
    if (!Array.isArray(operand)) throw new PatternError("Value of numeric must be an array.");
    const [operator, limit, upperOperator, upperLimit, ...more]: unknown[] = operand;
    const compare = comparison(operator, limit);
    if (operand.length < 3) return (value) => typeof value === "number" && compare(value);
    if (operator !== ">" && operator !== ">=") throw new PatternError("Too many elements in numeric expression");
    if (upperOperator !== "<" && upperOperator !== "<=") {
        throw new PatternError(`Bad numeric range operator: ${String(upperOperator)}`);
    }
    const compareUpper = comparison(upperOperator, upperLimit);
    if (more.length > 0) throw new PatternError("Too many terms in numeric range expression");
    if (Number(limit) >= Number(upperLimit)) throw new PatternError("Bottom must be less than top");
    return (value) => typeof value === "number" && compare(value) && compareUpper(value);
}

function comparison(operator: unknown, limit: unknown): (value: number) => boolean {
    if (typeof operator !== "string") {
        throw new PatternError(`Invalid member in numeric match: ${JSON.stringify(operator) ?? "]"}`);
    }
    const compare = COMPARISONS.get(operator);
    if (compare === undefined) throw new PatternError(`Unrecognized numeric range operator: ${operator}`);
    if (typeof limit !== "number") {
        throw new PatternError(`Value of ${operator === "=" ? "equals" : operator} must be numeric`);
    }
    if (Math.abs(limit) > LARGEST) throw new PatternError("Value must be between -5.0E9 and 5.0E9, inclusive");
    return (value) => compare(value, limit);
}
