import assert from "node:assert/strict";

import { printTree } from "../../../graph/print";
import { component, graphOf, resource, shop } from "./fixture";

describe("the tree of a graph", () => {
    it("shows resources by their parents, what is protected, and how many there are", () => {
        assert.equal(
            printTree(shop(), { color: false }),
            [
                "shop/dev (eu-west-1)",
                "├─ aws-apigateway.RestAPI api",
                "│  ├─ apigateway.Deployment api",
                "│  ├─ apigateway.RestApi api",
                "│  └─ apigateway.Stage live",
                "├─ lambda.Permission api",
                "├─ dynamodb.Table orders (protected)",
                "└─ shop.OrderFunction place",
                "   ├─ cloudwatch.LogGroup place",
                "   ├─ iam.Role place",
                "   ├─ iam.RolePolicy place",
                "   ├─ lambda.Alias place",
                "   └─ lambda.Function place",
                "",
                "10 resources",
                "  1 apigateway.Deployment",
                "  1 apigateway.RestApi",
                "  1 apigateway.Stage",
                "  1 cloudwatch.LogGroup",
                "  1 dynamodb.Table",
                "  1 iam.Role",
                "  1 iam.RolePolicy",
                "  1 lambda.Alias",
                "  1 lambda.Function",
                "  1 lambda.Permission",
                "",
            ].join("\n"),
        );
    });

    it("counts the most frequent type first", () => {
        const queues = Array.from({ length: 10 }, (_, at) => resource({ type: "aws:sqs/queue:Queue", name: `q${at}` }));
        const text = printTree(graphOf(resource({ type: "aws:sns/topic:Topic", name: "t" }), ...queues), {
            color: false,
        });
        assert.ok(text.endsWith("\n11 resources\n  10 sqs.Queue\n   1 sns.Topic\n"), text);
    });

    it("cuts names at the width, but never the protection mark", () => {
        const graph = graphOf(resource({ type: "aws:sqs/queue:Queue", name: "n".repeat(50), protect: true }));
        const line = printTree(graph, { color: false, width: 40 }).split("\n")[1] ?? "";
        assert.equal(line, `└─ sqs.Queue ${"n".repeat(14)}… (protected)`);
        assert.equal(line.length, 40);
    });

    it("differs by its colours alone", () => {
        const coloured = printTree(shop(), { color: true });
        assert.notEqual(coloured, printTree(shop(), { color: false }));
        // eslint-disable-next-line no-control-regex
        assert.equal(coloured.replace(/\u001b\[\d+m/g, ""), printTree(shop(), { color: false }));
    });

    it("shows an empty stack, and resources whose parent is not in the graph", () => {
        assert.equal(printTree(graphOf(), { color: false }), "shop/dev (eu-west-1)\n\n0 resources\n");
        const orphan = component({ type: "shop:index:Thing", name: "x", parent: "gone" });
        assert.match(printTree(graphOf(orphan), { color: false }), /└─ shop\.Thing x/);
    });
});
