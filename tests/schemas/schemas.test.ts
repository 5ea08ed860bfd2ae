import assert from "node:assert/strict";

import Ajv04 from "ajv-draft-04";
import Ajv2020 from "ajv/dist/2020";
import fc from "fast-check";

import { toDraft4 } from "../../schemas/json-schema";
import { openApiDocument } from "../../schemas/openapi";
import { operations, publicRoutes } from "../../schemas/orders/operations";
import { PlaceOrderV1 } from "../../schemas/orders/v1";
import { PlaceOrderV2 } from "../../schemas/orders/v2";

/** Often right, often a little wrong. */
const anything = fc.oneof(fc.string(), fc.integer(), fc.double(), fc.boolean(), fc.constant(null), fc.constant([]));
function mostly<T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<unknown> {
    return fc.oneof({ weight: 9, arbitrary }, { weight: 1, arbitrary: anything });
}
const sku = mostly(fc.constantFrom("TEA", "COFFEE-1", "", "-x"));
const quantity = mostly(fc.integer({ min: -1, max: 1001 }));
const note = mostly(fc.string({ maxLength: 10 }));
const currency = mostly(fc.constantFrom("EUR", "JPY", "XXX"));
const price = mostly(fc.double({ min: -1, max: 1_000_001, noNaN: true }));
const amount = fc.record({ amount: mostly(fc.constantFrom("1", "12.50", "1.2345", "-1", "")), currency });
const v1 = fc.record(
    {
        currency,
        items: mostly(fc.array(mostly(fc.record({ sku, quantity, unitPrice: price })), { maxLength: 3 })),
        note,
        extra: anything,
    },
    { requiredKeys: ["items"] },
);
const v2 = fc.record(
    { lines: mostly(fc.array(mostly(fc.record({ sku, quantity, unitPrice: amount })), { maxLength: 3 })), note },
    { requiredKeys: [] },
);

describe("the gateway's models", () => {
    for (const [name, schema, input] of [
        ["PlaceOrderV1", PlaceOrderV1, v1],
        ["PlaceOrderV2", PlaceOrderV2, v2],
    ] as const) {
        it(`accept and refuse as the handler's ${name} does`, () => {
            const accepts = new Ajv04({ strict: false }).compile(toDraft4(schema));
            fc.assert(
                fc.property(input, (body) => {
                    const json: unknown = JSON.parse(JSON.stringify(body));
                    assert.equal(accepts(json), schema.safeParse(json).success, JSON.stringify(json));
                }),
                { numRuns: 500 },
            );
        });
    }

    it("leave upper limits of length to the handler, which tells too large from wrong", () => {
        const accepts = new Ajv04({ strict: false }).compile(toDraft4(PlaceOrderV1));
        const items = Array.from({ length: 51 }, () => ({ sku: "TEA", quantity: 1, unitPrice: 1 }));
        const order = { currency: "EUR", items, note: "x".repeat(501) };
        assert.equal(accepts(order), true);
        assert.equal(PlaceOrderV1.safeParse(order).success, false);
    });

    it("have names that API Gateway takes", () => {
        for (const { body } of operations) if (body !== undefined) assert.match(body.model, /^[A-Za-z0-9]+$/);
    });
});

describe("the OpenAPI document", () => {
    const document = openApiDocument({ serverUrl: "https://api.example.com/live", auth: "cognito" });
    const text = JSON.stringify(document);

    it("describes every operation of both versions, and only those", () => {
        const described = Object.entries(document.paths).flatMap(([path, methods]) =>
            Object.keys(methods).map((method) => `${method} ${path}`),
        );
        assert.deepEqual(described.sort(), operations.map(({ method, path }) => `${method} ${path}`).sort());
        const ids = Object.values(document.paths).flatMap((path) =>
            Object.values(path).map((each) => each.operationId),
        );
        assert.equal(new Set(ids).size, ids.length);
        for (const { path } of publicRoutes) assert.ok(!(path in document.paths));
    });

    it("refers only to schemas that it has, and uses all that it has", () => {
        const referred = new Set([...text.matchAll(/#\/components\/schemas\/(\w+)/g)].map(([, name]) => name));
        assert.deepEqual([...referred].sort(), Object.keys(document.components.schemas).sort());
    });

    it("declares every parameter that a path has", () => {
        for (const [path, methods] of Object.entries(document.paths)) {
            const inPath = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name).sort();
            for (const { parameters = [] } of Object.values(methods)) {
                const declared = parameters.filter((each) => each.in === "path").map(({ name }) => name);
                assert.deepEqual(declared.sort(), inPath);
            }
        }
    });

    it("has examples that its own schemas accept", () => {
        const ajv = new Ajv2020({ strict: false });
        for (const methods of Object.values(document.paths)) {
            for (const { requestBody } of Object.values(methods)) {
                const body = requestBody?.content["application/json"];
                const name =
                    String(body?.schema["$ref"] ?? "")
                        .split("/")
                        .at(-1) ?? "";
                if (body === undefined) continue;
                const accepts = ajv.compile(document.components.schemas[name] ?? false);
                assert.ok(accepts(body.example), `${name}: ${JSON.stringify(accepts.errors)}`);
            }
        }
    });

    it("tells how callers authenticate, with scopes where tokens carry them", () => {
        assert.equal(document.components.securitySchemes["caller"]?.scheme, "bearer");
        assert.deepEqual(document.paths["/v1/orders"]?.["post"]?.security, [{ caller: ["orders/write"] }]);
        const byKey = openApiDocument({ serverUrl: "", auth: "apiKey" });
        assert.equal(byKey.components.securitySchemes["caller"]?.name, "x-api-key");
        assert.deepEqual(byKey.paths["/v1/orders"]?.["post"]?.security, [{ caller: [] }]);
    });
});
