import assert from "node:assert/strict";

import * as fc from "fast-check";

import { compileJsonPath } from "../../../local/apigateway/json-path";
import { compileMappingTemplate } from "../../../local/apigateway/mapping-template";
import { compileTextTemplate } from "../../../local/apigateway/text-template";

describe("a text template", () => {
    it("keeps JSON valid, whatever its variables hold", () => {
        const template = compileTextTemplate('{"a":"$context.a","b":["x ${context.b}"],"c":$context.c}', "-");
        fc.assert(
            fc.property(fc.string(), fc.string(), (a, b) => {
                const values: Record<string, unknown> = {
                    "context.a": a,
                    "context.b": b,
                    "context.c": JSON.stringify(a),
                };
                assert.deepEqual(JSON.parse(template((name) => values[name])), { a, b: [`x ${b}`], c: a });
            }),
        );
    });

    it("leaves what is no variable and puts a sign for what is absent", () => {
        const template = compileTextTemplate("costs $5, $context.stage. $input $stageVariables.colour!", "-");
        assert.equal(
            template((name) => (name === "context.stage" ? "live" : undefined)),
            "costs $5, live. $input -!",
        );
    });
});

/** Any code point. */
const binary = fc.string({ unit: "binary", minLength: 1, maxLength: 1 });

describe("a mapping template", () => {
    const render = (text: string, body = "", context: Record<string, unknown> = {}): string =>
        compileMappingTemplate(text)({
            body,
            params: { path: { id: "7" }, querystring: { q: "x y", id: "no" }, header: { "X-Two": "2" } },
            context,
            stageVariables: { colour: "blue" },
        });

    it("reads the payload, parameters, context and stage variables", () => {
        const body = JSON.stringify({ name: "Ada", tags: ["a", "b"], "odd key": { n: 1 } });
        const cases: [string, string][] = [
            ["$input.body", body],
            ["$input.json('$.name')", '"Ada"'],
            ["$input.path('$.name')", "Ada"],
            ["$input.json('$')", body],
            ["$input.json('$.tags[-1]')", '"b"'],
            ["$input.json(\"$['odd key'].n\")", "1"],
            ["$input.json('$.absent')", ""],
            ["$input.params('id')", "7"],
            ["$input.params('x-two')", "2"],
            ["$input.params().querystring.q", "x y"],
            ["$input.params().header.get('X-Two')", "2"],
            ["$context.identity.sourceIp", "127.0.0.1"],
            ["$stageVariables.colour", "blue"],
            ["[$context.absent]", "[]"],
            ["$util.base64Encode('ä')", "w6Q="],
            ["$util.base64Decode('w6Q=')", "ä"],
            ["$util.urlEncode('a b&c')", "a+b%26c"],
            ["$util.urlDecode('a+b%26c')", "a b&c"],
            ["$input.path('$.name').replaceAll('([a-d])', '<$1>')", "A<d><a>"],
            ["$input.path('$.name').replace('a', '.')", "Ad."],
            ["#if($input.path('$.name').matches('A.*'))yes#end", "yes"],
            ["#if($input.path('$.name').contains('d'))yes#end", "yes"],
            ["$input.path('$.name').length()", "3"],
            ["$util.parseJson('{\"a\":[1,2]}').a[1]", "2"],
        ];
        const context = { identity: { sourceIp: "127.0.0.1" } };
        for (const [template, expected] of cases) assert.equal(render(template, body, context), expected, template);
    });

    it("repeats, decides and sets", () => {
        const text = [
            "#set($root = $input.path('$'))[",
            "#foreach($line in $root.lines)",
            '{"sku":"$line.sku"#if($line.quantity > 1),"many":true#end}#if($foreach.hasNext),#end',
            "#end]",
        ].join("");
        const body = JSON.stringify({
            lines: [
                { sku: "a", quantity: 1 },
                { sku: "b", quantity: 2 },
            ],
        });
        assert.deepEqual(JSON.parse(render(text, body)), [{ sku: "a" }, { sku: "b", many: true }]);
        assert.equal(render("#foreach($e in $map.entrySet())x#end$input.path('$.lines').size()", body), "2");
    });

    it("escapes text for the inside of a JSON string", () => {
        fc.assert(
            fc.property(fc.string({ unit: fc.oneof(fc.constantFrom("'", '"', "\\", "/"), binary) }), (value) => {
                const body = JSON.stringify({ value });
                const text = render(
                    '"$util.escapeJavaScript($input.path(\'$.value\')).replaceAll("\\\\\'", "\'")"',
                    body,
                );
                assert.equal(JSON.parse(text), value);
            }),
        );
    });

    it("fails where the payload is no JSON but is read as such", () => {
        assert.throws(() => render("$input.json('$')", "{"));
    });
});

describe("a JSONPath", () => {
    it("refuses what mapping templates have no use for", () => {
        assert.throws(() => compileJsonPath("$.a[?(@.b)]"), /\$\.a\[\?\(@\.b\)\]/);
    });

    it("does not reach what objects inherit", () => {
        for (const path of ["$.constructor", "$.a.__proto__", "$['toString']"]) {
            assert.equal(compileJsonPath(path)({ a: {} }), undefined);
        }
        assert.deepEqual(compileJsonPath("$..n")({ n: 1, a: [{ n: 2 }] }), [1, 2]);
        assert.deepEqual(compileJsonPath("$.a[*].n")({ a: [{ n: 1 }, { n: 2 }] }), [1, 2]);
    });
});
