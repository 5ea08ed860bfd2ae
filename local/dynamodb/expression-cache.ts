import conditionParser from "dynalite/db/conditionParser";
import projectionParser from "dynalite/db/projectionParser";
import updateParser from "dynalite/db/updateParser";
import type { ParserContext } from "dynalite/db/parser";

type Parse = (expression: string, options: { context: ParserContext }) => unknown;

interface Remembered {
    /** The syntax tree, with a ValueReference in place of each value. */
    tree: unknown;
    usedNames: string[];
    usedValues: string[];
}

class ValueReference {
    constructor(readonly name: string) {}
}

/** A program has few expressions, and calls each with other values again and again. */
const MOST_REMEMBERED = 1_000;

/** Whether these are valid depends on the values, not on their types alone. */
const DEPENDS_ON_VALUES = /between|attribute_type/i;

/** Lets dynalite's parsers parse each expression once: it takes them longer than all the rest of a write. */
export function rememberExpressions(): void {
    for (const parser of [conditionParser, projectionParser, updateParser]) parser.parse = remembering(parser.parse);
}

/** @returns a parser that answers as the given one, which reports what it has used in its context. */
export function remembering(parse: Parse): Parse {
    const remembered = new Map<string, Remembered>();
    return (expression, options) => {
        const { context } = options;
        if (DEPENDS_ON_VALUES.test(expression)) return parse(expression, options);
        const key = keyOf(expression, context);
        let known = remembered.get(key);
        if (known === undefined) {
            known = parseOnce(parse, expression, context);
            if (remembered.size >= MOST_REMEMBERED) remembered.clear();
            // What is wrong is told anew each time.
            if (typeof known.tree !== "string") remembered.set(key, known);
        }
        for (const name of known.usedNames) Reflect.deleteProperty(context.unusedAttrNames, name);
        for (const name of known.usedValues) Reflect.deleteProperty(context.unusedAttrVals, name);
        return withValues(known.tree, context.attrVals ?? {});
    };
}

function keyOf(expression: string, { attrNames = {}, attrVals = {}, isKeyCondition }: ParserContext): string {
    const types = Object.entries(attrVals).map(([name, value]) => `${name}:${Object.keys(value).join()}`);
    const names = Object.entries(attrNames).flat();
    return [isKeyCondition === true, expression, ...types, ...names].join("\n");
}

function parseOnce(parse: Parse, expression: string, context: ParserContext): Remembered {
    const { attrNames = {}, attrVals = {} } = context;
    // The context's own may lack what other expressions of the request have used.
    const unusedAttrNames = { ...attrNames };
    const unusedAttrVals = { ...attrVals };
    const parsed = parse(expression, { context: { ...context, unusedAttrNames, unusedAttrVals } });
    const nameOf = new Map(Object.entries(attrVals).map(([name, value]) => [value as unknown, name]));
    return {
        tree: withReferences(parsed, nameOf),
        usedNames: Object.keys(attrNames).filter((name) => !(name in unusedAttrNames)),
        usedValues: Object.keys(attrVals).filter((name) => !(name in unusedAttrVals)),
    };
}

function withReferences(node: unknown, nameOf: Map<unknown, string>): unknown {
    const name = nameOf.get(node);
    return name === undefined ? mapped(node, (each) => withReferences(each, nameOf)) : new ValueReference(name);
}

function withValues(node: unknown, values: NonNullable<ParserContext["attrVals"]>): unknown {
    if (node instanceof ValueReference) return values[node.name];
    return mapped(node, (each) => withValues(each, values));
}

function mapped(node: unknown, map: (member: unknown) => unknown): unknown {
    if (Array.isArray(node)) return node.map(map);
    if (typeof node !== "object" || node === null) return node;
    // As dynalite makes them: without Object's own members, which attributes may be named after.
    const copy = Object.create(Object.getPrototypeOf(node) as object | null) as Record<string, unknown>;
    for (const [key, value] of Object.entries(node)) copy[key] = map(value);
    return copy;
}
