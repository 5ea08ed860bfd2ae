import type { MessageAttribute } from "../polling";

/** A message as it is kept. Times are milliseconds since 1970-01-01 UTC. */
export interface Message {
    id: string;
    body: string;
    md5OfBody: string;
    attributes: Record<string, MessageAttribute>;
    md5OfAttributes?: string;
    senderId: string;
    sentAt: number;
    /** When it can be received, again where it was already. */
    visibleAt: number;
    receiveCount: number;
    firstReceivedAt?: number;
    groupId?: string;
    deduplicationId?: string;
    sequenceNumber?: string;
    /** ARN of the queue that it was a dead letter of. */
    deadLetterSource?: string;
    traceHeader?: string;
}

/** What is to be sent. */
export interface NewMessage {
    body: string;
    attributes?: Record<string, MessageAttribute>;
    delaySeconds?: number;
    groupId?: string;
    deduplicationId?: string;
    traceHeader?: string;
    senderId: string;
}

/** Attributes of a queue as its API has them: all of them text. */
export type QueueAttributes = Record<string, string>;

/** https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SetQueueAttributes.html */
export const DEFAULT_ATTRIBUTES: QueueAttributes = {
    DelaySeconds: "0",
    MaximumMessageSize: "1048576",
    MessageRetentionPeriod: "345600",
    ReceiveMessageWaitTimeSeconds: "0",
    VisibilityTimeout: "30",
    SqsManagedSseEnabled: "true",
};

export const FIFO_DEFAULTS: QueueAttributes = {
    FifoQueue: "true",
    ContentBasedDeduplication: "false",
    DeduplicationScope: "queue",
    FifoThroughputLimit: "perQueue",
};
