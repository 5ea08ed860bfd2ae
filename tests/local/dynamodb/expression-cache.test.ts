import assert from "node:assert/strict";

import conditionParser from "dynalite/db/conditionParser";
import type { ParserContext } from "dynalite/db/parser";
import updateParser from "dynalite/db/updateParser";
import fc from "fast-check";

import { remembering } from "../../../local/dynamodb/expression-cache";

describe("remembered expressions", () => {
    const EXPRESSIONS = {
        condition: [
            "attribute_not_exists(#a) OR (#b < :x AND NOT contains(#a, :y))",
            "#a BETWEEN :x AND :y",
            "#a = :z",
        ],
        update: ["SET #a = :x, #b = if_not_exists(#b, :y)", "ADD #a :x REMOVE #b", "SET #a = #a + :y", "SET #a :x"],
    };
    const value = fc.oneof(
        fc.string({ minLength: 1 }).map((S) => ({ S })),
        fc.integer().map((n) => ({ N: String(n) })),
    );
    const request = fc.record({
        attrVals: fc.record({ ":x": value, ":y": value }),
        attrNames: fc.constantFrom<Record<string, string>>(
            { "#a": "a", "#b": "b" },
            { "#a": "constructor", "#b": "list" },
            { "#a": "a" },
        ),
    });

    function run(
        parse: typeof conditionParser.parse,
        expressions: string[],
        { attrVals, attrNames }: Pick<ParserContext, "attrVals" | "attrNames">,
    ): unknown {
        const context = { attrVals, attrNames, unusedAttrNames: { ...attrNames }, unusedAttrVals: { ...attrVals } };
        const isReserved = (): boolean => false;
        const compare = (_operator: string, one: object, other: object): boolean =>
            JSON.stringify(one) > JSON.stringify(other);
        Object.assign(context, { isReserved, compare });
        const trees: unknown[] = [];
        for (const expression of expressions) {
            try {
                trees.push(parse(expression, { context }));
            } catch (error) {
                return String(error);
            }
        }
        return { trees, names: context.unusedAttrNames, values: context.unusedAttrVals };
    }

    for (const [kind, parser] of Object.entries({ condition: conditionParser, update: updateParser })) {
        it(`are what the ${kind} parser makes of them, whatever was asked before`, () => {
            const remembered = remembering(parser.parse);
            const expressions = EXPRESSIONS[kind as keyof typeof EXPRESSIONS];
            fc.assert(
                fc.property(request, fc.shuffledSubarray(expressions, { minLength: 1 }), (asked, chosen) => {
                    assert.deepEqual(run(remembered, chosen, asked), run(parser.parse, chosen, asked));
                }),
            );
        });
    }

    it("are not shared: what one request does to its tree, no other one sees", () => {
        const parse = remembering(updateParser.parse);
        const context = (): ParserContext => ({
            attrVals: { ":x": { N: "1" } },
            unusedAttrNames: {},
            unusedAttrVals: {},
        });
        const ask = (): unknown =>
            parse("SET a = :x", { context: Object.assign(context(), { isReserved: () => false }) });
        Object.assign(Object(ask()), { sections: [] });
        assert.notDeepEqual(Reflect.get(Object(ask()), "sections"), []);
    });
});
