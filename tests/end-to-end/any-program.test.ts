import assert from "node:assert/strict";
import { join } from "node:path";

import { DynamoDBClient, PutItemCommand, ScanCommand } from "@aws-sdk/client-dynamodb";
import { GetObjectCommand, ListObjectsV2Command, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { PublishCommand, SNSClient } from "@aws-sdk/client-sns";
import { ReceiveMessageCommand, SendMessageCommand, SQSClient } from "@aws-sdk/client-sqs";

import { captureInProcess } from "../../graph/capture-process";
import type { Graph } from "../../graph/model";
import { VirtualClock } from "../../local/clock";
import { LocalCloud } from "../../local/cloud";
import type { NotRun } from "../../local/materialise";

const ROOT = join(__dirname, "..", "..");
const PROGRAMS = join(ROOT, "tests", "fixtures", "programs");

describe("any Pulumi program", () => {
    let cloud: LocalCloud;
    let graph: Graph;
    let notRun: NotRun[];
    const clock = new VirtualClock(Date.now());

    async function run(name: string): Promise<void> {
        const program = join(PROGRAMS, name);
        graph = await captureInProcess(ROOT, "dev", { program });
        const { region, account } = graph;
        cloud = await LocalCloud.start({ region, account, port: 0, clock });
        ({ notRun } = await cloud.run(graph, program));
    }

    afterEach(() => cloud.close());

    const client = () => ({
        endpoint: cloud.url,
        region: graph.region,
        credentials: { accessKeyId: "local", secretAccessKey: "local" },
    });
    const output = (name: string): string => String(graph.outputs[name]);

    it("with a REST API of callbacks answers requests", async () => {
        await run("rest-api");
        const url = cloud.localUrl(output("url"));
        for (const visits of [1, 2]) {
            const response = await fetch(`${url}pages/home`);
            assert.deepEqual([response.status, await response.json()], [200, { visits }]);
        }
        assert.equal(await (await fetch(`${url}hello`)).text(), "hello");
        assert.deepEqual(notRun, []);
    });

    it("with a table's stream hands changes to its subscriber", async () => {
        await run("stream");
        const dynamoDb = new DynamoDBClient(client());
        await dynamoDb.send(new PutItemCommand({ TableName: output("source"), Item: { id: { S: "a" } } }));
        await cloud.advance(1000);
        const { Items } = await dynamoDb.send(new ScanCommand({ TableName: output("target") }));
        assert.deepEqual(Items, [{ id: { S: "a" }, what: { S: "INSERT" } }]);
        dynamoDb.destroy();
    });

    it("with a queue hands messages to its subscriber, and poison to the dead-letter queue", async () => {
        await run("queue");
        const sqs = new SQSClient(client());
        for (const MessageBody of ["poison", "fine"]) {
            await sqs.send(new SendMessageCommand({ QueueUrl: output("workUrl"), MessageBody }));
        }
        await cloud.advance(10 * 60_000);
        const bodyIn = async (queue: string): Promise<string | undefined> =>
            (await sqs.send(new ReceiveMessageCommand({ QueueUrl: output(queue) }))).Messages?.[0]?.Body;
        assert.deepEqual([await bodyIn("doneUrl"), await bodyIn("deadUrl")], ["FINE", "poison"]);
        sqs.destroy();
    });

    it("with a topic hands messages to queues and functions that have subscribed", async () => {
        await run("topic");
        const sns = new SNSClient(client());
        const sqs = new SQSClient(client());
        const MessageAttributes = { priority: { DataType: "String", StringValue: "high" } };
        await sns.send(new PublishCommand({ TopicArn: output("topicArn"), Message: "fire", MessageAttributes }));
        await cloud.advance(1000);
        const bodyIn = async (queue: string): Promise<string | undefined> =>
            (await sqs.send(new ReceiveMessageCommand({ QueueUrl: output(queue) }))).Messages?.[0]?.Body;
        assert.deepEqual([await bodyIn("inboxUrl"), await bodyIn("urgentUrl")], ["heard: fire", "fire"]);
        assert.deepEqual(notRun, []);
        sns.destroy();
        sqs.destroy();
    });

    it("with a bucket hands what happens to its objects to its subscriber", async () => {
        await run("bucket");
        const s3 = new S3Client(client());
        const Key = "a report.txt";
        await s3.send(new PutObjectCommand({ Bucket: output("uploadsName"), Key, Body: "twelve chars" }));
        await s3.send(new PutObjectCommand({ Bucket: output("uploadsName"), Key: "image.png", Body: "x" }));
        await cloud.advance(1000);
        const found = await s3.send(new GetObjectCommand({ Bucket: output("summariesName"), Key }));
        assert.equal(await found.Body?.transformToString(), "12 characters");
        const { KeyCount } = await s3.send(new ListObjectsV2Command({ Bucket: output("summariesName") }));
        assert.equal(KeyCount, 1);
        assert.deepEqual(notRun, []);
        s3.destroy();
    });

    it("with a schedule runs it when it is due", async () => {
        await run("schedule");
        await cloud.advance(16 * 60_000);
        const dynamoDb = new DynamoDBClient(client());
        const { Count } = await dynamoDb.send(new ScanCommand({ TableName: output("table"), Select: "COUNT" }));
        assert.equal(Count, 3);
        dynamoDb.destroy();
    });
});
