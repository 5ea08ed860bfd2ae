import assert from "node:assert/strict";

import * as fc from "fast-check";

import { compilePattern } from "../../../local/patterns";

const EVENT = {
    source: "shop",
    "detail-type": "OrderPlaced",
    region: "eu-central-1",
    detail: {
        orderId: "o-1",
        total: 250,
        vip: true,
        coupon: null,
        empty: "",
        none: [],
        tags: ["gift", "express"],
        address: { city: "Zürich", ip: "10.0.0.17" },
        lines: [
            { sku: "TEA-1", quantity: 2 },
            { sku: "CUP-9", quantity: 10 },
        ],
    },
};

const fits = (detail: unknown): boolean => compilePattern({ detail })(EVENT);

describe("an event pattern", () => {
    const cases: [name: string, detail: unknown, expected: boolean][] = [
        ["an exact value", { orderId: ["o-1", "o-2"] }, true],
        ["another value", { orderId: ["o-2"] }, false],
        ["a number", { total: [250.0] }, true],
        ["a number as text", { total: ["250"] }, false],
        ["a boolean", { vip: [true] }, true],
        ["null", { coupon: [null] }, true],
        ["null for what is absent", { absent: [null] }, false],
        ["an empty text", { empty: [""] }, true],
        ["an element of an array", { tags: ["express"] }, true],
        ["a prefix", { orderId: [{ prefix: "o-" }] }, true],
        ["a prefix in any case", { orderId: [{ prefix: { "equals-ignore-case": "O-" } }] }, true],
        ["a suffix", { orderId: [{ suffix: "-1" }] }, true],
        ["a suffix in any case", { address: { city: [{ suffix: { "equals-ignore-case": "RICH" } }] } }, true],
        ["a text in any case", { address: { city: [{ "equals-ignore-case": "ZÜRICH" }] } }, true],
        ["anything but a value", { orderId: [{ "anything-but": "o-2" }] }, true],
        ["anything but the value", { orderId: [{ "anything-but": ["o-1", "o-2"] }] }, false],
        ["anything but numbers", { total: [{ "anything-but": [100, 200] }] }, true],
        ["anything but what is absent", { absent: [{ "anything-but": "x" }] }, false],
        ["anything but a prefix", { orderId: [{ "anything-but": { prefix: "p-" } }] }, true],
        ["anything but prefixes", { orderId: [{ "anything-but": { prefix: ["p-", "o-"] } }] }, false],
        ["anything but a suffix", { orderId: [{ "anything-but": { suffix: ["-2"] } }] }, true],
        ["anything but in any case", { orderId: [{ "anything-but": { "equals-ignore-case": ["O-1"] } }] }, false],
        ["anything but a wildcard", { orderId: [{ "anything-but": { wildcard: "*-1" } }] }, false],
        ["a number in a range", { total: [{ numeric: [">", 100, "<=", 250] }] }, true],
        ["a number out of a range", { total: [{ numeric: [">", 100, "<", 250] }] }, false],
        ["an equal number", { total: [{ numeric: ["=", 250] }] }, true],
        ["text as a number", { orderId: [{ numeric: [">", 0] }] }, false],
        ["what exists", { vip: [{ exists: true }] }, true],
        ["what does not exist", { absent: [{ exists: false }] }, true],
        ["what does not exist deeper", { absent: { deeper: [{ exists: false }] } }, true],
        ["what exists, though not as a leaf", { address: [{ exists: true }] }, false],
        ["an empty array as what does not exist", { none: [{ exists: false }] }, true],
        ["an address of a block", { address: { ip: [{ cidr: "10.0.0.0/24" }] } }, true],
        ["an address of another block", { address: { ip: [{ cidr: "10.0.1.0/24" }] } }, false],
        ["no address of a block", { orderId: [{ cidr: "0.0.0.0/0" }] }, false],
        ["a wildcard", { lines: { sku: [{ wildcard: "T*-*" }] } }, true],
        ["a literal asterisk", { orderId: [{ wildcard: "o\\*1" }] }, false],
        ["one element with all that is asked for", { lines: { sku: ["CUP-9"], quantity: [10] } }, true],
        ["several elements that have it together", { lines: { sku: ["TEA-1"], quantity: [10] } }, false],
        ["one of several patterns", { $or: [{ orderId: ["x"] }, { total: [{ numeric: [">", 1] }] }] }, true],
        ["none of several patterns", { $or: [{ orderId: ["x"] }, { total: [1] }] }, false],
        ["one of several, and the rest", { vip: [false], $or: [{ orderId: ["o-1"] }, { total: [1] }] }, false],
    ];
    for (const [name, detail, expected] of cases) {
        it(`${expected ? "takes" : "leaves out"} ${name}`, () => assert.equal(fits(detail), expected));
    }

    it("is refused where it makes no sense", () => {
        const wrong: unknown[] = [
            {},
            [],
            "text",
            { source: "shop" },
            { source: [] },
            { detail: {} },
            { source: [{ prefix: 5 }] },
            { source: [{ unknown: "x" }] },
            { source: [{ prefix: "a", suffix: "b" }] },
            { source: [{ exists: "yes" }] },
            { source: [{ numeric: [">"] }] },
            { source: [{ numeric: ["<", 5, ">", 1] }] },
            { source: [{ numeric: [">", 5, "<", 1] }] },
            { source: [{ cidr: "10.0.0.0/33" }] },
            { source: [{ wildcard: "a**b" }] },
            { source: [{ wildcard: "a\\b" }] },
            { source: [{ "anything-but": ["a", 1] }] },
            { source: [{ "anything-but": { exists: true } }] },
        ];
        for (const pattern of wrong) {
            const message = /^Event pattern is not valid\. Reason: ./;
            assert.throws(() => compilePattern(pattern), { message }, JSON.stringify(pattern));
        }
    });

    it("of an event's own values fits the event", () => {
        const leaf = fc.oneof(fc.string(), fc.integer({ min: -1e9, max: 1e9 }), fc.boolean(), fc.constant(null));
        const name = fc.stringMatching(/^[a-z]{1,5}$/);
        const { event } = fc.letrec((tie) => ({
            event: fc.dictionary(name, fc.oneof({ depthSize: "small" }, leaf, tie("event")), { minKeys: 1 }),
        }));
        const patternOf = (value: unknown): unknown =>
            typeof value === "object" && value !== null
                ? Object.fromEntries(Object.entries(value).map(([key, member]) => [key, patternOf(member)]))
                : [value];
        fc.assert(fc.property(event, (value) => compilePattern(patternOf(value))(value)));
    });

    it("matches wildcards as their parts do", () => {
        const part = fc.stringMatching(/^[a-c.+\\]{0,3}$/);
        fc.assert(
            fc.property(
                fc.array(part, { minLength: 1, maxLength: 4 }),
                fc.array(fc.string(), { minLength: 4 }),
                (parts, gaps) => {
                    const used = parts.filter((each, at) => at === 0 || at === parts.length - 1 || each !== "");
                    const wildcard = used.map((each) => each.replace(/[\\*]/g, "\\$&")).join("*");
                    const text = used.map((each, at) => (at === 0 ? each : `${gaps[at] ?? ""}${each}`)).join("");
                    assert.ok(compilePattern({ a: [{ wildcard }] })({ a: text }), `${wildcard} ${text}`);
                },
            ),
        );
    });
});
