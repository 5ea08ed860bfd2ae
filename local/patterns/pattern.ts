import { compileMatcher, type Matcher } from "./matchers";
import { PatternError } from "./pattern-error";

export { PatternError };

/** Tells whether an event fits a pattern. */
export type EventPredicate = (event: unknown) => boolean;

type JsonObject = Record<string, unknown>;
type Test = (node: JsonObject) => boolean;

const NOTHING: JsonObject = {};

/**
 * Compiles an event pattern, as rules, event source mappings and pipes have them.
 * https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-pattern-operators.html
 * @param pattern Parsed JSON.
 * @throws PatternError when EventBridge would refuse it.
 */
export function compilePattern(pattern: unknown): EventPredicate {
    if (!isObject(pattern)) throw new PatternError("Filter is not an object");
    if (Object.keys(pattern).length === 0) throw new PatternError("Empty patterns are not allowed");
    const test = compileObject(pattern);
    return (event) => isObject(event) && test(event);
}

function compileObject(pattern: JsonObject): Test {
    const tests = Object.entries(pattern).map(([key, value]) =>
        key === "$or" && isAlternatives(value) ? compileOr(value) : compileMember(key, value),
    );
    return (node) => tests.every((test) => test(node));
}

/** EventBridge takes a `$or` of anything but two or more patterns for a member of that name. */
function isAlternatives(value: unknown): value is JsonObject[] {
    return Array.isArray(value) && value.length > 1 && value.every((each) => isObject(each) && !isOperator(each));
}

function isOperator(value: JsonObject): boolean {
    const [name = "", ...more] = Object.keys(value);
    return more.length === 0 && OPERATORS.has(name);
}

const OPERATORS = new Set([
    "prefix",
    "suffix",
    "equals-ignore-case",
    "anything-but",
    "numeric",
    "exists",
    "cidr",
    "wildcard",
]);

function compileOr(alternatives: JsonObject[]): Test {
    const tests = alternatives.map(compileObject);
    return (node) => tests.some((test) => test(node));
}

function compileMember(key: string, value: unknown): Test {
    if (Array.isArray(value)) return compileLeaf(key, value);
    if (!isObject(value)) throw new PatternError(`"${key}" must be an object or an array`);
    if (Object.keys(value).length === 0) throw new PatternError("Empty objects are not allowed");
    const test = compileObject(value);
    return (node) => objectsIn(node[key]).some(test);
}

/**
 * What a nested pattern is tried on: one after the other where the event has an array of objects, so that all that the
 * pattern asks for must be found in the same one; nothing at all where the event has none, as `exists` may ask for that.
 */
function objectsIn(value: unknown): JsonObject[] {
    if (isObject(value)) return [value];
    const objects = Array.isArray(value) ? value.flat(Infinity).filter(isObject) : [];
    return objects.length > 0 ? objects : [NOTHING];
}

function compileLeaf(key: string, values: unknown[]): Test {
    if (values.length === 0) throw new PatternError("Empty arrays are not allowed");
    const matchers: Matcher[] = values.map((value) => compileMatcher(key, value));
    return (node) => {
        const leaves = leavesOf(node[key]);
        return matchers.some((matches) => matches(leaves));
    };
}

/** The values of a member. Objects are none, and an array has those of its elements. */
function leavesOf(value: unknown): unknown[] {
    if (value === undefined) return [];
    const values: unknown[] = Array.isArray(value) ? value.flat(Infinity) : [value];
    return values.filter((each) => !isObject(each));
}

function isObject(value: unknown): value is JsonObject {
    return typeof value === "object" && value !== null && !Array.isArray(value);
}
