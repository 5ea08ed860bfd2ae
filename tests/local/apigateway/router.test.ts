import assert from "node:assert/strict";

import * as fc from "fast-check";

import { Router } from "../../../local/apigateway/router";

describe("the router", () => {
    const router = new Router<string>();
    for (const path of ["/", "/a", "/a/{id}", "/a/{id}/c", "/a/b/{rest+}", "/{proxy+}"]) router.add(path, path);

    it("finds the most exact resource, stepping back where a path leads nowhere", () => {
        const cases: [string, string | undefined, Record<string, string>?][] = [
            ["/", "/"],
            ["/a", "/a"],
            ["/a/", "/a"],
            ["/a/1", "/a/{id}", { id: "1" }],
            ["/a/b", "/a/{id}", { id: "b" }],
            ["/a/b/c", "/a/b/{rest+}", { rest: "c" }],
            ["/a/x/c", "/a/{id}/c", { id: "x" }],
            ["/a/x/d", "/{proxy+}", { proxy: "a/x/d" }],
            ["/a/%2F%C3%A4", "/a/{id}", { id: "/ä" }],
            ["/a/100%", "/a/{id}", { id: "100%" }],
            ["/constructor/__proto__", "/{proxy+}", { proxy: "constructor/__proto__" }],
        ];
        for (const [path, target, pathParameters = {}] of cases) {
            assert.deepEqual(router.match(path), { target, pathParameters }, path);
        }
    });

    it("gives every path to the resource that its parts name", () => {
        const part = fc.string({
            unit: fc.constantFrom("x", "y", "1", "é", " ", "&", "+"),
            minLength: 1,
            maxLength: 4,
        });
        fc.assert(
            fc.property(part, (id) => {
                const match = router.match(`/a/${encodeURIComponent(id)}/c`);
                assert.deepEqual(match, { target: "/a/{id}/c", pathParameters: { id } });
            }),
        );
    });

    it("refuses two names for one place", () => {
        const twice = new Router<number>();
        twice.add("/orders/{id}", 1);
        assert.throws(() => twice.add("/orders/{orderId}/lines", 2), /\/orders\/\{orderId\}\/lines.*\{id\}/);
    });
});
