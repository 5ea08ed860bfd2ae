import type { EventPredicate } from "../patterns";

/** Attributes of topics and subscriptions as the API has them: all of them text. */
export type Attributes = Record<string, string>;

/** A topic as it is kept. */
export interface Topic {
    arn: string;
    name: string;
    attributes: Attributes;
    tags: Record<string, string>;
    /** How many subscriptions have ended. */
    deleted: number;
    /** The last that was given, for FIFO topics. */
    sequenceNumber: number;
}

/** https://docs.aws.amazon.com/sns/latest/api/API_Subscribe.html */
export const PROTOCOLS = [
    "http",
    "https",
    "email",
    "email-json",
    "sms",
    "sqs",
    "application",
    "lambda",
    "firehose",
] as const;
export type Protocol = (typeof PROTOCOLS)[number];

/** A subscription as it is kept. */
export interface Subscription {
    arn: string;
    topicArn: string;
    protocol: Protocol;
    endpoint: string;
    attributes: Attributes;
    isConfirmed: boolean;
    /** With which it is confirmed. */
    token: string;
}

/** A subscription with its filter policy understood. */
export interface Subscriber {
    subscription: Subscription;
    /** Tells what it wants; undefined where it wants everything. */
    wants?: EventPredicate;
}

/** https://docs.aws.amazon.com/sns/latest/dg/sns-message-attributes.html */
export interface MessageAttribute {
    /** `String`, `String.Array`, `Number` or `Binary`. */
    DataType: string;
    StringValue?: string;
    /** Base64. */
    BinaryValue?: string;
}

/** What was published, as it goes to subscribers. */
export interface Notification {
    id: string;
    topicArn: string;
    subject?: string;
    message: string;
    /** Messages of their own for some protocols, from `MessageStructure: json`. */
    byProtocol?: Record<string, string>;
    attributes: Record<string, MessageAttribute>;
    /** Milliseconds since 1970-01-01 UTC. */
    publishedAt: number;
    groupId?: string;
    deduplicationId?: string;
    sequenceNumber?: string;
}

export const FIRST_SEQUENCE_NUMBER = 10_000_000_000_000_000_000n;
