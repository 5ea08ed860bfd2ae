import fc from "fast-check";
import assert from "node:assert/strict";

import type { Graph } from "../../../graph/model";
import { printMermaid } from "../../../graph/print";
import { component, graphOf, resource, shop } from "./fixture";

const ID = "[A-Za-z][A-Za-z0-9_]*";
// Anything but what ends a label; `#` only as the start of an entity.
const TEXT = '"(?:[\\p{L}\\p{N} ._/:@-]|#\\d+;|<br/>)*"';
const LINES: Record<string, RegExp> = {
    subgraph: new RegExp(`^subgraph (${ID})\\[${TEXT}\\]$`, "u"),
    end: /^end$/,
    node: new RegExp(`^(${ID})(?:\\[${TEXT}\\]|\\(\\[${TEXT}\\]\\)|\\[\\(${TEXT}\\)\\])$`, "u"),
    arrow: new RegExp(`^(${ID}) --> (${ID})$`),
};

/** Checks every line against the forms of Mermaid's syntax that are used, and that ids are unique and known. */
function assertValid(text: string): void {
    const [head, ...lines] = text.trimEnd().split("\n");
    assert.equal(head, "flowchart LR");
    const ids = new Set<string>();
    const nodes = new Set<string>();
    let depth = 0;
    for (const line of lines.map((each) => each.trim())) {
        const [kind, match] =
            Object.entries(LINES)
                .map(([name, form]): [string, RegExpExecArray | null] => [name, form.exec(line)])
                .find(([, found]) => found !== null) ?? [];
        assert.ok(kind !== undefined && match, `no Mermaid: ${line}`);
        const [, id = "", target = ""] = match;
        if (kind === "arrow") {
            assert.ok(nodes.has(id) && nodes.has(target), `unknown node: ${line}`);
        } else if (kind === "end") {
            depth--;
            assert.ok(depth >= 0, "an end too many");
        } else {
            assert.ok(!ids.has(id), `twice: ${id}`);
            ids.add(id);
            if (kind === "node") nodes.add(id);
            else depth++;
        }
    }
    assert.equal(depth, 0, "an end is missing");
}

describe("the Mermaid chart of a graph", () => {
    it("shows what is worth seeing, joined over what is not", () => {
        const text = printMermaid(shop(), { all: false });
        assertValid(text);
        assert.equal(
            text,
            [
                "flowchart LR",
                '    subgraph aws_apigateway_RestAPI_api["RestAPI api"]',
                '        apigateway_RestApi_api["api<br/>apigateway.RestApi"]',
                '        apigateway_Stage_live["live<br/>apigateway.Stage"]',
                "    end",
                '    dynamodb_Table_orders[("orders<br/>dynamodb.Table")]',
                '    lambda_Function_place(["place<br/>lambda.Function"])',
                "    lambda_Function_place --> dynamodb_Table_orders",
                "    apigateway_RestApi_api --> lambda_Function_place",
                "    apigateway_Stage_live --> apigateway_RestApi_api",
                "",
            ].join("\n"),
        );
    });

    it("shows every resource and dependency on request", () => {
        const text = printMermaid(shop(), { all: true });
        assertValid(text);
        const count = (part: RegExp): number => text.match(part)?.length ?? 0;
        const custom = shop().resources.filter((each) => each.custom);
        assert.equal(count(/<br\/>/g), custom.length);
        assert.equal(count(/-->/g), custom.flatMap(({ dependencies }) => dependencies).length);
        assert.equal(count(/subgraph/g), 2);
    });

    it("keeps a direct dependency that a detour would tell too", () => {
        const topic = "aws:sns/topic:Topic";
        const graph = graphOf(
            resource({ type: topic, name: "a" }),
            resource({ type: topic, name: "b", dependencies: ["Topic/a"] }),
            resource({ type: topic, name: "c", dependencies: ["Topic/a", "Topic/b"] }),
        );
        assert.match(printMermaid(graph, { all: false }), /sns_Topic_c --> sns_Topic_a/);
    });

    it("leaves providers out, and an empty stack empty", () => {
        const provider = resource({ type: "pulumi:providers:aws", name: "other" });
        assert.equal(printMermaid(graphOf(provider), { all: true }), "flowchart LR\n");
    });

    it("escapes what Mermaid would read as its own", () => {
        const name = 'end "x"] #quot; `**b**` <b> \\ %%';
        const text = printMermaid(graphOf(resource({ type: "aws:sqs/queue:Queue", name })), { all: false });
        assertValid(text);
        assert.match(text, /\["end #34;x#34;#93; #35;quot#59; #96;/);
    });

    it("is valid and the same for every graph, whatever the names", () => {
        const name = fc.oneof(fc.constantFrom("end", "a-b", "a_b", "a.b", "graph", ""), fc.string({ unit: "binary" }));
        const type = fc.constantFrom(
            "aws:sqs/queue:Queue",
            "aws:iam/role:Role",
            "aws:lambda/function:Function",
            "shop:index:Part",
        );
        const graphs = fc
            .array(fc.record({ name, type, links: fc.array(fc.nat(), { maxLength: 4 }) }), { maxLength: 12 })
            .map((parts): Graph => {
                const urns = parts.map((_, at) => `urn-${at}`);
                const earlier = (links: number[], at: number): string[] =>
                    at === 0 ? [] : [...new Set(links.map((link) => urns[link % at] ?? ""))].sort();
                return graphOf(
                    ...parts.map((part, at) => {
                        const [parent] = earlier(part.links, at);
                        const given = { ...part, urn: urns[at], dependencies: earlier(part.links, at) };
                        const placed = parent === undefined ? given : { ...given, parent };
                        return part.type === "shop:index:Part" ? component(placed) : resource(placed);
                    }),
                );
            });
        fc.assert(
            fc.property(graphs, fc.boolean(), (graph, all) => {
                const text = printMermaid(graph, { all });
                assertValid(text);
                assert.equal(printMermaid(structuredClone(graph), { all }), text);
            }),
        );
    });
});
