import type { Subscriber, Subscription, Topic } from "./model";

/** What GetTopicAttributes answers. */
export function topicAttributes(topic: Topic, subscribers: Subscriber[], account: string): Map<string, string> {
    const confirmed = subscribers.filter(({ subscription }) => subscription.isConfirmed).length;
    return new Map(
        Object.entries({
            TopicArn: topic.arn,
            Owner: account,
            DisplayName: "",
            SubscriptionsConfirmed: String(confirmed),
            SubscriptionsPending: String(subscribers.length - confirmed),
            SubscriptionsDeleted: String(topic.deleted),
            ...topic.attributes,
        }),
    );
}

/** What GetSubscriptionAttributes answers. */
export function subscriptionAttributes(subscription: Subscription, account: string): Map<string, string> {
    const { arn, topicArn, protocol, endpoint, isConfirmed, attributes } = subscription;
    const hasFilter = attributes["FilterPolicy"] !== undefined && attributes["FilterPolicy"] !== "";
    return new Map(
        Object.entries({
            SubscriptionArn: arn,
            TopicArn: topicArn,
            Protocol: protocol,
            Endpoint: endpoint,
            Owner: account,
            PendingConfirmation: String(!isConfirmed),
            ConfirmationWasAuthenticated: String(isConfirmed),
            RawMessageDelivery: "false",
            ...(hasFilter ? { FilterPolicyScope: "MessageAttributes" } : {}),
            ...attributes,
        }),
    );
}

/** What the lists have of a subscription. */
export function subscriptionSummary(subscription: Subscription, account: string): Record<string, string> {
    const { arn, topicArn, protocol, endpoint, isConfirmed } = subscription;
    const SubscriptionArn = isConfirmed ? arn : "PendingConfirmation";
    return { SubscriptionArn, Owner: account, Protocol: protocol, Endpoint: endpoint, TopicArn: topicArn };
}
