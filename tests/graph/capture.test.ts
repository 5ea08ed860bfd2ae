import assert from "node:assert/strict";
import { join } from "node:path";

import { captureGraph } from "../../graph/capture";
import { captureInProcess } from "../../graph/capture-process";
import type { Graph, Resource } from "../../graph/model";
import { ProjectError } from "../../graph/project";

const ROOT = join(__dirname, "..", "..");
const programs = join(__dirname, "..", "fixtures", "programs");
const everything = { program: join(programs, "everything"), secrets: { "everything:password": "hunter2" } };

describe("the captured graph", () => {
    let graph: Graph;
    const resource = (name: string): Resource => {
        const found = graph.resources.find((each) => each.name === name);
        assert.ok(found, `no resource ${name}`);
        return found;
    };

    before(async () => {
        graph = await captureGraph("dev", everything);
    });

    it("has the project's, stack's and region's names", () => {
        assert.deepEqual([graph.project, graph.stack, graph.region], ["everything", "dev", "eu-west-1"]);
    });

    it("has every resource with its type and URN", () => {
        const types = graph.resources.map(({ type, name }) => `${type} ${name}`).sort();
        assert.deepEqual(types, [
            "aws:cloudwatch/logGroup:LogGroup pair-log",
            "aws:dynamodb/table:Table pair-table",
            "aws:sqs/queue:Queue queue",
            "aws:ssm/parameter:Parameter parameter",
            "pulumi:providers:aws other",
            "pulumi:pulumi:Stack everything-dev",
            "test:index:Pair pair",
        ]);
        assert.equal(
            resource("pair-table").urn,
            "urn:pulumi:dev::everything::test:index:Pair$aws:dynamodb/table:Table::pair-table",
        );
    });

    it("has inputs as the provider would get them, and AWS's outputs", () => {
        const table = resource("pair-table");
        assert.deepEqual(table.inputs, {
            attributes: [{ name: "id", type: "S" }],
            billingMode: "PAY_PER_REQUEST",
            hashKey: "id",
        });
        assert.match(String(table.outputs["arn"]), /^arn:aws:dynamodb:eu-west-1:\d{12}:table\/pair-table-[0-9a-f]{7}$/);
        assert.equal(graph.outputs["tableArn"], table.outputs["arn"]);
    });

    it("has parents, protection, retention, aliases and ignored changes", () => {
        const table = resource("pair-table");
        assert.equal(table.parent, resource("pair").urn);
        assert.equal(resource("pair").parent, resource("everything-dev").urn);
        assert.equal(table.protect, true);
        assert.equal(resource("queue").protect, false);
        assert.equal(resource("pair-log").retainOnDelete, true);
        assert.match(JSON.stringify(table.aliases), /former/);
        assert.deepEqual(table.ignoreChanges, ["tags"]);
    });

    it("has dependencies, also those by property, and the provider", () => {
        const parameter = resource("parameter");
        assert.ok(parameter.dependencies.includes(resource("queue").urn));
        assert.ok(parameter.dependencies.includes(resource("pair-table").urn));
        assert.deepEqual(parameter.propertyDependencies["description"], [resource("pair-table").urn]);
        assert.match(parameter.provider ?? "", /^urn:.*::other::/);
    });

    it("puts what is needed before what needs it", () => {
        const position = new Map(graph.resources.map(({ urn }, at) => [urn, at]));
        for (const { urn, parent, dependencies } of graph.resources) {
            for (const needed of [...dependencies, ...(parent === undefined ? [] : [parent])]) {
                assert.ok((position.get(needed) ?? Infinity) < (position.get(urn) ?? 0), `${needed} before ${urn}`);
            }
        }
    });

    it("keeps secrets marked, in inputs and outputs", () => {
        assert.deepEqual(resource("parameter").inputs["value"], { $secret: "hunter2" });
        assert.deepEqual(graph.outputs["password"], { $secret: "hunter2" });
    });

    it("answers the invokes that programs make about their account", () => {
        assert.equal(graph.outputs["where"], `${graph.account}/dev`);
    });

    it("takes defaults of the project, values of the stack and what is set over them", async () => {
        assert.equal(resource("queue").inputs["name"], "blue");
        const green = await captureGraph("dev", { ...everything, config: { "everything:colour": "green" } });
        assert.equal(green.resources.find(({ name }) => name === "queue")?.inputs["name"], "green");
    });

    it("is equal every time, in this process and in another", async () => {
        assert.deepEqual(await captureGraph("dev", everything), graph);
        assert.deepEqual(await captureInProcess(ROOT, "dev", everything), graph);
    });
});

describe("a capture that fails", () => {
    it("names the stacks that exist when the stack does not", async () => {
        await assert.rejects(captureGraph("prdo", everything), (error: Error) => {
            assert.ok(error instanceof ProjectError);
            assert.match(error.message, /no stack "prdo".*It has: dev\./);
            return true;
        });
    });

    it("says how to give a secret that cannot be decrypted", async () => {
        await assert.rejects(
            captureGraph("dev", { program: everything.program }),
            /--secret everything:password=.*QUINTET_SECRET_EVERYTHING_PASSWORD/,
        );
    });

    it("passes on what the program throws, even inside an apply", async () => {
        const program = join(programs, "broken");
        await assert.rejects(captureGraph("dev", { program }), /the name cannot be computed/);
        await assert.rejects(captureInProcess(ROOT, "dev", { program }), /the name cannot be computed/);
    });

    it("leaves the next one untouched", async () => {
        await captureGraph("dev", { program: join(programs, "broken") }).catch(() => undefined);
        const graph = await captureGraph("dev", everything);
        assert.equal(graph.resources.length, 7);
    });

    it("says so when the folder is no Pulumi project", async () => {
        await assert.rejects(captureGraph("dev", { program: programs }), /is no Pulumi project/);
    });
});
