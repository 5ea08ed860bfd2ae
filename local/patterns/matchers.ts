import { cidrTest } from "./cidr";
import { numericTest } from "./numeric";
import { PatternError } from "./pattern-error";
import { wildcardTest } from "./wildcard";

/** One element of a pattern's array. */
export interface Matcher {
    /** Tells whether one of a member's values fits; there are none where the member is absent. */
    matches: (values: unknown[]) => boolean;
    /** Whether it asks for the member's absence. */
    isAbsence: boolean;
}

type Test = (value: unknown) => boolean;

/**
 * Compiles one element of a pattern's array: a value, or an operator. Refusals are worded as AWS's rules engine words
 * them: https://github.com/aws/event-ruler
 * @throws PatternError
 */
export function compileMatcher(pattern: unknown): Matcher {
    if (Array.isArray(pattern)) throw new PatternError("Match value must be String, number, true, false, or null");
    if (typeof pattern !== "object" || pattern === null) return some(equal(pattern));
    const [operator, operand] = onlyMember(pattern, "Match expression name not found");
    if (operator !== "exists") return some(operatorTest(operator, operand));
    if (typeof operand !== "boolean") throw new PatternError("exists match pattern must be either true or false.");
    return { matches: (values) => values.length > 0 === operand, isAbsence: !operand };
}

/** An array fits where one of its elements does. */
function some(test: Test): Matcher {
    return { matches: (values) => values.some(test), isAbsence: false };
}

function operatorTest(operator: string, operand: unknown): Test {
    switch (operator) {
        case "exactly":
            return equal(text("exact", operand));
        case "prefix":
        case "suffix":
            return affixTest(operator, operand);
        case "equals-ignore-case":
            return ignoringCase(text(operator, operand));
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

function ignoringCase(pattern: string): Test {
    const folded = pattern.toLowerCase();
    return onText((value) => value.toLowerCase() === folded);
}

function affixTest(operator: "prefix" | "suffix", operand: unknown): Test {
    const has = (whole: string, part: string): boolean =>
        operator === "prefix" ? whole.startsWith(part) : whole.endsWith(part);
    if (typeof operand === "object" && operand !== null && !Array.isArray(operand)) {
        const name = operator === "prefix" ? "Prefix" : "Suffix";
        const [inner, part] = onlyMember(operand, `${name} expression name not found`);
        if (inner !== "equals-ignore-case") throw new PatternError(`Unsupported ${operator} pattern: ${inner}`);
        const folded = text(inner, part).toLowerCase();
        return onText((value) => has(value.toLowerCase(), folded));
    }
    const part = text(operator, operand);
    return onText((value) => has(value, part));
}

/** Fits a value that is there and is none of these. */
function anythingBut(operand: unknown): Test {
    if (typeof operand !== "object" || operand === null || Array.isArray(operand)) {
        return noneOf(valuesOf(operand), equal);
    }
    const [operator, inner] = onlyMember(operand, "Anything-But expression name not found");
    switch (operator) {
        case "prefix":
        case "suffix":
            return noneOf(textsOf(inner, "prefix/suffix match pattern must be a string"), (part) => {
                if (part === "") throw new PatternError("Null prefix/suffix not allowed");
                return affixTest(operator, part);
            });
        case "equals-ignore-case": {
            const reason = "Inside anything-but/equals-ignore-case list, number|start|null|boolean is not supported.";
            return noneOf(textsOf(inner, reason), ignoringCase);
        }
        case "wildcard": {
            const patterns = textsOf(inner, "wildcard match pattern must be a string");
            return noneOf(patterns, (pattern) => onText(wildcardTest(pattern)));
        }
        default:
            throw new PatternError(`Unsupported anything-but pattern: ${operator}`);
    }
}

/** Texts or numbers, one or a list of one kind. */
function valuesOf(operand: unknown): (string | number)[] {
    const values = listOf(operand);
    const texts = values.filter((value) => typeof value === "string");
    const numbers = values.filter((value) => typeof value === "number");
    if (texts.length + numbers.length < values.length) {
        throw new PatternError("Inside anything but list, start|null|boolean is not supported.");
    }
    if ((texts.length === 0) === (numbers.length === 0)) {
        throw new PatternError(
            "Inside anything but list, either all values are number or string, mixed type is not supported",
        );
    }
    return [...texts, ...numbers];
}

function textsOf(operand: unknown, reason: string): string[] {
    return listOf(operand).map((value) => {
        if (typeof value !== "string") throw new PatternError(reason);
        return value;
    });
}

function listOf(operand: unknown): unknown[] {
    if (Array.isArray(operand)) return operand;
    if (typeof operand === "string" || typeof operand === "number") return [operand];
    throw new PatternError("Value of anything-but must be an array or single string/number value.");
}

function noneOf<T>(operands: T[], testOf: (operand: T) => Test): Test {
    const tests = operands.map(testOf);
    return (value) => !tests.some((test) => test(value));
}

function onText(test: (value: string) => boolean): Test {
    return (value) => typeof value === "string" && test(value);
}

function text(operator: string, operand: unknown): string {
    if (typeof operand === "string") return operand;
    throw new PatternError(`${operator} match pattern must be a string`);
}

function onlyMember(expression: object, missing: string): [name: string, value: unknown] {
    const [member, ...more] = Object.entries(expression) as [string, unknown][];
    if (member === undefined) throw new PatternError(missing);
    if (more.length > 0) throw new PatternError("Only one key allowed in match expression");
    return member;
}
