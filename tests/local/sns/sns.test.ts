import assert from "node:assert/strict";

import {
    CreateTopicCommand,
    DeleteTopicCommand,
    GetSubscriptionAttributesCommand,
    GetTopicAttributesCommand,
    ListSubscriptionsByTopicCommand,
    ListTagsForResourceCommand,
    ListTopicsCommand,
    PublishBatchCommand,
    PublishCommand,
    SetSubscriptionAttributesCommand,
    SetTopicAttributesCommand,
    TagResourceCommand,
    UnsubscribeCommand,
    UntagResourceCommand,
} from "@aws-sdk/client-sns";

import { ServiceError } from "../../../local/errors";
import { PLACE, queueArn, SnsFixture } from "./fixture";

const QUEUE = queueArn("q");

describe("SNS", () => {
    let fixture: SnsFixture;
    let topic: string;

    beforeEach(async () => {
        fixture = await SnsFixture.start();
        topic = (await fixture.client.send(new CreateTopicCommand({ Name: "news" }))).TopicArn ?? "";
    });

    afterEach(() => fixture.close());

    async function publish(Message: string, more: object = {}): Promise<string> {
        const { MessageId = "" } = await fixture.client.send(new PublishCommand({ TopicArn: topic, Message, ...more }));
        return MessageId;
    }

    describe("topics", () => {
        it("are made once, found, tagged and deleted with their subscriptions", async () => {
            const { client } = fixture;
            assert.equal((await client.send(new CreateTopicCommand({ Name: "news" }))).TopicArn, topic);
            await client.send(
                new TagResourceCommand({
                    ResourceArn: topic,
                    Tags: [
                        { Key: "a", Value: "1" },
                        { Key: "b", Value: "2" },
                    ],
                }),
            );
            await client.send(new UntagResourceCommand({ ResourceArn: topic, TagKeys: ["a"] }));
            const { Tags } = await client.send(new ListTagsForResourceCommand({ ResourceArn: topic }));
            assert.deepEqual(Tags, [{ Key: "b", Value: "2" }]);
            await fixture.subscribe(topic, QUEUE);
            await client.send(new DeleteTopicCommand({ TopicArn: topic }));
            assert.deepEqual((await client.send(new ListTopicsCommand({}))).Topics ?? [], []);
            await assert.rejects(publish("x"), { name: "NotFoundException", message: "Topic does not exist" });
        });

        it("have attributes, with counts of their subscriptions", async () => {
            await fixture.client.send(
                new SetTopicAttributesCommand({
                    TopicArn: topic,
                    AttributeName: "DisplayName",
                    AttributeValue: "News",
                }),
            );
            await fixture.subscribe(topic, QUEUE);
            await fixture.subscribe(topic, "ada@example.com", {}, "email");
            const { Attributes = {} } = await fixture.client.send(new GetTopicAttributesCommand({ TopicArn: topic }));
            assert.equal(Attributes["DisplayName"], "News");
            assert.equal(Attributes["SubscriptionsConfirmed"], "1");
            assert.equal(Attributes["SubscriptionsPending"], "1");
            assert.match(Attributes["Policy"] ?? "", /__default_statement_ID/);
        });

        it("refuse names and attributes that make no sense", async () => {
            const create = (Name: string, Attributes?: Record<string, string>): Promise<unknown> =>
                fixture.client.send(new CreateTopicCommand({ Name, Attributes }));
            await assert.rejects(create("a b"), { name: "InvalidParameterException" });
            await assert.rejects(create("orders", { FifoTopic: "true" }), /must end with \.fifo/);
            await assert.rejects(create("news", { DisplayName: "Other" }), /already exists with different attributes/);
        });
    });

    describe("subscriptions", () => {
        it("are one for each endpoint, and end", async () => {
            const arn = await fixture.subscribe(topic, QUEUE);
            assert.equal(await fixture.subscribe(topic, QUEUE), arn);
            const list = new ListSubscriptionsByTopicCommand({ TopicArn: topic });
            assert.equal((await fixture.client.send(list)).Subscriptions?.[0]?.SubscriptionArn, arn);
            await fixture.client.send(new UnsubscribeCommand({ SubscriptionArn: arn }));
            await publish("unheard");
            await fixture.advance(0);
            assert.deepEqual(fixture.bodies(QUEUE), []);
        });

        it("have attributes that can be changed", async () => {
            const arn = await fixture.subscribe(topic, QUEUE);
            const set = (AttributeName: string, AttributeValue: string): Promise<unknown> =>
                fixture.client.send(
                    new SetSubscriptionAttributesCommand({ SubscriptionArn: arn, AttributeName, AttributeValue }),
                );
            await set("RawMessageDelivery", "true");
            await assert.rejects(
                set("FilterPolicy", '{"kind":"new"}'),
                /FilterPolicy: "kind" must be an object or an array/,
            );
            const { Attributes = {} } = await fixture.client.send(
                new GetSubscriptionAttributesCommand({ SubscriptionArn: arn }),
            );
            assert.equal(Attributes["RawMessageDelivery"], "true");
            assert.equal(Attributes["PendingConfirmation"], "false");
        });

        it("are refused where topic, protocol and endpoint do not fit", async () => {
            await assert.rejects(fixture.subscribe(topic, "q"), /SQS endpoint ARN/);
            await assert.rejects(fixture.subscribe(topic, "https://x", {}, "http"), /match the specified protocol/);
            await assert.rejects(fixture.subscribe(topic, queueArn("q.fifo")), /FIFO SQS Queues can not be subscribed/);
            await assert.rejects(fixture.subscribe(topic, QUEUE, {}, "pigeon"), /does not support this protocol/);
        });
    });

    describe("messages", () => {
        it("come in an envelope", async () => {
            const subscription = await fixture.subscribe(topic, QUEUE);
            const id = await publish("hello", {
                Subject: "Greeting",
                MessageAttributes: { kind: { DataType: "String", StringValue: "new" } },
            });
            await fixture.advance(0);
            const envelope = JSON.parse(fixture.bodies(QUEUE)[0] ?? "") as Record<string, unknown>;
            assert.equal(envelope["Type"], "Notification");
            assert.equal(envelope["MessageId"], id);
            assert.equal(envelope["TopicArn"], topic);
            assert.equal(envelope["Subject"], "Greeting");
            assert.equal(envelope["Message"], "hello");
            assert.equal(envelope["Timestamp"], new Date(fixture.clock.now()).toISOString());
            assert.deepEqual(envelope["MessageAttributes"], { kind: { Type: "String", Value: "new" } });
            assert.ok(String(envelope["UnsubscribeURL"]).includes(encodeURIComponent(subscription)));
        });

        it("come raw with their attributes where that is asked for", async () => {
            await fixture.subscribe(topic, QUEUE, { RawMessageDelivery: "true" });
            const price = { DataType: "Number", StringValue: "4.5" };
            const bytes = { DataType: "Binary", BinaryValue: Buffer.from([1, 2]) };
            await publish("hello", { MessageAttributes: { price, bytes } });
            await fixture.advance(0);
            assert.equal(fixture.delivered[0]?.body, "hello");
            assert.deepEqual(fixture.delivered[0].attributes, {
                price,
                bytes: { DataType: "Binary", BinaryValue: "AQI=" },
            });
        });

        it("come to functions as an event", async () => {
            const arn = `arn:aws:lambda:${PLACE.region}:${PLACE.account}:function:f`;
            await fixture.subscribe(topic, arn, {}, "lambda");
            await publish("hello");
            await fixture.advance(0);
            const { Records } = JSON.parse(fixture.bodies(arn)[0] ?? "") as {
                Records: { EventSource: string; Sns: Record<string, unknown> }[];
            };
            assert.equal(Records[0]?.EventSource, "aws:sns");
            assert.equal(Records[0].Sns["Message"], "hello");
            assert.equal(Records[0].Sns["Subject"], null);
            assert.deepEqual(Records[0].Sns["MessageAttributes"], {});
        });

        it("may differ by protocol", async () => {
            await fixture.subscribe(topic, QUEUE);
            await publish(JSON.stringify({ default: "for all", sqs: "for queues" }), { MessageStructure: "json" });
            await fixture.advance(0);
            assert.deepEqual(fixture.messages(QUEUE), ["for queues"]);
            await assert.rejects(publish("{}", { MessageStructure: "json" }), /No default entry/);
        });

        it("are refused where they make no sense", async () => {
            const attribute = (DataType: string, StringValue: string): object => ({
                MessageAttributes: { a: { DataType, StringValue } },
            });
            await assert.rejects(publish(""), { name: "InvalidParameterException" });
            await assert.rejects(publish("x".repeat(262_145)), /Message too long/);
            await assert.rejects(publish("x", { Subject: "line\nbreak" }), /Subject/);
            await assert.rejects(publish("x", attribute("Number", "many")), /is not a number/);
            await assert.rejects(publish("x", attribute("Text", "a")), /invalid message attribute type/);
            await assert.rejects(publish("x", { TopicArn: undefined, PhoneNumber: "+49" }), /sends no text messages/);
        });

        it("come in batches, each with its own result", async () => {
            await fixture.subscribe(topic, QUEUE);
            const { Successful, Failed } = await fixture.client.send(
                new PublishBatchCommand({
                    TopicArn: topic,
                    PublishBatchRequestEntries: [
                        { Id: "a", Message: "1", MessageAttributes: { n: { DataType: "Number", StringValue: "1" } } },
                        { Id: "b", Message: "2", Subject: "\n" },
                    ],
                }),
            );
            await fixture.advance(0);
            assert.deepEqual(
                Successful?.map(({ Id }) => Id),
                ["a"],
            );
            assert.deepEqual(
                Failed?.map(({ Id, Code }) => [Id, Code]),
                [["b", "InvalidParameter"]],
            );
            assert.deepEqual(fixture.messages(QUEUE), ["1"]);
            const empty = new PublishBatchCommand({ TopicArn: topic, PublishBatchRequestEntries: [] });
            await assert.rejects(fixture.client.send(empty), { name: "EmptyBatchRequestException" });
        });
    });

    describe("filter policies", () => {
        const string = (StringValue: string): object => ({ DataType: "String", StringValue });
        const CASES: [policy: object, attributes: Record<string, object>, isWanted: boolean][] = [
            [{ store: ["a"] }, { store: string("a") }, true],
            [{ store: ["a"] }, { store: string("b") }, false],
            [{ store: ["a"] }, {}, false],
            [{ store: [{ "anything-but": ["a"] }] }, { store: string("b") }, true],
            [{ store: [{ prefix: "eu-" }] }, { store: string("eu-1") }, true],
            [{ store: [{ exists: false }] }, {}, true],
            [{ price: [{ numeric: [">=", 10, "<", 20] }] }, { price: { DataType: "Number", StringValue: "15" } }, true],
            [{ price: [{ numeric: [">=", 10] }] }, { price: { DataType: "Number", StringValue: "9.5" } }, false],
            [{ tags: ["x"] }, { tags: { DataType: "String.Array", StringValue: '["y", "x", 3]' } }, true],
            [{ $or: [{ a: ["1"] }, { b: ["2"] }] }, { b: string("2") }, true],
        ];
        for (const [policy, MessageAttributes, isWanted] of CASES) {
            const attributes = JSON.stringify(MessageAttributes);
            it(`${JSON.stringify(policy)} ${isWanted ? "lets in" : "keeps out"} ${attributes}`, async () => {
                await fixture.subscribe(topic, QUEUE, { FilterPolicy: JSON.stringify(policy) });
                await publish("m", { MessageAttributes });
                await fixture.advance(0);
                assert.equal(fixture.delivered.length, isWanted ? 1 : 0);
            });
        }

        it("may look at the body instead", async () => {
            const FilterPolicy = JSON.stringify({ order: { total: [{ numeric: [">", 100] }] } });
            await fixture.subscribe(topic, QUEUE, { FilterPolicy, FilterPolicyScope: "MessageBody" });
            await publish('{"order":{"total":101}}');
            await publish('{"order":{"total":99}}');
            await publish("no JSON");
            await fixture.advance(0);
            assert.deepEqual(fixture.messages(QUEUE), ['{"order":{"total":101}}']);
        });
    });

    describe("FIFO topics", () => {
        const FIFO_QUEUE = queueArn("q.fifo");

        beforeEach(async () => {
            const Attributes = { FifoTopic: "true", ContentBasedDeduplication: "true" };
            topic = (await fixture.client.send(new CreateTopicCommand({ Name: "o.fifo", Attributes }))).TopicArn ?? "";
            await fixture.subscribe(topic, FIFO_QUEUE, { RawMessageDelivery: "true" });
        });

        it("take a message once within five minutes", async () => {
            const id = await publish("same", { MessageGroupId: "g" });
            assert.equal(await publish("same", { MessageGroupId: "g" }), id);
            await fixture.advance(5 * 60_000);
            assert.notEqual(await publish("same", { MessageGroupId: "g" }), id);
            await fixture.advance(0);
            assert.equal(fixture.delivered.length, 2);
            assert.equal(fixture.delivered[0]?.messageGroupId, "g");
            assert.match(fixture.delivered[0].messageDeduplicationId ?? "", /^[0-9a-f]{64}$/);
        });

        it("keep the order of each group, though attempts fail", async () => {
            let failures = 3;
            fixture.refuse = ({ body }) =>
                body === "a1" && failures-- > 0 ? new ServiceError("ServiceUnavailable", "later", 503) : undefined;
            for (const message of ["a1", "a2", "b1", "a3"]) {
                await publish(message, { MessageGroupId: message.slice(0, 1) });
            }
            await fixture.advance(60_000);
            assert.deepEqual(
                fixture.bodies(FIFO_QUEUE).filter((body) => body.startsWith("a")),
                ["a1", "a2", "a3"],
            );
            assert.equal(fixture.bodies(FIFO_QUEUE).length, 4);
        });

        it("ask for a group, and take queues only", async () => {
            await assert.rejects(publish("x"), /MessageGroupId parameter is required/);
            await assert.rejects(fixture.subscribe(topic, "http://x", {}, "http"), /Invalid protocol type/);
        });
    });
});
