import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { ConfirmSubscriptionCommand, CreateTopicCommand, PublishCommand, SubscribeCommand } from "@aws-sdk/client-sns";

import { ServiceError } from "../../../local/errors";
import { DiskStore } from "../../../local/store";
import { PLACE, queueArn, SnsFixture, Subscriber } from "./fixture";

const QUEUE = queueArn("q");
const DEAD = queueArn("dead");

describe("SNS delivers", () => {
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

    describe("what fails", () => {
        it("is tried again as AWS does, and ends in the dead-letter queue with its reason", async () => {
            const RedrivePolicy = JSON.stringify({ deadLetterTargetArn: DEAD });
            await fixture.subscribe(topic, QUEUE, { RedrivePolicy });
            let attempts = 0;
            fixture.refuse = ({ targetArn }) => {
                if (targetArn !== QUEUE) return undefined;
                return ++attempts < 6
                    ? new ServiceError("ServiceUnavailable", "later", 503)
                    : new ServiceError("AccessDenied", "no", 403);
            };
            const id = await publish("hello");
            await fixture.advance(0);
            assert.equal(attempts, 4);
            await fixture.advance(2_000);
            assert.equal(attempts, 6);
            const dead = fixture.delivered.find(({ targetArn }) => targetArn === DEAD);
            assert.deepEqual(dead?.attributes, { RequestID: id, ErrorCode: "AccessDenied", ErrorMessage: "no" });
            assert.deepEqual(fixture.messages(DEAD), ["hello"]);
        });

        it("is told in a log where there is no dead-letter queue", async () => {
            await fixture.subscribe(topic, QUEUE);
            fixture.refuse = () => new ServiceError("AccessDenied", "The queue's policy lacks …", 403);
            await publish("hello");
            await fixture.advance(0);
            assert.match(fixture.lost.join("\n"), /was not delivered: The queue's policy lacks/);
        });

        it("is not lost by the end of the process", async () => {
            const directory = mkdtempSync(join(tmpdir(), "sns-"));
            const store = await DiskStore.open(directory, { stack: "shop/dev", ...PLACE });
            const before = await SnsFixture.start(store);
            before.refuse = () => new ServiceError("ServiceUnavailable", "later", 503);
            const { TopicArn = "" } = await before.client.send(new CreateTopicCommand({ Name: "kept" }));
            await before.subscribe(TopicArn, QUEUE);
            await before.client.send(new PublishCommand({ TopicArn, Message: "hello" }));
            await before.advance(0);
            await before.close();
            await store.close();

            const again = await DiskStore.open(directory, { stack: "shop/dev", ...PLACE });
            const after = await SnsFixture.start(again);
            after.sns.resume();
            await after.advance(1_000);
            assert.deepEqual(after.messages(QUEUE), ["hello"]);
            await after.close();
            await again.close();
            rmSync(directory, { recursive: true });
        });
    });

    describe("HTTP subscribers", () => {
        let subscriber: Subscriber;

        beforeEach(async () => (subscriber = await Subscriber.start()));
        afterEach(() => subscriber.close());

        async function subscribed(attributes: Record<string, string> = {}): Promise<Record<string, string>> {
            const { SubscriptionArn } = await fixture.client.send(
                new SubscribeCommand({
                    TopicArn: topic,
                    Protocol: "http",
                    Endpoint: subscriber.url,
                    Attributes: attributes,
                }),
            );
            assert.equal(SubscriptionArn, "pending confirmation");
            await subscriber.has(1);
            return JSON.parse(subscriber.received[0]?.body ?? "") as Record<string, string>;
        }

        it("get nothing before they have confirmed, by link or by call", async () => {
            const { Type, SubscribeURL = "", Token } = await subscribed();
            assert.equal(Type, "SubscriptionConfirmation");
            await publish("too early");
            assert.match(await (await fetch(SubscribeURL)).text(), /Confirmed: arn:aws:sns/);
            await fixture.client.send(new ConfirmSubscriptionCommand({ TopicArn: topic, Token }));
            await publish("hello", { Subject: "Greeting" });
            await subscriber.has(2);
            const { headers, body } = subscriber.received[1] ?? { headers: {}, body: "{}" };
            assert.equal(headers["x-amz-sns-message-type"], "Notification");
            assert.equal(headers["x-amz-sns-topic-arn"], topic);
            const { Message, UnsubscribeURL = "" } = JSON.parse(body) as Record<string, string>;
            assert.equal(Message, "hello");
            assert.match(await (await fetch(UnsubscribeURL)).text(), /Unsubscribed/);
        });

        it("are tried again as their delivery policy says", async () => {
            const healthyRetryPolicy = { numRetries: 2, minDelayTarget: 5, maxDelayTarget: 5 };
            const { Token } = await subscribed({ DeliveryPolicy: JSON.stringify({ healthyRetryPolicy }) });
            await fixture.client.send(new ConfirmSubscriptionCommand({ TopicArn: topic, Token }));
            subscriber.status = 503;
            await publish("hello");
            for (const count of [2, 3, 4]) {
                await subscriber.has(count);
                await fixture.advance(5_000);
            }
            assert.equal(subscriber.received.length, 4);
        });
    });
});
