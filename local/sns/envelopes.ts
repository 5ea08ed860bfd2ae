import type { Notification, Subscription } from "./model";

/** What only AWS can give: a signature that its certificate proves. */
const UNSIGNED = {
    SignatureVersion: "1",
    Signature: "bm90IHNpZ25lZCBieSBBV1M=",
};

export interface Links {
    /** URL of the local endpoint. */
    endpoint: string;
}

/** https://docs.aws.amazon.com/sns/latest/dg/sns-message-and-json-formats.html#http-notification-json */
export function jsonEnvelope(notification: Notification, subscription: Subscription, links: Links): string {
    const { id, topicArn, subject, publishedAt, sequenceNumber } = notification;
    const attributes = attributesOf(notification);
    return JSON.stringify({
        Type: "Notification",
        MessageId: id,
        ...(sequenceNumber === undefined ? {} : { SequenceNumber: sequenceNumber }),
        TopicArn: topicArn,
        ...(subject === undefined ? {} : { Subject: subject }),
        Message: messageFor(notification, subscription),
        Timestamp: new Date(publishedAt).toISOString(),
        ...UNSIGNED,
        SigningCertURL: certificateUrl(links),
        UnsubscribeURL: unsubscribeUrl(subscription, links),
        ...(Object.keys(attributes).length > 0 ? { MessageAttributes: attributes } : {}),
    });
}

/** https://docs.aws.amazon.com/lambda/latest/dg/with-sns.html */
export function lambdaEvent(notification: Notification, subscription: Subscription, links: Links): string {
    const { id, topicArn, subject, publishedAt } = notification;
    const record = {
        EventSource: "aws:sns",
        EventVersion: "1.0",
        EventSubscriptionArn: subscription.arn,
        Sns: {
            Type: "Notification",
            MessageId: id,
            TopicArn: topicArn,
            Subject: subject ?? null,
            Message: messageFor(notification, subscription),
            Timestamp: new Date(publishedAt).toISOString(),
            ...UNSIGNED,
            SigningCertUrl: certificateUrl(links),
            UnsubscribeUrl: unsubscribeUrl(subscription, links),
            MessageAttributes: attributesOf(notification),
        },
    };
    return JSON.stringify({ Records: [record] });
}

/** https://docs.aws.amazon.com/sns/latest/dg/http-subscription-confirmation-json.html */
export function confirmation(
    { topicArn, token }: Subscription,
    id: string,
    now: number,
    links: Links,
): Record<string, string> {
    const query = new URLSearchParams({ Action: "ConfirmSubscription", TopicArn: topicArn, Token: token });
    return {
        Type: "SubscriptionConfirmation",
        MessageId: id,
        Token: token,
        TopicArn: topicArn,
        Message:
            `You have chosen to subscribe to the topic ${topicArn}.\n` +
            "To confirm the subscription, visit the SubscribeURL included in this message.",
        SubscribeURL: `${links.endpoint}/?${query.toString()}`,
        Timestamp: new Date(now).toISOString(),
        ...UNSIGNED,
        SigningCertURL: certificateUrl(links),
    };
}

/** The message that the subscriber's protocol gets. */
export function messageFor({ message, byProtocol }: Notification, { protocol }: Subscription): string {
    return byProtocol?.[protocol] ?? message;
}

function attributesOf({ attributes }: Notification): Record<string, { Type: string; Value: string }> {
    const all = Object.entries(attributes).map(([name, { DataType, StringValue, BinaryValue }]) => [
        name,
        { Type: DataType, Value: StringValue ?? BinaryValue ?? "" },
    ]);
    return Object.fromEntries(all) as Record<string, { Type: string; Value: string }>;
}

/** Nothing is there: the signature is no real one. */
function certificateUrl({ endpoint }: Links): string {
    return `${endpoint}/SimpleNotificationService-local.pem`;
}

function unsubscribeUrl({ arn }: Subscription, { endpoint }: Links): string {
    return `${endpoint}/?${new URLSearchParams({ Action: "Unsubscribe", SubscriptionArn: arn }).toString()}`;
}
