import { isIP, BlockList } from "node:net";

import { type ConditionContext, resolveVariables, wildcard } from "./wildcard";

/** True when the request's context meets the condition. */
export type Condition = (context: ConditionContext) => boolean;

/** Compares one value of the request with one of the policy, whose variables are resolved. */
type Compare = (actual: string, expected: string, context: ConditionContext) => boolean;

const same: Compare = (actual, expected) => actual === expected;
const sameIgnoringCase: Compare = (actual, expected) => actual.toLowerCase() === expected.toLowerCase();
const like: Compare = (actual, expected, context) => wildcard(expected)(actual, context);

function numbers(compare: (actual: number, expected: number) => boolean): Compare {
    return (actual, expected) => compare(Number(actual), Number(expected));
}

function dates(compare: (actual: number, expected: number) => boolean): Compare {
    return (actual, expected) => compare(milliseconds(actual), milliseconds(expected));
}

/** An ISO 8601 text, or seconds since 1970. */
function milliseconds(text: string): number {
    return /^\d+(\.\d+)?$/.test(text) ? Number(text) * 1000 : Date.parse(text);
}

/** Each of an ARN's six parts is matched by itself. */
const arnLike: Compare = (actual, expected, context) => {
    const [patterns, parts] = [splitArn(expected), splitArn(actual)];
    return (
        patterns.length === parts.length && patterns.every((pattern, at) => wildcard(pattern)(parts[at] ?? "", context))
    );
};

function splitArn(arn: string): string[] {
    const parts = arn.split(":");
    return parts.length <= 6 ? parts : [...parts.slice(0, 5), parts.slice(5).join(":")];
}

const inRange: Compare = (actual, expected) => {
    const family = (address: string): "ipv4" | "ipv6" => (isIP(address) === 6 ? "ipv6" : "ipv4");
    if (isIP(actual) === 0) return false;
    const [network = "", prefix] = expected.split("/");
    if (isIP(network) !== isIP(actual)) return false;
    const list = new BlockList();
    if (prefix === undefined) list.addAddress(network, family(network));
    else list.addSubnet(network, Number(prefix), family(network));
    return list.check(actual, family(actual));
};

interface Operator {
    compare: Compare;
    /** `StringNotEquals` and its like hold when no value of the policy fits. */
    negated?: boolean;
}

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html */
const OPERATORS: Record<string, Operator> = {
    StringEquals: { compare: same },
    StringNotEquals: { compare: same, negated: true },
    StringEqualsIgnoreCase: { compare: sameIgnoringCase },
    StringNotEqualsIgnoreCase: { compare: sameIgnoringCase, negated: true },
    StringLike: { compare: like },
    StringNotLike: { compare: like, negated: true },
    NumericEquals: { compare: numbers((a, b) => a === b) },
    NumericNotEquals: { compare: numbers((a, b) => a === b), negated: true },
    NumericLessThan: { compare: numbers((a, b) => a < b) },
    NumericLessThanEquals: { compare: numbers((a, b) => a <= b) },
    NumericGreaterThan: { compare: numbers((a, b) => a > b) },
    NumericGreaterThanEquals: { compare: numbers((a, b) => a >= b) },
    DateEquals: { compare: dates((a, b) => a === b) },
    DateNotEquals: { compare: dates((a, b) => a === b), negated: true },
    DateLessThan: { compare: dates((a, b) => a < b) },
    DateLessThanEquals: { compare: dates((a, b) => a <= b) },
    DateGreaterThan: { compare: dates((a, b) => a > b) },
    DateGreaterThanEquals: { compare: dates((a, b) => a >= b) },
    Bool: { compare: sameIgnoringCase },
    BinaryEquals: { compare: same },
    IpAddress: { compare: inRange },
    NotIpAddress: { compare: inRange, negated: true },
    ArnEquals: { compare: arnLike },
    ArnLike: { compare: arnLike },
    ArnNotEquals: { compare: arnLike, negated: true },
    ArnNotLike: { compare: arnLike, negated: true },
};

/**
 * Compiles one line of a Condition block.
 * @throws Error when there is no such operator.
 */
export function condition(operator: string, key: string, expected: string[]): Condition {
    const match = /^(?:(ForAllValues|ForAnyValue):)?(\w+?)(IfExists)?$/.exec(operator);
    const [, quantifier, name = "", ifExists] = match ?? [];
    const lowerKey = key.toLowerCase();
    if (name === "Null") {
        return (context) => expected.some((value) => (value.toLowerCase() === "true") !== context.has(lowerKey));
    }
    const found = OPERATORS[name];
    if (found === undefined) throw new Error(`Condition operator ${operator} does not exist`);
    const fits = (actual: string, context: ConditionContext): boolean => {
        const some = expected.some((value) => {
            const resolved = found.compare === like ? value : resolveVariables(value, context);
            return resolved !== undefined && found.compare(actual, resolved, context);
        });
        return some !== (found.negated ?? false);
    };
    return (context) => {
        const actual = context.get(lowerKey);
        if (actual === undefined || actual.length === 0) {
            // A key that is missing fits "not equal", and every set of none.
            return ifExists !== undefined || quantifier === "ForAllValues" || (found.negated === true && !quantifier);
        }
        return quantifier === "ForAllValues"
            ? actual.every((value) => fits(value, context))
            : found.negated === true && quantifier === undefined
              ? actual.every((value) => fits(value, context))
              : actual.some((value) => fits(value, context));
    };
}
