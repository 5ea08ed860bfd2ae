import assert from "node:assert/strict";

import type { JsonObject } from "../../../local/service";
import { DAY, Fixture, GROUP, messages, refused, STREAM } from "./fixture";

const ARN = `arn:aws:logs:eu-west-1:123456789012:log-group:${GROUP}`;

describe("log groups and streams", () => {
    let logs: Fixture;

    beforeEach(async () => {
        logs = await new Fixture().withStream();
    });

    it("are described with their ARNs and settings", async () => {
        await logs.run("PutRetentionPolicy", { logGroupName: GROUP, retentionInDays: 7 });
        await logs.put([0, "four"]);
        assert.deepEqual(await logs.run("DescribeLogGroups", { logGroupNamePrefix: "/aws/" }), {
            logGroups: [
                {
                    logGroupName: GROUP,
                    creationTime: logs.clock.now(),
                    retentionInDays: 7,
                    metricFilterCount: 0,
                    arn: `${ARN}:*`,
                    logGroupArn: ARN,
                    storedBytes: 30,
                    kmsKeyId: undefined,
                    logGroupClass: "STANDARD",
                    deletionProtectionEnabled: false,
                },
            ],
            nextToken: undefined,
        });
        const { logStreams } = await logs.run("DescribeLogStreams", { logGroupIdentifier: ARN });
        assert.deepEqual(logStreams, [
            {
                logStreamName: STREAM,
                creationTime: logs.clock.now(),
                firstEventTimestamp: logs.clock.now(),
                lastEventTimestamp: logs.clock.now(),
                lastIngestionTime: logs.clock.now(),
                arn: `${ARN}:log-stream:${STREAM}`,
                storedBytes: 0,
            },
        ]);
    });

    it("are listed in pages", async () => {
        for (const name of ["c", "a", "b"]) await logs.run("CreateLogGroup", { logGroupName: name });
        const seen: unknown[] = [];
        let nextToken: unknown;
        do {
            const page = await logs.run("DescribeLogGroups", { limit: 3, nextToken });
            assert.ok(Array.isArray(page["logGroups"]));
            seen.push(page["logGroups"].map((group: JsonObject) => group["logGroupName"]));
            nextToken = page["nextToken"];
        } while (nextToken !== undefined);
        assert.deepEqual(seen, [[GROUP, "a", "b"], ["c"]]);
        const { logGroups } = await logs.run("DescribeLogGroups", { logGroupNamePattern: "LAMBDA" });
        assert.equal((logGroups as unknown[]).length, 1);
    });

    it("order streams by name or by their last event", async () => {
        logs.logs.put(GROUP, "z", [{ timestamp: logs.clock.now() - 1000, message: "old" }]);
        logs.logs.put(GROUP, "a", [{ timestamp: logs.clock.now() - 500, message: "newer" }]);
        const names = async (input: JsonObject): Promise<unknown[]> => {
            const { logStreams } = await logs.run("DescribeLogStreams", { logGroupName: GROUP, ...input });
            return (logStreams as JsonObject[]).map((stream) => stream["logStreamName"]);
        };
        assert.deepEqual(await names({}), [STREAM, "a", "z"]);
        assert.deepEqual(await names({ orderBy: "LastEventTime", descending: true }), [STREAM, "a", "z"]);
        assert.deepEqual(await names({ orderBy: "LastEventTime" }), ["z", "a", STREAM]);
        await refused(names({ orderBy: "LastEventTime", logStreamNamePrefix: "a" }), "InvalidParameterException");
    });

    it("are refused twice, and when they do not exist", async () => {
        const stream = { logGroupName: GROUP, logStreamName: STREAM };
        await refused(logs.run("CreateLogGroup", stream), "ResourceAlreadyExistsException", /log group already exists/);
        await refused(logs.run("CreateLogStream", stream), "ResourceAlreadyExistsException", /log stream already/);
        await logs.run("DeleteLogStream", stream);
        await refused(logs.get(), "ResourceNotFoundException", /^The specified log stream does not exist\.$/);
        await logs.run("DeleteLogGroup", stream);
        await refused(logs.get(), "ResourceNotFoundException", /^The specified log group does not exist\.$/);
        await refused(logs.run("PutRetentionPolicy", { ...stream, retentionInDays: 7 }), "ResourceNotFoundException");
    });

    it("must have valid names and retentions", async () => {
        const invalid = "InvalidParameterException";
        await refused(logs.run("CreateLogGroup", { logGroupName: "a b" }), invalid, /Value 'a b' at 'logGroupName'/);
        await refused(logs.run("CreateLogGroup", {}), invalid, /Value null at 'logGroupName'.*must not be null/);
        await refused(logs.run("CreateLogStream", { logGroupName: GROUP, logStreamName: "a:b" }), invalid);
        await refused(
            logs.run("PutRetentionPolicy", { logGroupName: GROUP, retentionInDays: 2 }),
            invalid,
            /\[1, 3, 5/,
        );
    });

    it("carry tags, by the group's ARN", async () => {
        await logs.run("TagResource", { resourceArn: ARN, tags: { team: "orders", tier: "1" } });
        await logs.run("UntagResource", { resourceArn: ARN, tagKeys: ["tier"] });
        assert.deepEqual(await logs.run("ListTagsForResource", { resourceArn: ARN }), { tags: { team: "orders" } });
        await refused(logs.run("ListTagsForResource", { resourceArn: `${ARN}x` }), "ResourceNotFoundException");
    });

    it("are kept from deletion while they are protected", async () => {
        const protect = (deletionProtectionEnabled: boolean): Promise<JsonObject> =>
            logs.run("PutLogGroupDeletionProtection", { logGroupIdentifier: GROUP, deletionProtectionEnabled });
        await protect(true);
        await refused(logs.run("DeleteLogGroup", { logGroupName: GROUP }), "ValidationException");
        await protect(false);
        await logs.run("DeleteLogGroup", { logGroupName: GROUP });
    });

    it("forget events that are past their retention", async () => {
        await logs.put([0, "first"]);
        await logs.clock.advance(2 * DAY);
        await logs.put([0, "second"]);
        assert.deepEqual(messages(await logs.get()), ["first", "second"]);
        await logs.run("PutRetentionPolicy", { logGroupName: GROUP, retentionInDays: 1 });
        assert.deepEqual(messages(await logs.get()), ["second"]);
        await logs.clock.advance(DAY + 1);
        assert.deepEqual(messages(await logs.filter()), []);
    });

    it("ask IAM for the group, and the stream where there is one", () => {
        const resource = (operation: string, input: JsonObject): unknown => {
            const access = logs.logs.service.operations[operation]?.access;
            return typeof access === "function"
                ? access(input, { ...Object.create(null) }).map((each) => `${each.action} ${each.resource}`)
                : access;
        };
        assert.deepEqual(resource("PutLogEvents", { logGroupName: GROUP, logStreamName: "s" }), [
            `logs:PutLogEvents ${ARN}:log-stream:s`,
        ]);
        assert.deepEqual(resource("FilterLogEvents", { logGroupIdentifier: ARN }), [
            `logs:FilterLogEvents ${ARN}:log-stream:`,
        ]);
        assert.deepEqual(resource("ListTagsForResource", { resourceArn: ARN }), [`logs:ListTagsForResource ${ARN}`]);
    });
});
