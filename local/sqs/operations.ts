import type { Clock } from "../clock";
import { ServiceError } from "../errors";
import type { AccessRequest, JsonObject, JsonService, Operation, RequestContext } from "../service";
import { checkAttributes, describeAttributes } from "./attributes";
import { runBatch } from "./batches";
import { readMessage, receivedMessage, sentMessage, sizeOf } from "./messages";
import type { QueueAttributes } from "./model";
import type { MoveTasks } from "./move-tasks";
import { addPermission, removePermission } from "./permissions";
import type { Queue } from "./queue";
import type { Queues } from "./queues";
import { invalidValue, missingParameter, queryErrorHeader, queueDoesNotExist } from "./refusals";

/** https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-messages.html */
const MOST_BATCH_BYTES = 1_048_576;

type Run = (queue: Queue, input: JsonObject, context: RequestContext) => JsonObject | Promise<JsonObject>;

export interface SqsTools {
    queues: Queues;
    moveTasks: MoveTasks;
    clock: Clock;
    account: string;
    endpoint: () => string;
}

/** https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_Operations.html */
export function sqsService(tools: SqsTools): JsonService {
    const { queues, moveTasks } = tools;
    const urlOf = ({ name }: Queue): string => `${tools.endpoint()}/${tools.account}/${name}`;
    const accessTo = (action: string, queue: Queue | undefined, resource: string): AccessRequest => ({
        action: `sqs:${action}`,
        resource,
        resourcePolicy: queue?.attributes["Policy"] || undefined,
    });
    /** @param action Batches need the right to their single form. */
    const onQueue = (name: string, run: Run, action = name.replace(/Batch$/, "")): [string, Operation] => [
        name,
        {
            access: (input) => {
                const queueName = String(input["QueueUrl"]).split("/").at(-1) ?? "";
                return [accessTo(action, queues.get(queueName), queues.arnOf(queueName))];
            },
            run: (input, context) => run(queues.byUrl(input["QueueUrl"]), input, context),
        },
    ];
    const byName = (name: string, run: (input: JsonObject) => JsonObject): [string, Operation] => [
        name,
        {
            access: (input) => {
                const queueName =
                    String(input["QueueName"] ?? input["SourceArn"] ?? "*")
                        .split(":")
                        .at(-1) ?? "";
                return [accessTo(name, queues.get(queueName), queues.arnOf(queueName))];
            },
            run,
        },
    ];
    return {
        protocol: "json",
        signingName: "sqs",
        targetPrefix: "AmazonSQS",
        contentType: "application/x-amz-json-1.0",
        errorHeaders: queryErrorHeader,
        operations: Object.fromEntries([
            byName("CreateQueue", (input) => ({ QueueUrl: urlOf(createQueue(queues, input)) })),
            byName("GetQueueUrl", ({ QueueName }) => {
                const queue = queues.get(String(QueueName));
                if (queue === undefined) throw queueDoesNotExist();
                return { QueueUrl: urlOf(queue) };
            }),
            byName("ListQueues", ({ QueueNamePrefix, MaxResults, NextToken }) => {
                const all = queues.all.filter(({ name }) => name.startsWith(String(QueueNamePrefix ?? ""))).map(urlOf);
                return page("QueueUrls", all, MaxResults, NextToken);
            }),
            onQueue("DeleteQueue", ({ name }) => {
                queues.remove(name);
                return {};
            }),
            onQueue("GetQueueAttributes", (queue, { AttributeNames }) => {
                const attributes = describeAttributes(queue, texts(AttributeNames));
                return Object.keys(attributes).length === 0 ? {} : { Attributes: attributes };
            }),
            onQueue("SetQueueAttributes", (queue, { Attributes }) => {
                const attributes = { ...Object(Attributes) } as QueueAttributes;
                checkAttributes(attributes);
                queue.attributes = { ...queue.attributes, ...attributes };
                queue.lastModified = tools.clock.now();
                queues.keep(queue);
                return {};
            }),
            onQueue("PurgeQueue", (queue) => {
                queue.purge();
                return {};
            }),
            onQueue("SendMessage", (queue, input, { caller }) =>
                sentMessage(queue.send(readMessage(queue, input, caller.userId))),
            ),
            onQueue("SendMessageBatch", (queue, { Entries }, { caller }) => sendBatch(queue, Entries, caller.userId)),
            onQueue("ReceiveMessage", (queue, input, context) => receive(queue, input, context, tools.clock)),
            onQueue("DeleteMessage", (queue, { ReceiptHandle }) => {
                queue.delete(String(ReceiptHandle));
                return {};
            }),
            onQueue("DeleteMessageBatch", (queue, { Entries }) =>
                runBatch(Entries, ({ ReceiptHandle }) => {
                    queue.delete(String(ReceiptHandle));
                    return {};
                }),
            ),
            onQueue("ChangeMessageVisibility", (queue, input) => changeVisibility(queue, input)),
            onQueue("ChangeMessageVisibilityBatch", (queue, { Entries }) =>
                runBatch(Entries, (entry) => changeVisibility(queue, entry)),
            ),
            onQueue("TagQueue", (queue, { Tags }) => {
                for (const [key, value] of Object.entries(Object(Tags))) queue.tags.set(key, String(value));
                return {};
            }),
            onQueue("UntagQueue", (queue, { TagKeys }) => {
                for (const key of texts(TagKeys)) queue.tags.delete(key);
                return {};
            }),
            onQueue("ListQueueTags", (queue) => ({ Tags: Object.fromEntries(queue.tags) })),
            onQueue("AddPermission", (queue, input) => addPermission(queue, input)),
            onQueue("RemovePermission", (queue, { Label }) => removePermission(queue, String(Label))),
            onQueue("ListDeadLetterSourceQueues", (queue, { MaxResults, NextToken }) => {
                const sources = queues.all.filter(
                    ({ redrivePolicy }) => redrivePolicy?.deadLetterTargetArn === queue.arn,
                );
                return page("queueUrls", sources.map(urlOf), MaxResults, NextToken);
            }),
            byName("StartMessageMoveTask", (input) => moveTasks.start(input)),
            byName("ListMessageMoveTasks", (input) => moveTasks.list(input)),
            byName("CancelMessageMoveTask", (input) => moveTasks.cancel(input)),
        ]),
    };
}

