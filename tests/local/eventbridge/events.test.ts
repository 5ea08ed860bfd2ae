import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import {
    CreateEventBusCommand,
    DeleteRuleCommand,
    DescribeRuleCommand,
    DisableRuleCommand,
    ListRulesCommand,
    ListTargetsByRuleCommand,
    PutEventsCommand,
    PutRuleCommand,
    PutTargetsCommand,
    RemoveTargetsCommand,
    type Target,
    TestEventPatternCommand,
} from "@aws-sdk/client-eventbridge";

import { ServiceError } from "../../../local/errors";
import { DiskStore } from "../../../local/store";
import { DEAD, EventsFixture, PLACE, QUEUE } from "./fixture";

const MINUTE = 60_000;
const DAY = 86_400_000;
const UNAVAILABLE = new ServiceError("ServiceUnavailable", "not now", 503);
const DENIED = new ServiceError("AccessDenied", "the queue's policy lacks …", 403);

describe("EventBridge", () => {
    let fixture: EventsFixture;

    beforeEach(async () => {
        fixture = await EventsFixture.start();
    });

    afterEach(() => fixture.close());

    async function rule(pattern: object, target: Partial<Target> = {}, EventBusName?: string): Promise<void> {
        const EventPattern = JSON.stringify(pattern);
        await fixture.client.send(new PutRuleCommand({ Name: "rule", EventPattern, EventBusName }));
        const Targets = [{ Id: "q", Arn: QUEUE, ...target }];
        await fixture.client.send(new PutTargetsCommand({ Rule: "rule", EventBusName, Targets }));
    }

    async function put(detail: object, EventBusName?: string): Promise<void> {
        const Entry = { Source: "shop", DetailType: "OrderPlaced", Detail: JSON.stringify(detail), EventBusName };
        const { FailedEntryCount } = await fixture.client.send(new PutEventsCommand({ Entries: [Entry] }));
        assert.equal(FailedEntryCount, 0);
        await fixture.advance(0);
    }

    it("hands events to the targets of the rules that they fit, and to no others", async () => {
        await fixture.client.send(new CreateEventBusCommand({ Name: "shop" }));
        await rule({ detail: { total: [{ numeric: [">", 100] }] } }, {}, "shop");
        await put({ total: 50 }, "shop");
        await put({ total: 500 }, "shop");
        await put({ total: 500 });
        assert.equal(fixture.bodies.length, 1);
        const [event] = fixture.bodies as Record<string, unknown>[];
        assert.deepEqual(
            [event?.["source"], event?.["detail-type"], event?.["detail"], event?.["region"], event?.["version"]],
            ["shop", "OrderPlaced", { total: 500 }, PLACE.region, "0"],
        );
        assert.equal(fixture.delivered[0]?.sender.sourceArn, `arn:aws:events:eu-west-1:123456789012:rule/shop/rule`);
    });

    it("gives targets what they ask for of an event", async () => {
        const paths = { id: "$.detail.id", lines: "$.detail.lines", who: "$.detail.absent" };
        const cases: [Partial<Target>, unknown][] = [
            [{ Input: '{"constant":true}' }, { constant: true }],
            [{ InputPath: "$.detail.lines[0]" }, "tea"],
            [
                {
                    InputTransformer: {
                        InputPathsMap: paths,
                        InputTemplate: '{"order":<id>,"all":<lines>,"text":"#<id>"}',
                    },
                },
                { order: "o-1", all: ["tea"], text: "#o-1" },
            ],
            [
                { InputTransformer: { InputPathsMap: paths, InputTemplate: '"Order <id> for <who>."' } },
                "Order o-1 for .",
            ],
            [{ InputTransformer: { InputTemplate: '{"by":"<aws.events.rule-name>"}' } }, { by: "rule" }],
        ];
        for (const [target, expected] of cases) {
            await rule({ source: ["shop"] }, target);
            await put({ id: "o-1", lines: ["tea"] });
            assert.deepEqual(fixture.bodies.at(-1), expected);
        }
    });

    it("tries a target again, ever later, for a day", async () => {
        await rule({ source: ["shop"] });
        fixture.refusal = UNAVAILABLE;
        await put({ n: 1 });
        await fixture.advance(DAY / 2);
        assert.deepEqual(fixture.bodies, []);
        fixture.refusal = undefined;
        await fixture.advance(10 * MINUTE);
        assert.equal(fixture.bodies.length, 1);
    });

    it("puts what cannot be delivered into the dead-letter queue, with the reason", async () => {
        await rule(
            { source: ["shop"] },
            {
                DeadLetterConfig: { Arn: DEAD },
                RetryPolicy: { MaximumRetryAttempts: 2, MaximumEventAgeInSeconds: 3600 },
            },
        );
        for (const [refusal, attempts, condition] of [
            [UNAVAILABLE, "2", "MaximumRetryAttempts"],
            // Nothing will change about that by itself.
            [DENIED, "0", undefined],
        ] as const) {
            fixture.refusal = refusal;
            await put({ n: 1 });
            await fixture.advance(DAY);
            const { attributes = {}, body } = fixture.delivered.at(-1) ?? assert.fail("nothing is in the queue");
            assert.equal(attributes["ERROR_CODE"], refusal.name);
            assert.equal(attributes["ERROR_MESSAGE"], refusal.message);
            assert.equal(attributes["RETRY_ATTEMPTS"], attempts);
            assert.equal(attributes["EXHAUSTED_RETRY_CONDITION"], condition);
            assert.deepEqual((JSON.parse(body) as Record<string, unknown>)["detail"], { n: 1 });
        }
        assert.equal(fixture.delivered.length, 2);
    });

    it("tells of what is lost where there is no dead-letter queue", async () => {
        await rule({ source: ["shop"] });
        fixture.refusal = DENIED;
        await put({ n: 1 });
        assert.match(fixture.lost.join(), /was not delivered: the queue's policy lacks/);
    });

    it("fires rules by their schedules", async () => {
        await fixture.client.send(new PutRuleCommand({ Name: "rule", ScheduleExpression: "rate(5 minutes)" }));
        await fixture.client.send(new PutTargetsCommand({ Rule: "rule", Targets: [{ Id: "q", Arn: QUEUE }] }));
        await fixture.advance(16 * MINUTE);
        const events = fixture.bodies as Record<string, unknown>[];
        assert.deepEqual(
            events.map((event) => [event["detail-type"], event["time"]]),
            ["05", "10", "15"].map((minutes) => ["Scheduled Event", `2026-01-01T00:${minutes}:00Z`]),
        );
        await fixture.client.send(new DisableRuleCommand({ Name: "rule" }));
        await fixture.advance(DAY);
        assert.equal(fixture.bodies.length, 3);
    });

    it("refuses entries one by one, and requests that make no sense as a whole", async () => {
        const Detail = "{}";
        const entries = [
            { Source: "shop", DetailType: "t", Detail },
            { DetailType: "t", Detail },
            { Source: "shop", DetailType: "t", Detail: "[1]" },
            { Source: "aws.s3", DetailType: "t", Detail },
            { Source: "shop", DetailType: "t", Detail, EventBusName: "none" },
        ];
        const { Entries } = await fixture.client.send(new PutEventsCommand({ Entries: entries }));
        assert.deepEqual(
            Entries?.map(({ ErrorCode }) => ErrorCode),
            [
                undefined,
                "InvalidArgument",
                "MalformedDetail",
                "NotAuthorizedForSourceException",
                "ResourceNotFoundException",
            ],
        );
        const eleven = Array.from({ length: 11 }, () => ({ Source: "s", DetailType: "t", Detail }));
        await assert.rejects(fixture.client.send(new PutEventsCommand({ Entries: eleven })), {
            name: "ValidationException",
        });
        const large = [{ Source: "s", DetailType: "t", Detail: JSON.stringify({ x: "x".repeat(1024 * 1024) }) }];
        await assert.rejects(fixture.client.send(new PutEventsCommand({ Entries: large })), /over the limit/);
        await assert.rejects(rule({ source: "shop" }), { name: "InvalidEventPatternException" });
        const wrong = new PutRuleCommand({ Name: "r", ScheduleExpression: "every day" });
        await assert.rejects(fixture.client.send(wrong), { name: "ValidationException" });
    });

    it("describes rules and their targets, and deletes what has none any more", async () => {
        await rule({ source: ["shop"] });
        const { client } = fixture;
        const described = await client.send(new DescribeRuleCommand({ Name: "rule" }));
        assert.deepEqual([described.State, described.EventPattern], ["ENABLED", '{"source":["shop"]}']);
        const { Targets } = await client.send(new ListTargetsByRuleCommand({ Rule: "rule" }));
        assert.deepEqual(Targets, [{ Id: "q", Arn: QUEUE }]);
        await assert.rejects(client.send(new DeleteRuleCommand({ Name: "rule" })), /since it has targets/);
        await client.send(new RemoveTargetsCommand({ Rule: "rule", Ids: ["q"] }));
        await client.send(new DeleteRuleCommand({ Name: "rule" }));
        assert.deepEqual((await client.send(new ListRulesCommand())).Rules, []);
        const Event = JSON.stringify({ source: "shop" });
        const test = new TestEventPatternCommand({ EventPattern: '{"source":["shop"]}', Event });
        assert.equal((await client.send(test)).Result, true);
    });

    it("goes on with what was on its way when it ended", async () => {
        const directory = await mkdtemp(join(tmpdir(), "events-"));
        const open = () => DiskStore.open(directory, { stack: "s", ...PLACE });
        const store = await open();
        await fixture.close();
        fixture = await EventsFixture.start(store);
        await rule({ source: ["shop"] });
        await put({ n: 1 });
        fixture.refusal = UNAVAILABLE;
        await put({ n: 2 });
        await fixture.close();
        await store.close();

        const again = await open();
        fixture = await EventsFixture.start(again);
        await rule({ source: ["shop"] });
        fixture.events.resume();
        await fixture.advance(MINUTE);
        assert.deepEqual(
            (fixture.bodies as Record<string, unknown>[]).map(({ detail }) => detail),
            [{ n: 2 }],
        );
        await again.close();
        await rm(directory, { recursive: true });
    });
});
