import { ServiceError } from "../errors";
import type { AccessRequest, JsonObject, Operation, QueryService } from "../service";
import { confirm } from "./links";
import { type Attributes, type Protocol, PROTOCOLS, type Topic } from "./model";
import { addPermission, removePermission } from "./permissions";
import { readBatch, readPublication } from "./publications";
import { structures, textList, textMap } from "./query-input";
import { invalidParameter } from "./refusals";
import type { Published, Sns } from "./sns";
import { subscriptionAttributes, subscriptionSummary, topicAttributes } from "./descriptions";

const PAGE_SIZE = 100;

/** The API: https://docs.aws.amazon.com/sns/latest/api/API_Operations.html */
export function snsService(sns: Sns, { account }: { account: string }): QueryService {
    return {
        protocol: "query",
        signingName: "sns",
        xmlNamespace: "http://sns.amazonaws.com/doc/2010-03-31/",
        operations: {
            ...topicOperations(sns, account),
            ...subscriptionOperations(sns, account),
            ...publishOperations(sns),
            ...tagOperations(sns),
        },
    };
}

function topicOperations({ topics }: Sns, account: string): Record<string, Operation> {
    const onTopic = onTopicOf(topics);
    return {
        CreateTopic: {
            access: (input) => [{ action: "sns:CreateTopic", resource: topics.arnOf(String(input["Name"])) }],
            run: (input) => {
                const name = topicName(input);
                const attributes = textMap(input, "Attributes");
                const old = topics.find(topics.arnOf(name));
                if (old !== undefined && !agrees(old, attributes)) {
                    throw invalidParameter("Attributes Reason: Topic already exists with different attributes");
                }
                return { TopicArn: (old ?? topics.put(name, attributes, tagsOf(input))).arn };
            },
        },
        DeleteTopic: {
            access: onTopic("sns:DeleteTopic"),
            run: (input) => {
                topics.remove(String(input["TopicArn"]));
                return {};
            },
        },
        ListTopics: {
            access: () => [{ action: "sns:ListTopics", resource: "*" }],
            run: (input) => {
                const { items, next } = page(topics.all, input);
                return { Topics: items.map(({ arn }) => ({ TopicArn: arn })), NextToken: next };
            },
        },
        GetTopicAttributes: {
            access: onTopic("sns:GetTopicAttributes"),
            run: (input) => {
                const topic = topics.get(String(input["TopicArn"]));
                return { Attributes: topicAttributes(topic, topics.subscribers(topic.arn), account) };
            },
        },
        SetTopicAttributes: {
            access: onTopic("sns:SetTopicAttributes"),
            run: (input) => {
                const topic = topics.get(String(input["TopicArn"]));
                topics.keep({ ...topic, attributes: withAttribute(topic.attributes, input) });
                return {};
            },
        },
        AddPermission: {
            access: onTopic("sns:AddPermission"),
            run: (input) => {
                const topic = topics.get(String(input["TopicArn"]));
                const accounts = textList(input, "AWSAccountId");
                topics.keep(addPermission(topic, String(input["Label"]), accounts, textList(input, "ActionName")));
                return {};
            },
        },
        RemovePermission: {
            access: onTopic("sns:RemovePermission"),
            run: (input) => {
                topics.keep(removePermission(topics.get(String(input["TopicArn"])), String(input["Label"])));
                return {};
            },
        },
    };
}

function subscriptionOperations(sns: Sns, account: string): Record<string, Operation> {
    const { topics } = sns;
    const onTopic = onTopicOf(topics);
    const onSubscription =
        (action: string) =>
        (input: JsonObject): AccessRequest[] => [{ action, resource: String(input["SubscriptionArn"]) }];
    const list = (input: JsonObject, topicArn?: string): JsonObject => {
        const { items, next } = page(topics.subscribers(topicArn), input);
        const summaries = items.map(({ subscription }) => subscriptionSummary(subscription, account));
        return { Subscriptions: summaries, NextToken: next };
    };
    return {
        Subscribe: {
            access: onTopic("sns:Subscribe"),
            run: (input) => {
                const subscription = sns.subscribe({
                    topicArn: String(input["TopicArn"]),
                    protocol: protocolOf(input),
                    endpoint: String(input["Endpoint"] ?? ""),
                    attributes: textMap(input, "Attributes"),
                });
                const isTold = subscription.isConfirmed || input["ReturnSubscriptionArn"] === "true";
                return { SubscriptionArn: isTold ? subscription.arn : "pending confirmation" };
            },
        },
        ConfirmSubscription: {
            access: onTopic("sns:ConfirmSubscription"),
            run: (input) => {
                topics.get(String(input["TopicArn"]));
                const arn = confirm(topics, String(input["TopicArn"]), String(input["Token"]));
                if (arn === undefined) throw invalidParameter("Token");
                return { SubscriptionArn: arn };
            },
        },
        Unsubscribe: {
            access: onSubscription("sns:Unsubscribe"),
            run: (input) => {
                const arn = String(input["SubscriptionArn"]);
                if (topics.subscriber(arn) !== undefined) topics.unsubscribe(arn);
                return {};
            },
        },
        ListSubscriptions: {
            access: () => [{ action: "sns:ListSubscriptions", resource: "*" }],
            run: (input) => list(input),
        },
        ListSubscriptionsByTopic: {
            access: onTopic("sns:ListSubscriptionsByTopic"),
            run: (input) => list(input, topics.get(String(input["TopicArn"])).arn),
        },
        GetSubscriptionAttributes: {
            access: onSubscription("sns:GetSubscriptionAttributes"),
            run: (input) => {
                const subscription = topics.subscription(String(input["SubscriptionArn"]));
                return { Attributes: subscriptionAttributes(subscription, account) };
            },
        },
        SetSubscriptionAttributes: {
            access: onSubscription("sns:SetSubscriptionAttributes"),
            run: (input) => {
                const subscription = topics.subscription(String(input["SubscriptionArn"]));
                topics.keepSubscription({ ...subscription, attributes: withAttribute(subscription.attributes, input) });
                return {};
            },
        },
    };
}

