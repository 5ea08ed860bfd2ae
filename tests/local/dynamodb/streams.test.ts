import assert from "node:assert/strict";

import {
    DescribeStreamCommand,
    DynamoDBStreamsClient,
    GetRecordsCommand,
    GetShardIteratorCommand,
    type GetShardIteratorCommandInput,
    ListStreamsCommand,
    type _Record,
} from "@aws-sdk/client-dynamodb-streams";

import { VirtualClock } from "../../../local/clock";
import { DynamoDb } from "../../../local/dynamodb";
import { developerOnly, type Endpoint, startEndpoint } from "../../../local/endpoint/server";
import { PLACE, run, simpleTable } from "./fixture";

describe("DynamoDB Streams", () => {
    const clock = new VirtualClock();
    let dynamoDb: DynamoDb;
    let endpoint: Endpoint;
    let client: DynamoDBStreamsClient;
    let StreamArn: string;

    beforeEach(async () => {
        dynamoDb = new DynamoDb({ clock, ...PLACE });
        const services = [dynamoDb.service, dynamoDb.streamsService];
        endpoint = await startEndpoint({ port: 0, ...PLACE, iam: developerOnly, services, routes: [] });
        client = new DynamoDBStreamsClient({
            endpoint: endpoint.url,
            region: PLACE.region,
            credentials: { accessKeyId: "a", secretAccessKey: "b" },
        });
        StreamArn = await createTable("orders", "NEW_AND_OLD_IMAGES");
    });

    afterEach(async () => {
        client.destroy();
        dynamoDb.close();
        await endpoint.close();
    });

    async function createTable(name: string, StreamViewType: string): Promise<string> {
        const table = simpleTable(name, { StreamSpecification: { StreamEnabled: true, StreamViewType } });
        const { TableDescription: description } = await run(dynamoDb, "CreateTable", table);
        return String((description as Record<string, unknown>)["LatestStreamArn"]);
    }

    const put = (pk: string, n = 1, TableName = "orders") =>
        dynamoDb.run("PutItem", { TableName, Item: { pk: { S: pk }, n: { N: String(n) } } });

    async function iterator(more: Partial<GetShardIteratorCommandInput> = {}): Promise<string | undefined> {
        const { StreamDescription } = await client.send(
            new DescribeStreamCommand({ StreamArn: more.StreamArn ?? StreamArn }),
        );
        const ShardId = StreamDescription?.Shards?.[0]?.ShardId;
        const input = { StreamArn, ShardId, ShardIteratorType: "TRIM_HORIZON" as const, ...more };
        return (await client.send(new GetShardIteratorCommand(input))).ShardIterator;
    }

    async function records(more: Partial<GetShardIteratorCommandInput> = {}): Promise<_Record[]> {
        const page = await client.send(new GetRecordsCommand({ ShardIterator: await iterator(more) }));
        return page.Records ?? [];
    }

    it("has a record of every change, with its images, in the order of the commits", async () => {
        await put("a");
        await dynamoDb.run("UpdateItem", {
            TableName: "orders",
            Key: { pk: { S: "a" } },
            UpdateExpression: "ADD n :one",
            ExpressionAttributeValues: { ":one": { N: "1" } },
        });
        await dynamoDb.run("DeleteItem", { TableName: "orders", Key: { pk: { S: "a" } } });
        const [one, two] = ["1", "2"].map((n) => ({ pk: { S: "a" }, n: { N: n } }));
        assert.deepEqual(
            (await records()).map(({ eventName, dynamodb }) => [eventName, dynamodb?.OldImage, dynamodb?.NewImage]),
            [
                ["INSERT", undefined, one],
                ["MODIFY", one, two],
                ["REMOVE", two, undefined],
            ],
        );
    });

    it("has none of a write that changes nothing or fails", async () => {
        await put("a");
        await put("a");
        await dynamoDb.run("DeleteItem", { TableName: "orders", Key: { pk: { S: "none" } } });
        const Item = { pk: { S: "a" }, n: { N: "5" } };
        const ConditionExpression = "attribute_not_exists(pk)";
        await assert.rejects(dynamoDb.run("PutItem", { TableName: "orders", Item, ConditionExpression }));
        assert.equal((await records()).length, 1);
    });

    it("gives what its view type says", async () => {
        const views = { KEYS_ONLY: [], NEW_IMAGE: ["NewImage"], OLD_IMAGE: ["OldImage"] };
        for (const [view, images] of Object.entries(views)) {
            const arn = await createTable(view, view);
            await put("a", 1, view);
            await put("a", 2, view);
            const last = (await records({ StreamArn: arn })).at(-1)?.dynamodb ?? {};
            assert.deepEqual(last.Keys, { pk: { S: "a" } });
            assert.deepEqual(
                ["NewImage", "OldImage"].filter((image) => image in last),
                images,
                view,
            );
        }
    });

    it("says who deleted an item that had expired", async () => {
        const TimeToLiveSpecification = { AttributeName: "n", Enabled: true };
        await dynamoDb.run("UpdateTimeToLive", { TableName: "orders", TimeToLiveSpecification });
        await put("a", Math.floor(clock.now() / 1000) + 10);
        await clock.advance(2 * 60_000);
        const [, removed] = await records();
        assert.equal(removed?.eventName, "REMOVE");
        assert.deepEqual(removed.userIdentity, { Type: "Service", PrincipalId: "dynamodb.amazonaws.com" });
    });

    it("is read from any point on, page by page", async () => {
        for (let n = 0; n < 5; n++) await put(`k${n}`);
        const all = await records();
        const keys = (list: _Record[]) => list.map(({ dynamodb }) => dynamodb?.Keys?.["pk"]?.S);
        const SequenceNumber = all[2]?.dynamodb?.SequenceNumber;
        const at = await records({ ShardIteratorType: "AT_SEQUENCE_NUMBER", SequenceNumber });
        assert.deepEqual(keys(at), ["k2", "k3", "k4"]);
        const after = await records({ ShardIteratorType: "AFTER_SEQUENCE_NUMBER", SequenceNumber });
        assert.deepEqual(keys(after), ["k3", "k4"]);
        assert.deepEqual(await records({ ShardIteratorType: "LATEST" }), []);

        const read: _Record[] = [];
        for (let ShardIterator = await iterator(); read.length < 5;) {
            const page = await client.send(new GetRecordsCommand({ ShardIterator, Limit: 2 }));
            read.push(...(page.Records ?? []));
            ShardIterator = page.NextShardIterator;
        }
        assert.deepEqual(keys(read), keys(all));
    });

    it("forgets records after a day and iterators after a quarter of an hour", async () => {
        await put("a");
        const old = await iterator();
        await clock.advance(16 * 60_000);
        await assert.rejects(client.send(new GetRecordsCommand({ ShardIterator: old })), {
            name: "ExpiredIteratorException",
        });
        await clock.advance(24 * 3600_000);
        await put("b");
        assert.equal((await records()).length, 1);
    });

    it("stays readable to its end once it is switched off", async () => {
        await put("a");
        const before = await iterator();
        const StreamSpecification = { StreamEnabled: false };
        await dynamoDb.run("UpdateTable", { TableName: "orders", StreamSpecification });
        await put("b");
        const page = await client.send(new GetRecordsCommand({ ShardIterator: before }));
        assert.deepEqual([page.Records?.length, page.NextShardIterator], [1, undefined]);
        const { Streams } = await client.send(new ListStreamsCommand({ TableName: "orders" }));
        assert.deepEqual(
            Streams?.map((stream) => stream.StreamArn),
            [StreamArn],
        );
    });
});
