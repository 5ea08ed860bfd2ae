import assert from "node:assert/strict";

import type { Properties, Resource } from "../../../graph/model";
import { Fixture } from "./fixture";

function resource(type: string, inputs: Properties, outputs: Properties): Resource {
    return {
        urn: `urn:pulumi:dev::test::${type}::x`,
        type,
        name: "x",
        custom: true,
        inputs,
        outputs: { ...inputs, ...outputs },
        id: "x",
        dependencies: [],
        propertyDependencies: {},
        protect: false,
        retainOnDelete: false,
        aliases: [],
        ignoreChanges: [],
        expanded: false,
    };
}

describe("log groups of a graph", () => {
    it("are created as they are declared, with their streams", async () => {
        const { logs, run } = bound(new Fixture());
        const group = "aws:cloudwatch/logGroup:LogGroup";
        const inputs = { retentionInDays: 14, tags: { team: "orders" } };
        await logs.materialisers[group]?.create(resource(group, inputs, { name: "orders-1234567" }));
        await logs.materialisers[group]?.create(resource(group, { retentionInDays: 0 }, { name: "unlimited" }));
        const stream = "aws:cloudwatch/logStream:LogStream";
        const declared = resource(stream, { logGroupName: "orders-1234567", name: "audit" }, { name: "audit" });
        await logs.materialisers[stream]?.create(declared);

        const { logGroups } = await run("DescribeLogGroups", {});
        assert.ok(Array.isArray(logGroups));
        assert.deepEqual(
            logGroups.map(({ logGroupName, retentionInDays }) => [logGroupName, retentionInDays]),
            [
                ["orders-1234567", 14],
                ["unlimited", undefined],
            ],
        );
        const { logStreams } = await run("DescribeLogStreams", { logGroupName: "orders-1234567" });
        assert.ok(Array.isArray(logStreams));
        assert.equal(logStreams[0].logStreamName, "audit");
        const resourceArn = "arn:aws:logs:eu-west-1:123456789012:log-group:orders-1234567";
        assert.deepEqual(await run("ListTagsForResource", { resourceArn }), { tags: { team: "orders" } });
    });
});

function bound(fixture: Fixture): { logs: Fixture["logs"]; run: Fixture["run"] } {
    return { logs: fixture.logs, run: (operation, input) => fixture.run(operation, input) };
}