function publishOperations(sns: Sns): Record<string, Operation> {
    const { topics } = sns;
    const access = onTopicOf(topics)("sns:Publish");
    return {
        Publish: {
            access: (input) => access({ TopicArn: topicArnOf(input) }),
            run: (input): JsonObject => {
                const topic = topics.get(topicArnOf(input));
                return { ...sns.publish(topic, readPublication(topic, input)) };
            },
        },
        PublishBatch: {
            access,
            run: (input) => {
                const topic = topics.get(topicArnOf(input));
                const results = readBatch(input).map((entry) => publishOne(sns, topic, entry));
                return {
                    Successful: results.filter((result) => "MessageId" in result),
                    Failed: results.filter((result) => "Code" in result),
                };
            },
        },
    };
}

type BatchResult = ({ Id: string } & Published) | { Id: string; Code: string; Message: string; SenderFault: boolean };

function publishOne(sns: Sns, { arn }: Topic, { id, input }: { id: string; input: JsonObject }): BatchResult {
    try {
        // Anew each time: a FIFO topic counts its messages.
        const topic = sns.topics.get(arn);
        return { Id: id, ...sns.publish(topic, readPublication(topic, input)) };
    } catch (error) {
        if (!(error instanceof ServiceError)) throw error;
        return { Id: id, Code: error.name, Message: error.message, SenderFault: true };
    }
}

function tagOperations({ topics }: Sns): Record<string, Operation> {
    const onResource =
        (action: string) =>
        (input: JsonObject): AccessRequest[] => [{ action, resource: String(input["ResourceArn"]) }];
    return {
        TagResource: {
            access: onResource("sns:TagResource"),
            run: (input) => {
                const topic = topics.get(String(input["ResourceArn"]));
                topics.keep({ ...topic, tags: { ...topic.tags, ...tagsOf(input) } });
                return {};
            },
        },
        UntagResource: {
            access: onResource("sns:UntagResource"),
            run: (input) => {
                const topic = topics.get(String(input["ResourceArn"]));
                const gone = textList(input, "TagKeys");
                const left = Object.entries(topic.tags).filter(([key]) => !gone.includes(key));
                topics.keep({ ...topic, tags: Object.fromEntries(left) });
                return {};
            },
        },
        ListTagsForResource: {
            access: onResource("sns:ListTagsForResource"),
            run: (input) => {
                const { tags } = topics.get(String(input["ResourceArn"]));
                return { Tags: Object.entries(tags).map(([Key, Value]) => ({ Key, Value })) };
            },
        },
    };
}

function onTopicOf(topics: Sns["topics"]): (action: string) => (input: JsonObject) => AccessRequest[] {
    return (action) => (input) => {
        const resource = String(input["TopicArn"]);
        return [{ action, resource, resourcePolicy: topics.find(resource)?.attributes["Policy"] }];
    };
}

function topicArnOf(input: JsonObject): string {
    if (input["PhoneNumber"] !== undefined) {
        throw invalidParameter("PhoneNumber Reason: The local cloud sends no text messages");
    }
    const arn = input["TopicArn"] ?? input["TargetArn"];
    if (arn === undefined) throw invalidParameter("TopicArn or TargetArn Reason: no value for required parameter");
    return String(arn);
}

function topicName(input: JsonObject): string {
    const name = String(input["Name"] ?? "");
    const isFifo = textMap(input, "Attributes")["FifoTopic"] === "true";
    if (!/^[\w-]{1,256}$/.test(isFifo ? name.replace(/\.fifo$/, "") : name)) throw invalidParameter("Topic Name");
    if (isFifo && !name.endsWith(".fifo")) {
        throw invalidParameter(
            "Fifo Topic names must end with .fifo and must be made up of only uppercase and lowercase ASCII letters, numbers, underscores, and hyphens, and must be between 1 and 256 characters long.",
        );
    }
    return name;
}

function protocolOf(input: JsonObject): Protocol {
    const protocol = PROTOCOLS.find((each) => each === input["Protocol"]);
    if (protocol === undefined) {
        throw invalidParameter(`Amazon SNS does not support this protocol string: ${String(input["Protocol"])}`);
    }
    return protocol;
}

function agrees({ attributes }: Topic, given: Attributes): boolean {
    return Object.entries(given).every(([name, value]) => attributes[name] === value);
}

function withAttribute(attributes: Attributes, input: JsonObject): Attributes {
    return { ...attributes, [String(input["AttributeName"])]: String(input["AttributeValue"] ?? "") };
}

function tagsOf(input: JsonObject): Record<string, string> {
    const tags = structures(input, "Tags").map(({ Key = "", Value = "" }) => [Key, Value]);
    return Object.fromEntries(tags) as Record<string, string>;
}

function page<T>(all: T[], input: JsonObject): { items: T[]; next?: string } {
    const from = Number(input["NextToken"] ?? 0);
    const to = from + PAGE_SIZE;
    return { items: all.slice(from, to), next: to < all.length ? String(to) : undefined };
}
