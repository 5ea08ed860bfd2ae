import {
    CloudWatchLogsClient,
    CreateLogGroupCommand,
    CreateLogStreamCommand,
    DescribeLogGroupsCommand,
    GetLogEventsCommand,
    paginateFilterLogEvents,
    PutLogEventsCommand,
    ResourceAlreadyExistsException,
    ResourceNotFoundException,
} from "@aws-sdk/client-cloudwatch-logs";
import assert from "node:assert/strict";

import { RealClock } from "../../../local/clock";
import { developerOnly, type Endpoint, startEndpoint } from "../../../local/endpoint/server";
import { Logs } from "../../../local/logs";
import { GROUP, PLACE, STREAM } from "./fixture";

describe("CloudWatch Logs through the SDK", () => {
    const names = { logGroupName: GROUP, logStreamName: STREAM };
    let endpoint: Endpoint;
    let client: CloudWatchLogsClient;

    before(async () => {
        const services = [new Logs({ clock: new RealClock(), ...PLACE }).service];
        endpoint = await startEndpoint({ port: 0, ...PLACE, iam: developerOnly, services, routes: [] });
        client = new CloudWatchLogsClient({
            region: PLACE.region,
            endpoint: endpoint.url,
            credentials: { accessKeyId: "AKIADEVELOPER", secretAccessKey: "secret" },
        });
        await client.send(new CreateLogGroupCommand(names));
        await client.send(new CreateLogStreamCommand(names));
        const timestamp = Date.now();
        const logEvents = ["START", '{"level":"ERROR"}', "END"].map((message) => ({ timestamp, message }));
        await client.send(new PutLogEventsCommand({ ...names, logEvents }));
    });

    after(async () => {
        client.destroy();
        await endpoint.close();
    });

    it("reads events", async () => {
        const { events, nextForwardToken } = await client.send(new GetLogEventsCommand(names));
        assert.deepEqual(
            events?.map(({ message }) => message),
            ["START", '{"level":"ERROR"}', "END"],
        );
        assert.match(nextForwardToken ?? "", /^f\//);
    });

    it("pages through filtered events", async () => {
        const found: (string | undefined)[] = [];
        for await (const page of paginateFilterLogEvents({ client, pageSize: 1 }, { logGroupName: GROUP })) {
            found.push(...(page.events ?? []).map(({ message }) => message));
        }
        assert.deepEqual(found, ["START", '{"level":"ERROR"}', "END"]);
    });

    it("describes groups", async () => {
        const { logGroups } = await client.send(new DescribeLogGroupsCommand({}));
        assert.deepEqual(
            logGroups?.map(({ logGroupName }) => logGroupName),
            [GROUP],
        );
    });

    it("throws the SDK's own errors", async () => {
        await assert.rejects(client.send(new CreateLogGroupCommand(names)), ResourceAlreadyExistsException);
        const missing = new GetLogEventsCommand({ logGroupName: "none", logStreamName: "none" });
        await assert.rejects(client.send(missing), ResourceNotFoundException);
    });
});
