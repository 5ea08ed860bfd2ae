import { BlockList, isIP } from "node:net";

import { type ConditionContext, escapeWildcards, glob, resolveVariables } from "./wildcard";

/** True when the request's context meets the condition. */
export type Condition = (context: ConditionContext) => boolean;

/** Tells whether a value of the request fits. */
type Test = (actual: string) => boolean;

interface Operator {
    /** Makes the test for one value of the policy. Throws when the value makes no sense. */
    expecting(expected: string): Test;
    /** `StringNotEquals` and its like hold when no value of the policy fits. */
    negated?: boolean;
    /** `*` and `?` are wildcards in the policy's value. */
    patterns?: boolean;
}

const equal = (expected: string): Test => {
    return (actual) => actual === expected;
};

const equalIgnoringCase = (expected: string): Test => {
    const lower = expected.toLowerCase();
    return (actual) => actual.toLowerCase() === lower;
};

function numeric(compare: (actual: number, expected: number) => boolean): Operator {
    return {
        expecting: (expected) => {
            const bound = Number(expected);
            if (expected.trim() === "" || Number.isNaN(bound)) throw new Error(`${expected} is not a number`);
            return (actual) => compare(Number(actual), bound);
        },
    };
}

function date(compare: (actual: number, expected: number) => boolean): Operator {
    return {
        expecting: (expected) => {
            const bound = milliseconds(expected);
            if (Number.isNaN(bound)) throw new Error(`${expected} is not a date`);
            return (actual) => compare(milliseconds(actual), bound);
        },
    };
}

/** An ISO 8601 text, or seconds since 1970. */
function milliseconds(text: string): number {
    return /^\d{5,}(\.\d+)?$/.test(text) ? Number(text) * 1000 : Date.parse(text);
}

/** Each of an ARN's six parts is matched by itself. */
const arn = (expected: string): Test => {
    const parts = splitArn(expected).map((part) => glob(part));
    return (actual) => {
        const found = splitArn(actual);
        return found.length === parts.length && parts.every((part, at) => part(found[at] ?? ""));
    };
};

function splitArn(text: string): string[] {
    const parts = text.split(":");
    return parts.length <= 6 ? parts : [...parts.slice(0, 5), parts.slice(5).join(":")];
}

const addressRange = (expected: string): Test => {
    const [network = "", prefix] = expected.split("/");
    if (isIP(network) === 0) throw new Error(`${expected} is not an IP address or a CIDR range`);
    const list = new BlockList();
    if (prefix === undefined) list.addAddress(network, family(network));
    else list.addSubnet(network, Number(prefix), family(network));
    return (actual) => isIP(actual) === isIP(network) && list.check(actual, family(actual));
};

function family(address: string): "ipv4" | "ipv6" {
    return isIP(address) === 6 ? "ipv6" : "ipv4";
}

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html */
const OPERATORS = new Map<string, Operator>(
    Object.entries({
        StringEquals: { expecting: equal },
        StringNotEquals: { expecting: equal, negated: true },
        StringEqualsIgnoreCase: { expecting: equalIgnoringCase },
        StringNotEqualsIgnoreCase: { expecting: equalIgnoringCase, negated: true },
        StringLike: { expecting: glob, patterns: true },
        StringNotLike: { expecting: glob, patterns: true, negated: true },
        NumericEquals: numeric((a, b) => a === b),
        NumericNotEquals: { ...numeric((a, b) => a === b), negated: true },
        NumericLessThan: numeric((a, b) => a < b),
        NumericLessThanEquals: numeric((a, b) => a <= b),
        NumericGreaterThan: numeric((a, b) => a > b),
        NumericGreaterThanEquals: numeric((a, b) => a >= b),
        DateEquals: date((a, b) => a === b),
        DateNotEquals: { ...date((a, b) => a === b), negated: true },
        DateLessThan: date((a, b) => a < b),
        DateLessThanEquals: date((a, b) => a <= b),
        DateGreaterThan: date((a, b) => a > b),
        DateGreaterThanEquals: date((a, b) => a >= b),
        Bool: { expecting: equalIgnoringCase },
        BinaryEquals: { expecting: equal },
        IpAddress: { expecting: addressRange },
        NotIpAddress: { expecting: addressRange, negated: true },
        ArnEquals: { expecting: arn, patterns: true },
        ArnLike: { expecting: arn, patterns: true },
        ArnNotEquals: { expecting: arn, patterns: true, negated: true },
        ArnNotLike: { expecting: arn, patterns: true, negated: true },
    }),
);

/**
 * Compiles one line of a Condition block.
 * @param variables Whether `${…}` in the values are policy variables.
 * @throws Error when there is no such operator, or a value makes no sense for it.
 */
export function condition(operator: string, key: string, expected: string[], variables: boolean): Condition {
    const match = /^(?:(ForAllValues|ForAnyValue):)?(\w+?)(IfExists)?$/.exec(operator);
    const [, quantifier, name = "", ifExists] = match ?? [];
    const lowerKey = key.toLowerCase();
    if (name === "Null" && ifExists === undefined) return keyIsAbsent(lowerKey, expected);

    const found = OPERATORS.get(name);
    if (found === undefined) throw new Error(`condition operator ${operator} does not exist`);
    const negated = found.negated ?? false;
    // Only texts and ARNs may be compared with variables.
    const resolves = variables && /^(String|Arn)/.test(name);
    const tests = expected.map((value) => compile(found, value, resolves));
    const fits = (actual: string, context: ConditionContext): boolean =>
        tests.some((test) => test(actual, context)) !== negated;
    // A single-valued "not equal" must hold for all that the request has.
    const every = quantifier === "ForAllValues" || (quantifier === undefined && negated);
    const whenMissing = every || (ifExists !== undefined && quantifier === undefined);
    return (context) => {
        const actual = context.get(lowerKey);
        if (actual === undefined || actual.length === 0) return whenMissing;
        return every ? actual.every((value) => fits(value, context)) : actual.some((value) => fits(value, context));
    };
}

function compile(
    operator: Operator,
    expected: string,
    resolves: boolean,
): (actual: string, context: ConditionContext) => boolean {
    if (!resolves || !expected.includes("${")) return operator.expecting(expected);
    const escape = operator.patterns === true ? escapeWildcards : undefined;
    return (actual, context) => {
        const resolved = resolveVariables(expected, context, escape);
        return resolved !== undefined && operator.expecting(resolved)(actual);
    };
}

/** `Null`: true asks that the key be absent, false that it be there. */
function keyIsAbsent(lowerKey: string, expected: string[]): Condition {
    return (context) => {
        const absent = (context.get(lowerKey) ?? []).length === 0;
        return expected.some((value) => (value.toLowerCase() === "true") === absent);
    };
}
