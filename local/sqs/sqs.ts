import type { Clock } from "../clock";
import { ServiceError } from "../errors";
import type { QueueMessage, QueueSource } from "../polling";
import type { AccessRequest, JsonService, Materialisers } from "../service";
import { MEMORY, type Store } from "../store";
import type { Delivery, Target } from "../targets";
import { sqsMaterialisers } from "./materialisers";
import { receivedMessage } from "./messages";
import { MoveTasks } from "./move-tasks";
import { sqsService } from "./operations";
import type { Queue } from "./queue";
import { Queues } from "./queues";
import { queueDoesNotExist } from "./refusals";

export interface SqsOptions {
    clock: Clock;
    region: string;
    account: string;
    /** Default: nothing is kept. */
    store?: Store;
    faults: { newId(resource: string, content: string): string };
    iam: {
        serviceMayAct(request: {
            service: string;
            action: string;
            resource: string;
            sourceArn: string;
            resourcePolicy: string;
        }): boolean;
        roleMay(roleArn: string, access: AccessRequest, resourcePolicy?: string): { allowed: boolean };
    };
    /** URL of the local endpoint, which queues' URLs begin with. */
    endpoint: () => string;
}

const SEND = "sqs:SendMessage";

/** SQS: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/welcome.html */
export class Sqs {
    readonly service: JsonService;
    readonly materialisers: Materialisers;
    readonly queues: Queues;
    /** For event source mappings and pipes. */
    readonly source: QueueSource;
    /** For other services' deliveries to queues. */
    readonly target: Target;
    readonly #options: SqsOptions;

    constructor(options: SqsOptions) {
        const { clock, region, account, store = MEMORY, faults, endpoint } = options;
        this.#options = options;
        this.queues = new Queues({
            clock,
            store,
            region,
            account,
            newId: (queueArn, body) => faults.newId(queueArn, body),
        });
        const moveTasks = new MoveTasks(this.queues, clock);
        this.service = sqsService({ queues: this.queues, moveTasks, clock, account, endpoint });
        this.materialisers = sqsMaterialisers(this.queues);
        this.source = {
            receive: (queueArn, { maxMessages }) => this.#receive(queueArn, maxMessages),
            delete: (queueArn, handles) => {
                const queue = this.queues.byArn(queueArn);
                for (const handle of handles) queue?.delete(handle);
            },
            onAvailable: (queueArn, listener) => this.#find(queueArn).onAvailable(listener),
        };
        this.target = { deliver: (delivery) => this.#take(delivery) };
    }

    close(): void {
        for (const queue of this.queues.all) queue.close();
    }

    #find(queueArn: string): Queue {
        const queue = this.queues.byArn(queueArn);
        if (queue === undefined) throw queueDoesNotExist();
        return queue;
    }

    #receive(queueArn: string, maxMessages: number): QueueMessage[] {
        const queue = this.queues.byArn(queueArn);
        if (queue === undefined) return [];
        const everything = { system: ["All"], attributes: ["All"] };
        return queue.receive(maxMessages).map((message) => receivedMessage(queue, message, everything));
    }

    #take({
        targetArn,
        sender,
        body,
        attributes = {},
        messageGroupId,
        messageDeduplicationId,
    }: Delivery): Promise<undefined> {
        const queue = this.#find(targetArn);
        this.#requirePermission(queue, sender);
        if (queue.isFifo && messageGroupId === undefined) {
            throw new ServiceError("MissingParameter", "The request must contain the parameter MessageGroupId.");
        }
        queue.send({
            body,
            attributes: Object.fromEntries(
                Object.entries(attributes).map(([name, value]) => [
                    name,
                    typeof value === "string" ? { DataType: "String", StringValue: value } : value,
                ]),
            ),
            groupId: messageGroupId,
            deduplicationId: messageDeduplicationId,
            senderId: sender.service,
        });
        return Promise.resolve(undefined);
    }

    #requirePermission(queue: Queue, { service, sourceArn, roleArn }: Delivery["sender"]): void {
        const { iam } = this.#options;
        const access = { action: SEND, resource: queue.arn };
        const resourcePolicy = queue.attributes["Policy"] || undefined;
        const allowed =
            roleArn === undefined
                ? resourcePolicy !== undefined && iam.serviceMayAct({ ...access, service, sourceArn, resourcePolicy })
                : iam.roleMay(roleArn, access, resourcePolicy).allowed;
        if (allowed) return;
        const statement = {
            Effect: "Allow",
            ...(roleArn === undefined ? { Principal: { Service: service } } : {}),
            Action: SEND,
            Resource: queue.arn,
            ...(roleArn === undefined ? { Condition: { ArnEquals: { "aws:SourceArn": sourceArn } } } : {}),
        };
        throw new ServiceError(
            "AccessDenied",
            `${roleArn ?? `${service} for ${sourceArn}`} is not authorized to perform: ${SEND} on resource: ${queue.arn}. ` +
                `${roleArn === undefined ? "The queue's policy" : "The role"} lacks the statement ${JSON.stringify(statement)}`,
            403,
        );
    }
}
