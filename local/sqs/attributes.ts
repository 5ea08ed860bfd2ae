import { ServiceError } from "../errors";
import type { QueueAttributes } from "./model";
import type { Queue } from "./queue";

/** https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SetQueueAttributes.html */
const RANGES: Record<string, [least: number, most: number]> = {
    DelaySeconds: [0, 900],
    MaximumMessageSize: [1024, 1_048_576],
    MessageRetentionPeriod: [60, 1_209_600],
    ReceiveMessageWaitTimeSeconds: [0, 20],
    VisibilityTimeout: [0, 43_200],
    KmsDataKeyReusePeriodSeconds: [60, 86_400],
};

const BOOLEANS = ["FifoQueue", "ContentBasedDeduplication", "SqsManagedSseEnabled"];
const TEXTS = [
    "Policy",
    "RedrivePolicy",
    "RedriveAllowPolicy",
    "KmsMasterKeyId",
    "DeduplicationScope",
    "FifoThroughputLimit",
];
const READ_ONLY = [
    "ApproximateNumberOfMessages",
    "ApproximateNumberOfMessagesDelayed",
    "ApproximateNumberOfMessagesNotVisible",
    "CreatedTimestamp",
    "LastModifiedTimestamp",
    "QueueArn",
];

/** @throws ServiceError InvalidAttributeName, InvalidAttributeValue */
export function checkAttributes(attributes: QueueAttributes): void {
    for (const [name, value] of Object.entries(attributes)) {
        const range = RANGES[name];
        const isKnown = range !== undefined || BOOLEANS.includes(name) || TEXTS.includes(name);
        if (!isKnown) throw new ServiceError("InvalidAttributeName", `Unknown Attribute ${name}.`);
        const isValid =
            range === undefined
                ? TEXTS.includes(name) || value === "true" || value === "false"
                : /^\d+$/.test(value) && Number(value) >= range[0] && Number(value) <= range[1];
        if (!isValid) throw invalidValue(name);
        if (["Policy", "RedrivePolicy", "RedriveAllowPolicy"].includes(name) && value !== "") checkJson(name, value);
    }
}

function checkJson(name: string, value: string): void {
    let parsed: unknown;
    try {
        parsed = JSON.parse(value);
    } catch {
        throw invalidValue(name);
    }
    if (name !== "RedrivePolicy") return;
    const most = Number(Reflect.get(Object(parsed), "maxReceiveCount"));
    const target: unknown = Reflect.get(Object(parsed), "deadLetterTargetArn");
    if (typeof target !== "string" || !Number.isInteger(most) || most < 1 || most > 1000) throw invalidValue(name);
}

function invalidValue(name: string): ServiceError {
    return new ServiceError("InvalidAttributeValue", `Invalid value for the parameter ${name}.`);
}

/** @param names `All`, or single ones; none are named where nothing is asked for. */
export function describeAttributes(queue: Queue, names: string[]): QueueAttributes {
    const { visible, inFlight, delayed } = queue.counts;
    const { FifoQueue, ...attributes } = queue.attributes;
    const all: QueueAttributes = {
        ...attributes,
        ...(FifoQueue === "true" ? { FifoQueue } : {}),
        ApproximateNumberOfMessages: String(visible),
        ApproximateNumberOfMessagesNotVisible: String(inFlight),
        ApproximateNumberOfMessagesDelayed: String(delayed),
        CreatedTimestamp: String(Math.floor(queue.createdAt / 1000)),
        LastModifiedTimestamp: String(Math.floor(queue.lastModified / 1000)),
        QueueArn: queue.arn,
    };
    const known = [...Object.keys(RANGES), ...BOOLEANS, ...TEXTS, ...READ_ONLY, "All"];
    const unknown = names.find((name) => !known.includes(name));
    if (unknown !== undefined) throw new ServiceError("InvalidAttributeName", `Unknown Attribute ${unknown}.`);
    return Object.fromEntries(
        Object.entries(all).filter(([name, value]) => value !== "" && (names.includes("All") || names.includes(name))),
    );
}
