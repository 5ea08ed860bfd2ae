import type { Activity } from "../activity";
import type { Clock } from "../clock";
import { ServiceError } from "../errors";
import type { AccessRequest, HttpRequest, HttpRoute, Materialisers, QueryService } from "../service";
import { MEMORY, type Store } from "../store";
import type { Delivery, Target } from "../targets";
import { Deliveries } from "./deliveries";
import { confirmation, jsonEnvelope, lambdaEvent, messageFor } from "./envelopes";
import { Fifo } from "./fifo";
import { isWanted } from "./filter-policy";
import { post } from "./http-endpoint";
import { snsMaterialisers } from "./materialisers";
import type { Notification, Subscription, Topic } from "./model";
import { snsService } from "./operations";
import { type Publication, readPublication } from "./publications";
import { answerLink } from "./links";
import { type SubscriptionRequest, Topics } from "./topics";

export interface SnsOptions {
    clock: Clock;
    region: string;
    account: string;
    /** Default: nothing is kept. */
    store?: Store;
    activity: Activity;
    targets: { deliver(delivery: Delivery): Promise<unknown> };
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
    logs: {
        put(logGroupName: string, streamName: string, messages: string[], options: { createGroup: boolean }): boolean;
    };
    /** URL of the local endpoint, which confirmations and unsubscriptions lead to. */
    endpoint: () => string;
}

export interface Published {
    MessageId: string;
    SequenceNumber?: string;
}

const SENDER = "sns.amazonaws.com";
const PUBLISH = "sns:Publish";
/** Where it is told what could not be delivered: SNS itself only counts it. */
const LOST_GROUP = "/aws/sns/undelivered";

/** SNS: https://docs.aws.amazon.com/sns/latest/dg/welcome.html */
export class Sns {
    readonly service: QueryService;
    readonly materialisers: Materialisers;
    readonly topics: Topics;
    /** For other services' deliveries to topics. */
    readonly target: Target;
    /** Serves the links in messages, which anybody may follow. */
    readonly route: HttpRoute;
    readonly #options: SnsOptions;
    readonly #deliveries: Deliveries;
    readonly #fifo: Fifo;

