import { randomUUID } from "node:crypto";

import type { Records, Store } from "../store";
import { compileFilter } from "./filter-policy";
import type { Attributes, Protocol, Subscriber, Subscription, Topic } from "./model";
import { invalidParameter, subscriptionDoesNotExist, topicDoesNotExist } from "./refusals";

export interface Place {
    region: string;
    account: string;
}

export interface SubscriptionRequest {
    topicArn: string;
    protocol: Protocol;
    endpoint: string;
    attributes: Attributes;
    /** Default: a new one. */
    arn?: string;
}

/** Those whose endpoint must say that it wants messages. */
const CONFIRMED_BY_ENDPOINT: readonly Protocol[] = ["http", "https", "email", "email-json"];

/** The topics of the account and who has subscribed to them. */
export class Topics {
    readonly #topics = new Map<string, Topic>();
    readonly #subscribers = new Map<string, Subscriber>();
    readonly #keptTopics: Records<Topic>;
    readonly #keptSubscriptions: Records<Subscription>;

    constructor(
        store: Store,
        private readonly place: Place,
    ) {
        this.#keptTopics = store.records("sns/topics");
        this.#keptSubscriptions = store.records("sns/subscriptions");
        for (const [arn, topic] of this.#keptTopics.load()) this.#topics.set(arn, topic);
        for (const [, subscription] of this.#keptSubscriptions.load()) this.#remember(subscription);
    }

    get all(): Topic[] {
        return [...this.#topics.values()];
    }

    /** @throws ServiceError NotFound */
    get(arn: string): Topic {
        const topic = this.#topics.get(arn);
        if (topic === undefined) throw topicDoesNotExist();
        return topic;
    }

    find(arn: string): Topic | undefined {
        return this.#topics.get(arn);
    }

    arnOf(name: string): string {
        return `arn:aws:sns:${this.place.region}:${this.place.account}:${name}`;
    }

    /** Makes a topic, or gives one that exists these attributes and tags. */
    put(name: string, attributes: Attributes, tags: Record<string, string> = {}): Topic {
        const arn = this.arnOf(name);
        const old = this.#topics.get(arn);
        const topic: Topic = {
            arn,
            name,
            attributes: { Policy: defaultPolicy(arn, this.place.account), ...attributes },
            tags,
            deleted: old?.deleted ?? 0,
            sequenceNumber: old?.sequenceNumber ?? 0,
        };
        this.keep(topic);
        return topic;
    }

    /** Call it after a topic has been changed. */
    keep(topic: Topic): void {
        this.#topics.set(topic.arn, topic);
        this.#keptTopics.put(topic.arn, topic);
    }

    remove(arn: string): void {
        for (const { subscription } of this.subscribers(arn)) this.#forget(subscription.arn);
        this.#topics.delete(arn);
        this.#keptTopics.delete(arn);
    }

    /** In the order of their subscribing. */
    subscribers(topicArn?: string): Subscriber[] {
        const all = [...this.#subscribers.values()];
        return topicArn === undefined ? all : all.filter(({ subscription }) => subscription.topicArn === topicArn);
    }

    subscriber(arn: string): Subscriber | undefined {
        return this.#subscribers.get(arn);
    }

    /** @throws ServiceError NotFound */
    subscription(arn: string): Subscription {
        const found = this.#subscribers.get(arn);
        if (found === undefined) throw subscriptionDoesNotExist();
        return found.subscription;
    }

    /**
     * Whoever subscribes again gets the subscription that is there.
     * @throws ServiceError NotFound, or InvalidParameter
     */
    subscribe({ topicArn, protocol, endpoint, attributes, arn }: SubscriptionRequest): Subscription {
        const topic = this.get(topicArn);
        checkSubscription(topic, protocol, endpoint, attributes);
        const same = this.subscribers(topicArn).find(
            ({ subscription: each }) => each.protocol === protocol && each.endpoint === endpoint,
        );
        const subscription: Subscription = {
            arn: arn ?? same?.subscription.arn ?? `${topicArn}:${randomUUID()}`,
            topicArn,
            protocol,
            endpoint,
            attributes,
            isConfirmed: same?.subscription.isConfirmed ?? !CONFIRMED_BY_ENDPOINT.includes(protocol),
            token: same?.subscription.token ?? randomUUID().replace(/-/g, "").repeat(4),
        };
        if (same !== undefined && same.subscription.arn !== subscription.arn) this.#forget(same.subscription.arn);
        this.keepSubscription(subscription);
        return subscription;
    }

    /** Call it after a subscription has been changed. */
    keepSubscription(subscription: Subscription): void {
        this.#remember(subscription);
        this.#keptSubscriptions.put(subscription.arn, subscription);
    }

    unsubscribe(arn: string): void {
        const { topicArn } = this.subscription(arn);
        this.#forget(arn);
        const topic = this.find(topicArn);
        if (topic !== undefined) this.keep({ ...topic, deleted: topic.deleted + 1 });
    }

    #remember(subscription: Subscription): void {
        const wants = compileFilter(subscription.attributes);
        this.#subscribers.set(subscription.arn, { subscription, wants });
    }

    #forget(arn: string): void {
        this.#subscribers.delete(arn);
        this.#keptSubscriptions.delete(arn);
    }
}

function checkSubscription(topic: Topic, protocol: Protocol, endpoint: string, attributes: Attributes): void {
    const isFifoTopic = topic.attributes["FifoTopic"] === "true";
    const isFifoQueue = protocol === "sqs" && endpoint.endsWith(".fifo");
    if (isFifoTopic && protocol !== "sqs") {
        throw invalidParameter(`Invalid protocol type: ${protocol}. FIFO topics deliver to SQS queues only`);
    }
    if (isFifoQueue && !isFifoTopic) {
        throw invalidParameter("Endpoint Reason: FIFO SQS Queues can not be subscribed to standard SNS topics");
    }
    if (["sqs", "lambda", "firehose"].includes(protocol) && !endpoint.startsWith(`arn:aws:${protocol}:`)) {
        throw invalidParameter(`${protocol.toUpperCase()} endpoint ARN`);
    }
    if (["http", "https"].includes(protocol) && !endpoint.startsWith(`${protocol}://`)) {
        throw invalidParameter("Endpoint must match the specified protocol");
    }
    compileFilter(attributes);
}

/** https://docs.aws.amazon.com/sns/latest/dg/sns-access-policy-language-api-permissions-reference.html */
function defaultPolicy(topicArn: string, account: string): string {
    const actions = [
        "GetTopicAttributes",
        "SetTopicAttributes",
        "AddPermission",
        "RemovePermission",
        "DeleteTopic",
        "Subscribe",
        "ListSubscriptionsByTopic",
        "Publish",
    ];
    const statement = {
        Sid: "__default_statement_ID",
        Effect: "Allow",
        Principal: { AWS: "*" },
        Action: actions.map((action) => `SNS:${action}`),
        Resource: topicArn,
        Condition: { StringEquals: { "AWS:SourceOwner": account } },
    };
    return JSON.stringify({ Version: "2008-10-17", Id: "__default_policy_ID", Statement: [statement] });
}
