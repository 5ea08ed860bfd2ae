import assert from "node:assert/strict";

import type { Graph } from "../../../graph/model";
import { printJson } from "../../../graph/print";
import { graphOf, resource, shop } from "./fixture";

describe("the JSON of a graph", () => {
    it("has the stack, its resources and outputs", () => {
        const parsed: Graph = JSON.parse(printJson({ ...shop(), outputs: { url: "https://x" } }));
        assert.deepEqual(Object.keys(parsed), ["project", "stack", "region", "resources", "outputs"]);
        assert.deepEqual(parsed.outputs, { url: "https://x" });
        assert.deepEqual(parsed.resources, JSON.parse(JSON.stringify(shop().resources)));
    });

    it("masks secrets at any depth, everywhere", () => {
        const secret = { $secret: { password: "hunter2" } };
        const graph = graphOf(
            resource({
                type: "aws:ssm/parameter:Parameter",
                name: "p",
                inputs: { value: secret },
                outputs: { list: [{ deep: secret }] },
                aliases: [{ name: { $secret: "hunter2" } }],
            }),
        );
        const text = printJson({ ...graph, outputs: { password: { $secret: "hunter2" } } });
        assert.ok(!text.includes("hunter2"));
        const parsed: Graph = JSON.parse(text);
        assert.deepEqual(parsed.outputs, { password: "[secret]" });
        assert.deepEqual(parsed.resources[1]?.inputs, { value: "[secret]" });
        assert.deepEqual(parsed.resources[1]?.outputs, { list: [{ deep: "[secret]" }] });
    });

    it("is the same whatever the order of keys", () => {
        const given = { type: "aws:sqs/queue:Queue", name: "q" };
        const one = resource({ ...given, inputs: { a: 1, b: { c: 1, d: [] } } });
        const other = resource({ inputs: { b: { d: [], c: 1 }, a: 1 }, ...given });
        const reversed = Object.fromEntries(Object.entries(other).reverse());
        assert.equal(printJson(graphOf(one)), printJson(graphOf({ ...other, ...reversed })));
        assert.equal(printJson(graphOf(one)), printJson(graphOf(Object.assign(Object.create(null), reversed))));
    });
});