    constructor(options: SnsOptions) {
        const { clock, store = MEMORY, targets } = options;
        this.#options = options;
        this.topics = new Topics(store, options);
        this.#fifo = new Fifo(this.topics, clock, store);
        this.#deliveries = new Deliveries({
            clock,
            store,
            find: (subscriptionArn) => {
                const subscription = this.topics.subscriber(subscriptionArn)?.subscription;
                const topic = subscription === undefined ? undefined : this.topics.find(subscription.topicArn);
                return topic === undefined || subscription === undefined ? undefined : { topic, subscription };
            },
            send: (notification, subscription, attempt) => this.#send(notification, subscription, attempt),
            deliver: (delivery) => targets.deliver(delivery),
            bodyFor: (notification, subscription) => this.#bodyFor(notification, subscription),
            lost: (text) => this.#lost(text),
        });
        this.target = { deliver: (delivery) => this.#receive(delivery) };
        this.route = (request: HttpRequest) => answerLink(this.topics, request);
        this.materialisers = snsMaterialisers(this);
        this.service = snsService(this, options);
    }

    /** Takes a message to all that want it. What it answers is given before they have it. */
    publish(topic: Topic, publication: Publication): Published {
        const { clock, faults } = this.#options;
        const sent = this.#fifo.sentBefore(topic, publication);
        if (sent !== undefined) return sent;
        const id = faults.newId(topic.arn, publication.message);
        const published = this.#fifo.number(topic, publication, id);
        const notification: Notification = {
            ...publication,
            id,
            topicArn: topic.arn,
            publishedAt: clock.now(),
            sequenceNumber: published.SequenceNumber,
            deduplicationId: this.#fifo.deduplicationId(topic, publication),
        };
        for (const { subscription, wants } of this.topics.subscribers(topic.arn)) {
            const scope = subscription.attributes["FilterPolicyScope"];
            if (!subscription.isConfirmed || !isWanted(wants, scope, notification)) continue;
            this.#deliveries.accept(`${id}/${subscription.arn}`, subscription, notification);
        }
        return published;
    }

    /** Subscribes an endpoint; one outside AWS is asked whether it wants that. */
    subscribe(request: SubscriptionRequest): Subscription {
        const subscription = this.topics.subscribe(request);
        if (!subscription.isConfirmed) void this.#askToConfirm(subscription);
        return subscription;
    }

    /** Goes on with what an earlier run has left. Call it once the topics exist. */
    resume(): void {
        this.#deliveries.resume();
    }

    close(): void {
        this.#deliveries.close();
    }

    async #askToConfirm(subscription: Subscription): Promise<void> {
        const { protocol, endpoint, topicArn } = subscription;
        const { faults, clock } = this.#options;
        const id = faults.newId(topicArn, endpoint);
        const message = confirmation(subscription, id, clock.now(), this.#links);
        if (protocol !== "http" && protocol !== "https") {
            const link = message["SubscribeURL"] ?? "";
            return this.#lost(`Nothing is sent to ${endpoint} by ${protocol}. To confirm the subscription: ${link}`);
        }
        try {
            await this.#post(endpoint, httpHeaders("SubscriptionConfirmation", id, topicArn), JSON.stringify(message));
        } catch (error) {
            this.#lost(`${endpoint} was not asked to confirm its subscription: ${String(error)}`);
        }
    }

    #post(url: string, headers: Record<string, string>, body: string): Promise<void> {
        return this.#options.activity.during(post(url, headers, body));
    }

    get #links(): { endpoint: string } {
        return { endpoint: this.#options.endpoint() };
    }

    #lost(text: string): void {
        this.#options.logs.put(LOST_GROUP, "messages", [text], { createGroup: true });
    }

    async #send(
        notification: Notification,
        subscription: Subscription,
        { id, attempt }: { id: string; attempt: number },
    ): Promise<void> {
        const { protocol, endpoint, topicArn, attributes } = subscription;
        const body = this.#bodyFor(notification, subscription);
        if (protocol === "http" || protocol === "https") {
            const headers = httpHeaders("Notification", notification.id, topicArn, subscription);
            return this.#post(endpoint, headers, body);
        }
        if (!["sqs", "lambda", "firehose"].includes(protocol)) {
            return this.#lost(`Nothing is sent to ${endpoint} by ${protocol}: ${body}`);
        }
        const roleArn = attributes["SubscriptionRoleArn"];
        await this.#options.targets.deliver({
            id,
            attempt,
            targetArn: endpoint,
            sender: { service: SENDER, sourceArn: topicArn, ...(roleArn === undefined ? {} : { roleArn }) },
            body,
            ...(isRaw(subscription) ? { attributes: notification.attributes } : {}),
            messageGroupId: notification.groupId,
            messageDeduplicationId: notification.deduplicationId,
        });
    }

    #bodyFor(notification: Notification, subscription: Subscription): string {
        if (subscription.protocol === "lambda") return lambdaEvent(notification, subscription, this.#links);
        return isRaw(subscription)
            ? messageFor(notification, subscription)
            : jsonEnvelope(notification, subscription, this.#links);
    }

    #receive({
        targetArn,
        sender,
        body,
        attributes = {},
        messageGroupId,
        messageDeduplicationId,
    }: Delivery): Promise<undefined> {
        const topic = this.topics.get(targetArn);
        this.#requirePermission(topic, sender);
        const publication = readPublication(topic, {
            Message: body,
            MessageGroupId: messageGroupId,
            MessageDeduplicationId: messageDeduplicationId,
        });
        const typed = Object.entries(attributes).map(([name, value]) => [
            name,
            typeof value === "string" ? { DataType: "String", StringValue: value } : value,
        ]);
        this.publish(topic, { ...publication, attributes: Object.fromEntries(typed) as Publication["attributes"] });
        return Promise.resolve(undefined);
    }

    #requirePermission(topic: Topic, { service, sourceArn, roleArn }: Delivery["sender"]): void {
        const { iam } = this.#options;
        const access = { action: PUBLISH, resource: topic.arn };
        const resourcePolicy = topic.attributes["Policy"] ?? "";
        const allowed =
            roleArn === undefined
                ? resourcePolicy !== "" && iam.serviceMayAct({ ...access, service, sourceArn, resourcePolicy })
                : iam.roleMay(roleArn, access, resourcePolicy).allowed;
        if (allowed) return;
        const principal = roleArn === undefined ? { Principal: { Service: service } } : {};
        const statement = { Effect: "Allow", ...principal, Action: PUBLISH, Resource: topic.arn };
        throw new ServiceError(
            "AuthorizationError",
            `${roleArn ?? `${service} for ${sourceArn}`} is not authorized to perform: ${PUBLISH} on resource: ${topic.arn}. ` +
                `${roleArn === undefined ? "The topic's policy" : "The role"} lacks the statement ${JSON.stringify(statement)}`,
            403,
        );
    }
}

function isRaw({ attributes }: Subscription): boolean {
    return attributes["RawMessageDelivery"]?.toLowerCase() === "true";
}

/** https://docs.aws.amazon.com/sns/latest/dg/http-header.html */
function httpHeaders(
    type: string,
    messageId: string,
    topicArn: string,
    subscription?: Subscription,
): Record<string, string> {
    return {
        "content-type": "text/plain; charset=UTF-8",
        "user-agent": "Amazon Simple Notification Service Agent",
        "x-amz-sns-message-type": type,
        "x-amz-sns-message-id": messageId,
        "x-amz-sns-topic-arn": topicArn,
        ...(subscription === undefined ? {} : { "x-amz-sns-subscription-arn": subscription.arn }),
        ...(subscription !== undefined && isRaw(subscription) ? { "x-amz-sns-rawdelivery": "true" } : {}),
    };
}
