import assert from "node:assert/strict";

import {
    CreateBucketCommand,
    DeleteObjectCommand,
    GetBucketNotificationConfigurationCommand,
    type NotificationConfiguration,
    PutBucketNotificationConfigurationCommand,
    PutObjectCommand,
} from "@aws-sdk/client-s3";

import { ServiceError } from "../../../local/errors";
import { PLACE, S3Fixture } from "./fixture";

const Bucket = "shop-files";
const FUNCTION = `arn:aws:lambda:${PLACE.region}:${PLACE.account}:function:f`;
const QUEUE = `arn:aws:sqs:${PLACE.region}:${PLACE.account}:q`;

interface Record {
    eventName: string;
    s3: { configurationId: string; bucket: object; object: { key: string; size?: number; sequencer: string } };
}

describe("S3 notifications", () => {
    let fixture: S3Fixture;

    beforeEach(async () => {
        fixture = await S3Fixture.start();
        await fixture.client.send(new CreateBucketCommand({ Bucket }));
    });
    afterEach(() => fixture.close());

    const notify = (NotificationConfiguration: NotificationConfiguration): Promise<unknown> =>
        fixture.client.send(new PutBucketNotificationConfigurationCommand({ Bucket, NotificationConfiguration }));
    const put = (Key: string): Promise<unknown> =>
        fixture.client.send(new PutObjectCommand({ Bucket, Key, Body: "text" }));
    const records = (arn: string): Record[] =>
        fixture.delivered
            .filter(({ targetArn }) => targetArn === arn)
            .flatMap(({ body }) => (JSON.parse(body) as { Records: Record[] }).Records);

    it("tell of what happens to the keys that are asked for", async () => {
        const configuration: NotificationConfiguration = {
            LambdaFunctionConfigurations: [
                {
                    Id: "images",
                    LambdaFunctionArn: FUNCTION,
                    Events: ["s3:ObjectCreated:*"],
                    Filter: {
                        Key: {
                            FilterRules: [
                                { Name: "prefix", Value: "in/" },
                                { Name: "suffix", Value: ".png" },
                            ],
                        },
                    },
                },
            ],
            QueueConfigurations: [
                { Id: "all", QueueArn: QUEUE, Events: ["s3:ObjectRemoved:Delete", "s3:ObjectCreated:Put"] },
            ],
        };
        await notify(configuration);
        const kept = await fixture.client.send(new GetBucketNotificationConfigurationCommand({ Bucket }));
        assert.deepEqual(kept.LambdaFunctionConfigurations, configuration.LambdaFunctionConfigurations);
        await put("in/a b+c.png");
        await put("in/a.txt");
        await fixture.client.send(new DeleteObjectCommand({ Bucket, Key: "in/a.txt" }));
        await fixture.advance(0);
        const [created, ...more] = records(FUNCTION);
        assert.equal(more.length, 0);
        assert.deepEqual([created?.eventName, created?.s3.configurationId], ["ObjectCreated:Put", "images"]);
        assert.deepEqual([created?.s3.object.key, created?.s3.object.size], ["in/a+b%2Bc.png", 4]);
        const all = records(QUEUE);
        assert.deepEqual(
            all.map(({ eventName }) => eventName),
            ["ObjectCreated:Put", "ObjectCreated:Put", "ObjectRemoved:Delete"],
        );
        const sequencers = all.map(({ s3 }) => s3.object.sequencer);
        assert.deepEqual(sequencers, [...sequencers].sort());
        assert.deepEqual(fixture.delivered[0]?.sender, {
            service: "s3.amazonaws.com",
            sourceArn: `arn:aws:s3:::${Bucket}`,
        });
    });

    it("come to the event bus", async () => {
        await notify({ EventBridgeConfiguration: {} });
        await put("a b");
        await fixture.advance(0);
        const [delivery] = fixture.delivered;
        assert.equal(delivery?.targetArn, `arn:aws:events:${PLACE.region}:${PLACE.account}:event-bus/default`);
        assert.equal(delivery.event?.detailType, "Object Created");
        const detail = JSON.parse(delivery.body) as {
            bucket: { name: string };
            object: { key: string };
            reason: string;
        };
        assert.deepEqual([detail.bucket.name, detail.object.key, detail.reason], [Bucket, "a b", "PutObject"]);
    });

    it("are tried again, and told in a log where nobody takes them", async () => {
        await notify({ QueueConfigurations: [{ QueueArn: QUEUE, Events: ["s3:ObjectCreated:*"] }] });
        let failures = 2;
        fixture.refuse = () => (failures-- > 0 ? new ServiceError("ServiceUnavailable", "later", 503) : undefined);
        await put("a");
        await fixture.advance(10_000);
        assert.equal(records(QUEUE).length, 1);
        fixture.refuse = () => new ServiceError("AccessDenied", "The queue's policy lacks …", 403);
        await put("b");
        await fixture.advance(0);
        assert.match(fixture.lost.join(), /was not delivered: The queue's policy lacks/);
    });
});
