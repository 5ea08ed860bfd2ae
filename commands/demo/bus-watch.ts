import type { Graph } from "../../graph/model";
import type { LocalCloud } from "../../local/cloud";

/** Events are given to a reader in the order of their arrival; a reader waits for one as long as this, in seconds. */
const LONGEST_WAIT_SECONDS = 10;

/** What comes to the stack's event bus, by a rule and a queue of its own. */
export class BusWatch {
    #queueUrl = "";

    constructor(
        private readonly cloud: LocalCloud,
        private readonly graph: Graph,
    ) {}

    async start(): Promise<void> {
        const { region, account, outputs } = this.graph;
        const name = "demo-watch";
        const arn = `arn:aws:sqs:${region}:${account}:${name}`;
        const on = { EventBusName: String(outputs["busName"]) };
        const EventPattern = JSON.stringify({ source: ["shop"] });
        await this.cloud.call("events", "PutRule", { ...on, Name: name, EventPattern });
        const principal = { Service: "events.amazonaws.com" };
        const statement = { Effect: "Allow", Principal: principal, Action: "sqs:SendMessage", Resource: arn };
        const Policy = JSON.stringify({ Version: "2012-10-17", Statement: [statement] });
        const created = await this.cloud.call("sqs", "CreateQueue", { QueueName: name, Attributes: { Policy } });
        this.#queueUrl = String(created["QueueUrl"]);
        await this.cloud.call("events", "PutTargets", { ...on, Rule: name, Targets: [{ Id: "queue", Arn: arn }] });
    }

    /** Types of the next so many events; fewer where no more come. */
    async next(count: number): Promise<string[]> {
        const types: string[] = [];
        while (types.length < count) {
            const request = {
                QueueUrl: this.#queueUrl,
                MaxNumberOfMessages: 10,
                WaitTimeSeconds: LONGEST_WAIT_SECONDS,
            };
            const { Messages = [] } = (await this.cloud.call("sqs", "ReceiveMessage", request)) as {
                Messages?: { Body: string; ReceiptHandle: string }[];
            };
            if (Messages.length === 0) return types;
            for (const { Body, ReceiptHandle } of Messages) {
                types.push(String((JSON.parse(Body) as Record<string, unknown>)["detail-type"]));
                await this.cloud.call("sqs", "DeleteMessage", { QueueUrl: this.#queueUrl, ReceiptHandle });
            }
        }
        return types;
    }
}