function createQueue(queues: Queues, input: JsonObject): Queue {
    const name = String(input["QueueName"] ?? "");
    const attributes = { ...Object(input["Attributes"]) } as QueueAttributes;
    checkAttributes(attributes);
    const isFifo = attributes["FifoQueue"] === "true";
    if (!/^[\w-]{1,80}$/.test(isFifo ? name.replace(/\.fifo$/, "") : name) || isFifo !== name.endsWith(".fifo")) {
        throw new ServiceError(
            "InvalidParameterValue",
            "The name of a FIFO queue can only include alphanumeric characters, hyphens, or underscores, must end with " +
                ".fifo suffix and be 1 to 80 in length.",
        );
    }
    const existing = queues.get(name);
    const differs = Object.entries(attributes).find(([key, value]) => existing?.attributes[key] !== value);
    if (existing !== undefined && differs !== undefined) {
        throw new ServiceError(
            "QueueNameExists",
            `A queue already exists with the same name and a different value for attribute ${differs[0]}`,
        );
    }
    const queue = existing ?? queues.put(name, attributes);
    for (const [key, value] of Object.entries(Object(input["tags"]))) queue.tags.set(key, String(value));
    queues.keep(queue);
    return queue;
}

function sendBatch(queue: Queue, entries: unknown, senderId: string): JsonObject {
    const list = Array.isArray(entries) ? entries : [];
    const total = list.reduce<number>(
        (sum, entry) => sum + sizeOf(String(Reflect.get(Object(entry), "MessageBody")), {}),
        0,
    );
    if (total > MOST_BATCH_BYTES) {
        throw new ServiceError(
            "BatchRequestTooLong",
            `Batch requests cannot be longer than ${MOST_BATCH_BYTES} bytes. You have sent ${total} bytes.`,
        );
    }
    return runBatch(entries, (entry) => sentMessage(queue.send(readMessage(queue, entry, senderId))));
}

async function receive(queue: Queue, input: JsonObject, context: RequestContext, clock: Clock): Promise<JsonObject> {
    const most = whole("MaxNumberOfMessages", input["MaxNumberOfMessages"] ?? 1, 1, 10);
    const wait = whole(
        "WaitTimeSeconds",
        input["WaitTimeSeconds"] ?? queue.seconds("ReceiveMessageWaitTimeSeconds"),
        0,
        20,
    );
    const { VisibilityTimeout: visibility } = input;
    const seconds = visibility === undefined ? undefined : whole("VisibilityTimeout", visibility, 0, 43_200);
    const asked = {
        system: [...texts(input["AttributeNames"]), ...texts(input["MessageSystemAttributeNames"])],
        attributes: texts(input["MessageAttributeNames"]),
    };
    const poll = (): JsonObject[] =>
        queue.receive(most, seconds).map((message) => ({ ...receivedMessage(queue, message, asked) }));
    let messages = poll();
    const until = clock.now() + wait * 1000;
    while (messages.length === 0 && clock.now() < until) {
        await context.waitForClock(available(queue, clock, until - clock.now()));
        messages = poll();
    }
    return messages.length === 0 ? {} : { Messages: messages };
}

function available(queue: Queue, clock: Clock, ms: number): Promise<void> {
    return new Promise((resolve) => {
        const timer = clock.after(ms, () => finish());
        const stop = queue.onAvailable(() => finish());
        const finish = (): void => {
            timer.cancel();
            stop();
            resolve();
        };
    });
}

function changeVisibility(queue: Queue, { ReceiptHandle: handle, VisibilityTimeout: seconds }: JsonObject): JsonObject {
    if (handle === undefined) throw missingParameter("ReceiptHandle");
    queue.changeVisibility(String(handle), whole("VisibilityTimeout", seconds, 0, 43_200));
    return {};
}

function whole(name: string, value: unknown, least: number, most: number): number {
    if (typeof value === "number" && Number.isInteger(value) && value >= least && value <= most) return value;
    throw invalidValue(name, value, `Must be >= ${least} and <= ${most}, if provided.`);
}

function texts(value: unknown): string[] {
    return Array.isArray(value) ? value.map(String) : [];
}

function page(member: string, all: string[], limit: unknown, token: unknown): JsonObject {
    const from = typeof token === "string" ? Number(Buffer.from(token, "base64").toString()) : 0;
    const count = typeof limit === "number" ? limit : 1000;
    const to = from + count;
    return {
        [member]: all.slice(from, to),
        ...(typeof limit === "number" && to < all.length
            ? { NextToken: Buffer.from(String(to)).toString("base64") }
            : {}),
    };
}
