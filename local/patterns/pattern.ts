import { compileMatcher } from "./matchers";
import { PatternError } from "./pattern-error";

export { PatternError };

/** Tells whether an event fits a pattern. */
export type EventPredicate = (event: unknown) => boolean;

type JsonObject = Record<string, unknown>;

/** A part of a pattern that is tried on an object of the event. */
interface Test {
    fits: (node: JsonObject) => boolean;
    /** Whether it asks for nothing but the absence of members. */
    isAbsence: boolean;
}

const NOTHING: JsonObject = {};

/** What no member of a `$or`'s patterns may be called, as AWS's rules engine has it. */
const RESERVED_IN_OR = new Set(
    [
        ["exactly", "prefix", "suffix", "equals-ignore-case", "anything-but", "exists", "wildcard", "numeric", "cidr"],
        ["=", "<", "<=", ">", ">=", "regex", "not-wildcard", "not-equals-ignore-case"],
        ["date-after", "date-on-or-after", "date-before", "date-on-or-before", "in-date-range"],
        ["ip-address-in-range", "ip-address-not-in-range"],
    ].flat(),
);

/**
 * Compiles an event pattern, as rules, archives, event source mappings and pipes have them.
 * https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-pattern-operators.html
 * @param pattern Parsed JSON.
 * @throws PatternError when EventBridge would refuse it.
 */
export function compilePattern(pattern: unknown): EventPredicate {
    if (!isObject(pattern)) throw new PatternError("Filter is not an object");
    const { fits } = compileObject(pattern, false);
    return (event) => isObject(event) && fits(event);
}

/** The same of JSON text. */
export function compilePatternText(text: string): EventPredicate {
    let pattern: unknown;
    try {
        pattern = JSON.parse(text);
    } catch (error) {
        throw new PatternError(error instanceof Error ? error.message : String(error));
    }
    return compilePattern(pattern);
}

function compileObject(pattern: JsonObject, isInOr: boolean): Test {
    const members = Object.entries(pattern);
    if (members.length === 0) throw new PatternError("Empty objects are not allowed");
    const tests = members.map(([key, value]) => {
        if (key === "$or") return compileOr(value);
        if (isInOr && RESERVED_IN_OR.has(key)) {
            throw new PatternError(`${key} is Ruler reserved fieldName which cannot be used inside $or.`);
        }
        return compileMember(key, value, isInOr);
    });
    return { fits: (node) => tests.every(({ fits }) => fits(node)), isAbsence: tests.every(isAbsence) };
}

function compileOr(alternatives: unknown): Test {
    if (!Array.isArray(alternatives)) throw new PatternError("It must be an Array followed with $or.");
    const tests = alternatives.map((alternative: unknown) => {
        if (!isObject(alternative)) {
            throw new PatternError("Only JSON object is allowed in array of $or relationship.");
        }
        return compileObject(alternative, true);
    });
    if (tests.length < 2) throw new PatternError("There must have at least 2 Objects in $or relationship.");
    return { fits: (node) => tests.some(({ fits }) => fits(node)), isAbsence: tests.every(isAbsence) };
}

function compileMember(key: string, value: unknown, isInOr: boolean): Test {
    if (Array.isArray(value)) return compileLeaf(key, value);
    if (!isObject(value)) throw new PatternError(`"${key}" must be an object or an array`);
    const { fits, isAbsence } = compileObject(value, isInOr);
    // What must be absent must be so in every element of an array, unless the element is chosen by what it has.
    return {
        fits: (node) => (isAbsence ? objectsIn(node, key).every(fits) : objectsIn(node, key).some(fits)),
        isAbsence,
    };
}

/**
 * What a nested pattern is tried on: one after the other where the event has an array of objects, so that all that the
 * pattern asks for must be found in the same one; nothing at all where the event has none, as `exists` may ask for that.
 */
function objectsIn(node: JsonObject, key: string): JsonObject[] {
    const value = memberOf(node, key);
    if (isObject(value)) return [value];
    const objects = Array.isArray(value) ? value.flat(Infinity).filter(isObject) : [];
    return objects.length > 0 ? objects : [NOTHING];
}

function compileLeaf(key: string, values: unknown[]): Test {
    if (values.length === 0) throw new PatternError("Empty arrays are not allowed");
    const matchers = values.map(compileMatcher);
    return {
        fits: (node) => {
            const leaves = leavesOf(memberOf(node, key));
            return matchers.some(({ matches }) => matches(leaves));
        },
        isAbsence: matchers.every(isAbsence),
    };
}

/** The values of a member. Objects are none, and an array has those of its elements. */
function leavesOf(value: unknown): unknown[] {
    if (value === undefined) return [];
    const values: unknown[] = Array.isArray(value) ? value.flat(Infinity) : [value];
    return values.filter((each) => !isObject(each));
}

function memberOf(node: JsonObject, key: string): unknown {
    return Object.hasOwn(node, key) ? node[key] : undefined;
}

function isAbsence(part: { isAbsence: boolean }): boolean {
    return part.isAbsence;
}

function isObject(value: unknown): value is JsonObject {
    return typeof value === "object" && value !== null && !Array.isArray(value);
}
