import { cidrTest } from "./cidr";
import { numericTest } from "./numeric";
import { PatternError } from "./pattern-error";
import { wildcardTest } from "./wildcard";

/** Tells whether one of a member's values fits; there are none where the member is absent. */
export type Matcher = (values: unknown[]) => boolean;

type Test = (value: unknown) => boolean;

/**
 * Compiles one element of a pattern's array: a value, or an operator.
 * @throws PatternError
 */
export function compileMatcher(key: string, pattern: unknown): Matcher {
    if (typeof pattern !== "object" || pattern === null) return some(equal(pattern));
    const [[operator, operand] = ["", undefined], ...more] = Object.entries(pattern) as [string, unknown][];
    if (Array.isArray(pattern) || more.length > 0) throw new PatternError(`Only one operator is allowed at "${key}"`);
    if (operator === "exists") {
        if (typeof operand !== "boolean") throw new PatternError("exists match pattern must be either true or false.");
        return (values) => values.length > 0 === operand;
    }
    return some(operatorTest(operator, operand));
}

function some(test: Test): Matcher {
    return (values) => values.some(test);
}

function operatorTest(operator: string, operand: unknown): Test {
    switch (operator) {
        case "prefix":
            return affixTest("prefix", operand);
        case "suffix":
            return affixTest("suffix", operand);
        case "equals-ignore-case":
            return ignoringCase(operator, operand);
        case "wildcard":
            return onText(wildcardTest(text(operator, operand)));
        case "cidr":
            return onText(cidrTest(text(operator, operand)));
        case "numeric":
            return numericTest(operand);
        case "anything-but":
            return anythingBut(operand);
        default:
            throw new PatternError(`Unrecognized match type ${operator}`);
    }
}

/** Numbers are equal by their value, however they are written; nothing else is equal to them. */
function equal(pattern: unknown): Test {
    return (value) => value === pattern;
}

function affixTest(operator: "prefix" | "suffix", operand: unknown): Test {
    const has = (whole: string, part: string): boolean =>
        operator === "prefix" ? whole.startsWith(part) : whole.endsWith(part);
    if (typeof operand === "object" && operand !== null) {
        const folded = text("equals-ignore-case", Reflect.get(operand, "equals-ignore-case")).toLowerCase();
        return onText((value) => has(value.toLowerCase(), folded));
    }
    const part = text(operator, operand);
    return onText((value) => has(value, part));
}

function ignoringCase(operator: string, operand: unknown): Test {
    const folded = text(operator, operand).toLowerCase();
    return onText((value) => value.toLowerCase() === folded);
}

/** Fits a value that is there and is none of these. */
function anythingBut(operand: unknown): Test {
    if (Array.isArray(operand)) {
        if (operand.length === 0) throw new PatternError("Empty arrays are not allowed");
        if (!operand.every((each) => typeof each === "string") && !operand.every((each) => typeof each === "number")) {
            throw new PatternError(
                "Inside anything but list, either all values are number or string, mixed type is not supported",
            );
        }
        return not(anyOf(operand.map(equal)));
    }
    if (typeof operand !== "object" || operand === null) return not(equal(operand));
    const [[operator, values] = ["", undefined], ...more] = Object.entries(operand) as [string, unknown][];
    if (more.length > 0 || !["prefix", "suffix", "equals-ignore-case", "wildcard"].includes(operator)) {
        throw new PatternError(`Unsupported anything-but pattern: ${Object.keys(operand).join(", ")}`);
    }
    const list: unknown[] = Array.isArray(values) ? values : [values];
    if (list.length === 0) throw new PatternError("Empty arrays are not allowed");
    return not(anyOf(list.map((each) => operatorTest(operator, each))));
}

function anyOf(tests: Test[]): Test {
    return (value) => tests.some((test) => test(value));
}

function not(test: Test): Test {
    return (value) => !test(value);
}

function onText(test: (value: string) => boolean): Test {
    return (value) => typeof value === "string" && test(value);
}

function text(operator: string, operand: unknown): string {
    if (typeof operand === "string") return operand;
    throw new PatternError(`${operator} match pattern must be a string`);
}
