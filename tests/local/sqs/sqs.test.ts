import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import {
    ChangeMessageVisibilityCommand,
    CreateQueueCommand,
    DeleteMessageBatchCommand,
    DeleteMessageCommand,
    DeleteQueueCommand,
    GetQueueAttributesCommand,
    GetQueueUrlCommand,
    ListDeadLetterSourceQueuesCommand,
    ListMessageMoveTasksCommand,
    ListQueuesCommand,
    type Message,
    PurgeQueueCommand,
    ReceiveMessageCommand,
    type ReceiveMessageCommandInput,
    SendMessageBatchCommand,
    SendMessageCommand,
    type SendMessageCommandInput,
    SetQueueAttributesCommand,
    StartMessageMoveTaskCommand,
} from "@aws-sdk/client-sqs";

import { DiskStore } from "../../../local/store";
import { PLACE, SqsFixture } from "./fixture";

const SECOND = 1000;
const DAY = 86_400_000;

describe("SQS", () => {
    let fixture: SqsFixture;

    beforeEach(async () => {
        fixture = await SqsFixture.start();
    });

    afterEach(() => fixture.close());

    async function create(QueueName: string, Attributes: Record<string, string> = {}): Promise<string> {
        const { QueueUrl } = await fixture.client.send(new CreateQueueCommand({ QueueName, Attributes }));
        return QueueUrl ?? assert.fail();
    }

    const send = (QueueUrl: string, MessageBody: string, more: Partial<SendMessageCommandInput> = {}) =>
        fixture.client.send(new SendMessageCommand({ QueueUrl, MessageBody, ...more }));

    async function receive(QueueUrl: string, more: Partial<ReceiveMessageCommandInput> = {}): Promise<Message[]> {
        const command = new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10, ...more });
        return (await fixture.client.send(command)).Messages ?? [];
    }

    const remove = (QueueUrl: string, { ReceiptHandle }: Message) =>
        fixture.client.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle }));

    const bodies = (messages: Message[]): (string | undefined)[] => messages.map(({ Body }) => Body);

    async function attribute(QueueUrl: string, name: string): Promise<string | undefined> {
        const command = new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ["All"] });
        const attributes: Record<string, string | undefined> = (await fixture.client.send(command)).Attributes ?? {};
        return attributes[name];
    }

    const fifo = { FifoQueue: "true", ContentBasedDeduplication: "true" };

    it("finds queues by name, and tells what there is none of by the error that SDKs know", async () => {
        const url = await create("orders");
        assert.equal((await fixture.client.send(new GetQueueUrlCommand({ QueueName: "orders" }))).QueueUrl, url);
        assert.deepEqual((await fixture.client.send(new ListQueuesCommand({ QueueNamePrefix: "ord" }))).QueueUrls, [
            url,
        ]);
        await fixture.client.send(new DeleteQueueCommand({ QueueUrl: url }));
        await assert.rejects(send(url, "x"), {
            name: "QueueDoesNotExist",
            Code: "AWS.SimpleQueueService.NonExistentQueue",
        });
        await assert.rejects(fixture.client.send(new GetQueueUrlCommand({ QueueName: "none" })), {
            name: "QueueDoesNotExist",
        });
    });

    it("hides what was received until its visibility timeout, and forgets what is deleted", async () => {
        const url = await create("q", { VisibilityTimeout: "10" });
        await send(url, "a", { MessageAttributes: { kind: { DataType: "String", StringValue: "x" } } });
        const [first] = await receive(url, { MessageAttributeNames: ["All"], MessageSystemAttributeNames: ["All"] });
        assert.equal(first?.MessageAttributes?.["kind"]?.StringValue, "x");
        assert.equal(first.Attributes?.ApproximateReceiveCount, "1");
        assert.deepEqual(await receive(url), []);
        await fixture.advance(10 * SECOND);
        const [second] = await receive(url, { MessageSystemAttributeNames: ["ApproximateReceiveCount"] });
        assert.deepEqual([second?.MessageId, second?.Attributes?.ApproximateReceiveCount], [first.MessageId, "2"]);
        // The first receipt counts no more.
        await remove(url, first);
        assert.equal(await attribute(url, "ApproximateNumberOfMessagesNotVisible"), "1");
        assert.ok(second);
        await remove(url, second);
        await fixture.advance(60 * SECOND);
        assert.deepEqual(await receive(url), []);
    });

    it("delays, extends and shortens", async () => {
        const url = await create("q");
        await send(url, "later", { DelaySeconds: 5 });
        assert.deepEqual(await receive(url), []);
        assert.equal(await attribute(url, "ApproximateNumberOfMessagesDelayed"), "1");
        await fixture.advance(5 * SECOND);
        const [message] = await receive(url);
        const change = (VisibilityTimeout: number) =>
            fixture.client.send(
                new ChangeMessageVisibilityCommand({
                    QueueUrl: url,
                    ReceiptHandle: message?.ReceiptHandle,
                    VisibilityTimeout,
                }),
            );
        await change(100);
        await fixture.advance(99 * SECOND);
        assert.deepEqual(await receive(url), []);
        await change(0);
        assert.deepEqual(bodies(await receive(url)), ["later"]);
    });

    it("waits for messages as long as it is asked to", async () => {
        const url = await create("q");
        const poll = async (): Promise<{ messages: Promise<Message[]> }> => {
            const before = fixture.clock.pending;
            const messages = receive(url, { WaitTimeSeconds: 20 });
            while (fixture.clock.pending === before) await new Promise((resolve) => setImmediate(resolve));
            return { messages };
        };
        const waiting = await poll();
        await fixture.advance(5 * SECOND);
        await send(url, "here");
        assert.deepEqual(bodies(await waiting.messages), ["here"]);
        const inVain = await poll();
        await fixture.advance(20 * SECOND);
        assert.deepEqual(await inVain.messages, []);
    });

    it("forgets messages past their retention", async () => {
        const url = await create("q", { MessageRetentionPeriod: "60" });
        await send(url, "old");
        await fixture.advance(61 * SECOND);
        await send(url, "new");
        assert.deepEqual(bodies(await receive(url)), ["new"]);
    });

    it("moves what was received too often to the dead-letter queue, and back when told to", async () => {
        const dead = await create("dead");
        const deadLetterTargetArn = await attribute(dead, "QueueArn");
        const url = await create("q", {
            VisibilityTimeout: "1",
            RedrivePolicy: JSON.stringify({ deadLetterTargetArn, maxReceiveCount: 2 }),
        });
        const { MessageId } = await send(url, "poison");
        for (let attempt = 0; attempt < 2; attempt++) {
            assert.equal((await receive(url)).length, 1);
            await fixture.advance(SECOND);
        }
        assert.deepEqual(await receive(url), []);
        const [letter] = await receive(dead, { MessageSystemAttributeNames: ["All"], VisibilityTimeout: 0 });
        assert.equal(letter?.MessageId, MessageId);
        assert.equal(letter?.Attributes?.DeadLetterQueueSourceArn, await attribute(url, "QueueArn"));
        const sources = await fixture.client.send(new ListDeadLetterSourceQueuesCommand({ QueueUrl: dead }));
        assert.deepEqual(sources.queueUrls, [url]);

        const SourceArn = deadLetterTargetArn;
        await fixture.client.send(new StartMessageMoveTaskCommand({ SourceArn }));
        const { Results } = await fixture.client.send(new ListMessageMoveTasksCommand({ SourceArn }));
        assert.deepEqual([Results?.[0]?.Status, Results?.[0]?.ApproximateNumberOfMessagesMoved], ["COMPLETED", 1]);
        assert.deepEqual(bodies(await receive(url)), ["poison"]);
    });

    it("does batches entry by entry", async () => {
        const url = await create("q");
        const Entries = [
            { Id: "good", MessageBody: "a" },
            { Id: "bad", MessageBody: "b", DelaySeconds: 9999 },
        ];
        const sent = await fixture.client.send(new SendMessageBatchCommand({ QueueUrl: url, Entries }));
        assert.deepEqual(
            [sent.Successful?.[0]?.Id, sent.Failed?.[0]?.Id, sent.Failed?.[0]?.SenderFault],
            ["good", "bad", true],
        );
        const [message] = await receive(url);
        const deleted = await fixture.client.send(
            new DeleteMessageBatchCommand({
                QueueUrl: url,
                Entries: [{ Id: "1", ReceiptHandle: message?.ReceiptHandle }],
            }),
        );
        assert.equal(deleted.Successful?.length, 1);
        const twice = [Entries[0] ?? { Id: "", MessageBody: "" }, { Id: "good", MessageBody: "c" }];
        await assert.rejects(fixture.client.send(new SendMessageBatchCommand({ QueueUrl: url, Entries: twice })), {
            name: "BatchEntryIdsNotDistinct",
        });
        await assert.rejects(fixture.client.send(new SendMessageBatchCommand({ QueueUrl: url, Entries: [] })), {
            name: "EmptyBatchRequest",
        });
    });

    it("refuses what SQS refuses", async () => {
        const url = await create("q");
        await assert.rejects(send(url, "x".repeat(1_048_577)), /Message must be shorter than 1048576 bytes/);
        await assert.rejects(send(url, "\u0000"), { name: "InvalidMessageContents" });
        await assert.rejects(receive(url, { MaxNumberOfMessages: 11 }), /MaxNumberOfMessages is invalid/);
        await assert.rejects(create("not a name"), /can only include alphanumeric/);
        await assert.rejects(create("q2", { VisibilityTimeout: "99999" }), { name: "InvalidAttributeValue" });
        await assert.rejects(create("q", { VisibilityTimeout: "7" }), { name: "QueueNameExists" });
        await assert.rejects(remove(url, { ReceiptHandle: "nonsense" }), { name: "ReceiptHandleIsInvalid" });
        await assert.rejects(
            fixture.client.send(new SetQueueAttributesCommand({ QueueUrl: url, Attributes: { RedrivePolicy: "{}" } })),
            { name: "InvalidAttributeValue" },
        );
    });

    describe("FIFO", () => {
        it("keeps each group's order, and holds up a group only while one of its messages is in flight", async () => {
            const url = await create("q.fifo", fifo);
            for (const [body, MessageGroupId] of [
                ["a1", "a"],
                ["a2", "a"],
                ["b1", "b"],
                ["a3", "a"],
            ]) {
                await send(url, body ?? "", { MessageGroupId });
            }
            const [a1] = await receive(url, { MaxNumberOfMessages: 1 });
            assert.equal(a1?.Body, "a1");
            const [b1, ...others] = await receive(url);
            assert.deepEqual([b1?.Body, others], ["b1", []]);
            assert.ok(a1);
            await remove(url, a1);
            assert.deepEqual(bodies(await receive(url)), ["a2", "a3"]);
        });

        it("gives a message again before those behind it", async () => {
            const url = await create("q.fifo", { ...fifo, VisibilityTimeout: "5" });
            for (const body of ["1", "2"]) await send(url, body, { MessageGroupId: "g" });
            await receive(url, { MaxNumberOfMessages: 1 });
            assert.deepEqual(await receive(url), []);
            await fixture.advance(5 * SECOND);
            assert.deepEqual(bodies(await receive(url)), ["1", "2"]);
        });

        it("takes the same message once in five minutes", async () => {
            const url = await create("q.fifo", fifo);
            const first = await send(url, "x", { MessageGroupId: "g" });
            const again = await send(url, "x", { MessageGroupId: "g" });
            assert.equal(first.MessageId, again.MessageId);
            await fixture.advance(301 * SECOND);
            await send(url, "x", { MessageGroupId: "g" });
            assert.equal(await attribute(url, "ApproximateNumberOfMessages"), "2");
        });

        it("needs a group, and a way to tell messages apart", async () => {
            const url = await create("q.fifo", { FifoQueue: "true" });
            await assert.rejects(send(url, "x"), { name: "MissingParameter" });
            await assert.rejects(send(url, "x", { MessageGroupId: "g" }), /ContentBasedDeduplication/);
            await assert.rejects(create("q2.fifo"), /must end with \.fifo/);
        });
    });

    it("stays fast with a hundred thousand messages", async () => {
        const url = await create("q");
        const queue = fixture.sqs.queues.get("q");
        for (let n = 0; n < 100_000; n++) queue?.send({ body: String(n), senderId: "test" });
        // A receive that looked at all of them would take minutes for this.
        for (let n = 0; n < 5_000; n++) assert.equal(queue?.receive(10).length, 10);
        await fixture.client.send(new PurgeQueueCommand({ QueueUrl: url }));
        assert.equal(await attribute(url, "ApproximateNumberOfMessages"), "0");
    });

    it("keeps messages, what is known of them and queues that clients made", async () => {
        const directory = await mkdtemp(join(tmpdir(), "sqs-"));
        const open = () => DiskStore.open(directory, { stack: "s", ...PLACE });
        const store = await open();
        const before = await SqsFixture.start(store);
        await fixture.close();
        fixture = before;
        const url = await create("q.fifo", { ...fifo, VisibilityTimeout: "30" });
        for (const body of ["1", "2"]) await send(url, body, { MessageGroupId: "g" });
        await receive(url, { MaxNumberOfMessages: 1 });
        await before.close();
        await store.close();

        const again = await open();
        fixture = await SqsFixture.start(again);
        const same = (await fixture.client.send(new GetQueueUrlCommand({ QueueName: "q.fifo" }))).QueueUrl ?? "";
        await fixture.advance(DAY / 24);
        const messages = await receive(same, { MessageSystemAttributeNames: ["ApproximateReceiveCount"] });
        assert.deepEqual(
            messages.map(({ Body, Attributes }) => [Body, Attributes?.ApproximateReceiveCount]),
            [
                ["1", "2"],
                ["2", "1"],
            ],
        );
        await again.close();
        await rm(directory, { recursive: true });
    });
});
