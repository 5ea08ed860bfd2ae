import assert from "node:assert/strict";

import {
    EventBridgeClient,
    PutRuleCommand,
    PutTargetsCommand,
    RemoveTargetsCommand,
} from "@aws-sdk/client-eventbridge";
import { CreateQueueCommand, DeleteMessageCommand, ReceiveMessageCommand, SQSClient } from "@aws-sdk/client-sqs";

import type { OrdersClient } from "../../commands/demo/orders-client";
import type { FaultRule } from "../../local/faults";
import { OrderEvent } from "../../schemas/events/orders";
import { FeedbackGiven } from "../../schemas/feedback";
import { placing, RunningStack } from "./running-stack";

const QUEUE = "watch";

/** Everything that comes to the shop's bus, through a rule and a queue of the test's own. */
class BusWatch {
    readonly #sqs: SQSClient;
    readonly #events: EventBridgeClient;
    #url = "";

    constructor(private readonly stack: RunningStack) {
        this.#sqs = new SQSClient(stack.administrator);
        this.#events = new EventBridgeClient(stack.administrator);
    }

    async start(): Promise<void> {
        const { region, account, outputs } = this.stack.graph;
        const EventBusName = String(outputs["busName"]);
        const arn = `arn:aws:sqs:${region}:${account}:${QUEUE}`;
        const rule = { Name: QUEUE, EventBusName, EventPattern: JSON.stringify({ source: ["shop"] }) };
        const { RuleArn } = await this.#events.send(new PutRuleCommand(rule));
        const Policy = JSON.stringify({
            Version: "2012-10-17",
            Statement: [
                {
                    Effect: "Allow",
                    Principal: { Service: "events.amazonaws.com" },
                    Action: "sqs:SendMessage",
                    Resource: arn,
                    Condition: { ArnEquals: { "aws:SourceArn": RuleArn } },
                },
            ],
        });
        const created = await this.#sqs.send(new CreateQueueCommand({ QueueName: QUEUE, Attributes: { Policy } }));
        this.#url = created.QueueUrl ?? "";
        await this.#events.send(new PutTargetsCommand({ Rule: QUEUE, EventBusName, Targets: [{ Id: "q", Arn: arn }] }));
    }

    /** The next so many events, in the order of their arrival. */
    async next(count: number): Promise<{ type: string; detail: unknown }[]> {
        const events: { type: string; detail: unknown }[] = [];
        while (events.length < count) {
            const receive = new ReceiveMessageCommand({
                QueueUrl: this.#url,
                MaxNumberOfMessages: 1,
                WaitTimeSeconds: 20,
            });
            for (const { Body = "", ReceiptHandle } of (await this.#sqs.send(receive)).Messages ?? []) {
                const event = JSON.parse(Body) as Record<string, unknown>;
                events.push({ type: String(event["detail-type"]), detail: event["detail"] });
                await this.#sqs.send(new DeleteMessageCommand({ QueueUrl: this.#url, ReceiptHandle }));
            }
        }
        return events;
    }

    async end(): Promise<void> {
        const EventBusName = String(this.stack.graph.outputs["busName"]);
        await this.#events.send(new RemoveTargetsCommand({ Rule: QUEUE, EventBusName, Ids: ["q"] }));
        this.#sqs.destroy();
        this.#events.destroy();
    }
}

describe("what happens in the Orders API", () => {
    let stack: RunningStack;
    let watch: BusWatch;
    let ada: OrdersClient;

    async function start(rules: FaultRule[] = []): Promise<void> {
        stack = await RunningStack.start({}, { faults: { rules } });
        watch = new BusWatch(stack);
        await watch.start();
        ada = await stack.customer("ada@example.com");
    }

    afterEach(async () => {
        await watch.end();
        await stack.close();
    });

    it("is told on the bus: an order's whole story, in its order", async () => {
        await start();
        const { body, headers } = await ada.expect(201, "/v1/orders", placing("events-0001"));
        const path = `/v2/orders/${String(body["id"])}`;
        const change = {
            method: "PATCH",
            headers: { "if-match": headers.get("etag") ?? "" },
            body: { note: "ring twice" },
        };
        await ada.expect(200, path, change);
        await ada.expect(200, `${path}/cancel`, { method: "POST" });
        // The same request again is no new order, and tells nothing.
        await ada.expect(201, "/v1/orders", placing("events-0001"));

        const told = (await watch.next(3)).map(({ detail }) => OrderEvent.parse(detail));
        assert.deepEqual(
            told.map(({ type, data }) => [type, data.orderId, data.version, data.status]),
            [
                ["OrderPlaced", body["id"], 1, "placed"],
                ["OrderChanged", body["id"], 2, "placed"],
                ["OrderCancelled", body["id"], 3, "cancelled"],
            ],
        );
        assert.equal(told[0]?.correlationId, headers.get("x-correlation-id"));
        assert.equal(new Set(told.map(({ id }) => id)).size, 3);
    });

    it("is told where the function dies between the write and its answer", async () => {
        await start([{ on: "invocation", fault: "crash", resource: "*shop-place-order*", attempts: 1 }]);
        // The client learns nothing of its order …
        await ada.expect(502, "/v1/orders", placing("events-0002"));
        // … but it was placed, and so it is told.
        const [event] = await watch.next(1);
        const { body } = await ada.expect(200, "/v1/orders");
        const orders = body["items"] ?? body["orders"];
        assert.ok(Array.isArray(orders));
        const { data } = OrderEvent.parse(event?.detail);
        assert.equal(data.orderId, Reflect.get(Object(orders[0]), "id"));
    });

    it("is told though deliveries fail at first, and by the same id where it is told twice", async () => {
        await start([
            { on: "delivery", fault: "drop", resource: "*:event-bus/*", attempts: 1 },
            { on: "delivery", fault: "crash", resource: "*:watch", attempts: 1 },
        ]);
        const { body } = await ada.expect(201, "/v1/orders", placing("events-0003"));
        const [one, two] = (await watch.next(2)).map(({ detail }) => OrderEvent.parse(detail));
        assert.deepEqual(one, two);
        assert.equal(one?.data.orderId, body["id"]);
    });

    it("comes from the gateway itself where no function is needed", async () => {
        await start();
        const feedback = { rating: 5, comment: "\"Quick\" & 'friendly' — ありがとう" };
        const { body } = await ada.expect(202, "/v2/feedback", { method: "POST", body: feedback });
        const [event] = await watch.next(1);
        assert.equal(event?.type, "FeedbackGiven");
        const { id, data } = FeedbackGiven.parse(event.detail);
        const { customerId, ...rest } = data;
        assert.deepEqual([id, rest], [body["id"], feedback]);
        assert.ok(customerId.length > 0);
        await ada.expect(400, "/v2/feedback", { method: "POST", body: { rating: 9 } });
    });
});
