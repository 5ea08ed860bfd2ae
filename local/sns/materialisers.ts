import type { GraphValue, Properties, Resource } from "../../graph/model";
import type { Materialisers } from "../service";
import type { Attributes, Protocol } from "./model";
import type { Sns } from "./sns";

/** Attributes by the provider's names for them. */
const TOPIC_ATTRIBUTES: Record<string, string> = {
    archivePolicy: "ArchivePolicy",
    contentBasedDeduplication: "ContentBasedDeduplication",
    deliveryPolicy: "DeliveryPolicy",
    displayName: "DisplayName",
    fifoThroughputScope: "FifoThroughputScope",
    fifoTopic: "FifoTopic",
    kmsMasterKeyId: "KmsMasterKeyId",
    policy: "Policy",
    signatureVersion: "SignatureVersion",
    tracingConfig: "TracingConfig",
};

const SUBSCRIPTION_ATTRIBUTES: Record<string, string> = {
    deliveryPolicy: "DeliveryPolicy",
    filterPolicy: "FilterPolicy",
    filterPolicyScope: "FilterPolicyScope",
    rawMessageDelivery: "RawMessageDelivery",
    redrivePolicy: "RedrivePolicy",
    replayPolicy: "ReplayPolicy",
    subscriptionRoleArn: "SubscriptionRoleArn",
};

/** What makes topics exist here. A topic that exists keeps the subscriptions that came by the API. */
export function snsMaterialisers(sns: Sns): Materialisers {
    const { topics } = sns;
    const putTopic = ({ inputs, outputs }: Resource): void => {
        const tags = Object.entries(Object(inputs["tags"] ?? {})).map(([key, value]) => [key, String(value)]);
        const attributes = attributesOf(inputs, TOPIC_ATTRIBUTES);
        topics.put(String(outputs["name"]), attributes, Object.fromEntries(tags) as Record<string, string>);
    };
    const subscribe = ({ inputs, outputs }: Resource): void => {
        sns.subscribe({
            topicArn: String(inputs["topic"]),
            protocol: String(inputs["protocol"]) as Protocol,
            endpoint: String(inputs["endpoint"]),
            attributes: attributesOf(inputs, SUBSCRIPTION_ATTRIBUTES),
            arn: String(outputs["arn"]),
        });
    };
    const setPolicy = ({ inputs }: Resource): void => {
        const topic = topics.get(String(inputs["arn"]));
        topics.keep({ ...topic, attributes: { ...topic.attributes, Policy: asText(inputs["policy"]) } });
    };
    return {
        "aws:sns/topic:Topic": {
            create: putTopic,
            update: putTopic,
            delete: ({ outputs }) => topics.remove(String(outputs["arn"])),
        },
        "aws:sns/topicSubscription:TopicSubscription": {
            create: subscribe,
            update: subscribe,
            delete: ({ outputs }) => {
                const arn = String(outputs["arn"]);
                if (topics.subscriber(arn) !== undefined) topics.unsubscribe(arn);
            },
        },
        "aws:sns/topicPolicy:TopicPolicy": {
            create: setPolicy,
            update: setPolicy,
            delete: ({ inputs }) => {
                const topic = topics.find(String(inputs["arn"]));
                if (topic === undefined) return;
                const attributes = Object.entries(topic.attributes).filter(([name]) => name !== "Policy");
                topics.put(topic.name, Object.fromEntries(attributes), topic.tags);
            },
        },
    };
}

function attributesOf(inputs: Properties, names: Record<string, string>): Attributes {
    const given = Object.entries(names).filter(([input]) => inputs[input] !== undefined);
    return Object.fromEntries(given.map(([input, name]) => [name, asText(inputs[input])]));
}

function asText(value: GraphValue | undefined): string {
    return typeof value === "string" ? value : JSON.stringify(value);
}
