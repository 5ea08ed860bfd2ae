import assert from "node:assert/strict";

import { filterPattern } from "../../../local/logs/filter-pattern";

const MESSAGES = {
    bad: "[ERROR 400] BAD REQUEST",
    unauthorized: "[ERROR 401] UNAUTHORIZED REQUEST",
    warning: '[WARN 200] slow "query" took 3 s',
    record: JSON.stringify({
        level: "ERROR",
        status: 503,
        cold: true,
        user: null,
        http: { "user-agent": "curl/8" },
        items: [{ sku: "A1" }, { sku: "B2" }],
    }),
    access: '{"status":"404"}',
    info: '{"level":"INFO","status":200,"cold":false,"user":"ann"}',
};

const CASES: [pattern: string, matches: (keyof typeof MESSAGES)[]][] = [
    ["", ["bad", "unauthorized", "warning", "record", "access", "info"]],
    ["  ", ["bad", "unauthorized", "warning", "record", "access", "info"]],
    ["ERROR", ["bad", "unauthorized", "record"]],
    ["error", []],
    ["ERROR REQUEST", ["bad", "unauthorized"]],
    ["ERROR -UNAUTHORIZED -level", ["bad"]],
    ["?BAD ?WARN", ["bad", "warning"]],
    ["?BAD ERROR", ["bad", "unauthorized", "record"]],
    ['"BAD REQUEST"', ["bad"]],
    ['-"BAD REQUEST" ERROR -level', ["unauthorized"]],
    ['"slow \\"query\\""', ["warning"]],
    ["%AUTHORIZED%", ["unauthorized"]],
    ["%ERROR 40[0-9]%", ["bad", "unauthorized"]],
    ['{ $.level = "ERROR" }', ["record"]],
    ["{ $.level = ERROR }", ["record"]],
    ['{$.level="*O*"}', ["record", "info"]],
    ['{ $.level != "ERROR" }', ["info"]],
    ["{ $.level = %^IN.O$% }", ["info"]],
    ["{ $.status >= 500 }", ["record"]],
    ["{ $.status = 200 }", ["info"]],
    ["{ $.status != 200 }", ["record", "access"]],
    ["{ $.status = 404 }", ["access"]],
    ["{ $.status = 4* }", ["access"]],
    ["{ $.status < 5.03e2 }", ["info"]],
    ["{ $.cold IS TRUE }", ["record"]],
    ["{ $.cold IS FALSE }", ["info"]],
    ["{ $.user IS NULL }", ["record"]],
    ["{ $.http NOT EXISTS }", ["access", "info"]],
    ['{ $.http.user-agent = "curl*" }', ["record"]],
    ['{ $.http["user-agent"] = "curl/8" }', ["record"]],
    ['{ $.items[1].sku = "B2" }', ["record"]],
    ['{ $.items[0].sku = "B2" }', []],
    ['{ $.items[*].sku = "B2" }', ["record"]],
    ['{ $.level = "INFO" || $.status = 503 && $.cold IS TRUE }', ["record", "info"]],
    ['{ ($.level = "INFO" || $.status = 503) && $.cold IS TRUE }', ["record"]],
    ['{ $.constructor = "*" }', []],
];

describe("filter patterns", () => {
    for (const [pattern, expected] of CASES) {
        it(`${pattern} matches ${expected.join(", ") || "nothing"}`, () => {
            const matches = filterPattern(pattern);
            const found = Object.entries(MESSAGES).filter(([, message]) => matches(message));
            assert.deepEqual(
                found.map(([name]) => name),
                expected,
            );
        });
    }

    for (const pattern of [
        "order-1",
        '"open',
        "{ $.a }",
        "{ $.a = }",
        "{ $.a = 1",
        '{ $.a > "x" }',
        "{ $.a = 1 } x",
        "{ $.a = %(x)% }",
        "%[%",
        "[ip, user]",
        "x".repeat(1025),
    ]) {
        it(`${pattern.slice(0, 20)} is refused`, () => {
            assert.throws(() => filterPattern(pattern), { name: "InvalidParameterException" });
        });
    }
});
