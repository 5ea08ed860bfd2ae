import type { Properties } from "../../graph/model";
import type { NotificationDestination, NotificationSettings } from "./model";
import { list, parseXml, texts } from "./xml";

/** Kinds of destinations: how the API's document calls them, and how Pulumi's inputs do. */
const KINDS = [
    {
        element: "CloudFunctionConfiguration",
        arn: "CloudFunction",
        input: "lambdaFunctions",
        arnInput: "lambdaFunctionArn",
    },
    { element: "QueueConfiguration", arn: "Queue", input: "queues", arnInput: "queueArn" },
    { element: "TopicConfiguration", arn: "Topic", input: "topics", arnInput: "topicArn" },
] as const;

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketNotificationConfiguration.html */
export function readNotificationXml(body: Buffer): NotificationSettings {
    const document = parseXml(body, "NotificationConfiguration");
    const destinations = KINDS.flatMap(({ element, arn }) =>
        list(document[element]).map((each, at): NotificationDestination => {
            const { S3Key } = Object(each["Filter"]) as Record<string, unknown>;
            const rules = list(Object(S3Key ?? {})["FilterRule" as never]);
            const rule = (name: string): string =>
                String(rules.find(({ Name }) => String(Name).toLowerCase() === name)?.["Value"] ?? "");
            return {
                id: String(each["Id"] ?? `${element}-${at}`),
                arn: String(each[arn]),
                events: texts(each["Event"]),
                prefix: rule("prefix"),
                suffix: rule("suffix"),
            };
        }),
    );
    return { eventBridge: "EventBridgeConfiguration" in document, destinations };
}

export function notificationXml({ eventBridge, destinations }: NotificationSettings): object {
    const configurations = KINDS.map(({ element, arn }, at) => [
        element,
        destinations
            .filter((each) => kindOf(each.arn) === at)
            .map(({ id, arn: destination, events, prefix, suffix }) => ({
                Id: id,
                [arn]: destination,
                Event: events,
                ...(prefix + suffix === "" ? {} : { Filter: { S3Key: { FilterRule: filterRules(prefix, suffix) } } }),
            })),
    ]);
    return {
        ...(Object.fromEntries(configurations) as Record<string, unknown>),
        ...(eventBridge ? { EventBridgeConfiguration: {} } : {}),
    };
}

/** What `aws.s3.BucketNotification` has as inputs. */
export function readNotificationInputs(inputs: Properties): NotificationSettings {
    const destinations = KINDS.flatMap(({ input, arnInput }) =>
        ((inputs[input] ?? []) as unknown as Record<string, unknown>[]).map((each, at) => ({
            id: String(each["id"] ?? `${input}-${at}`),
            arn: String(each[arnInput]),
            events: (each["events"] ?? []) as string[],
            prefix: String(each["filterPrefix"] ?? ""),
            suffix: String(each["filterSuffix"] ?? ""),
        })),
    );
    return { eventBridge: inputs["eventbridge"] === true, destinations };
}

function filterRules(prefix: string, suffix: string): object[] {
    const rules = [
        { Name: "prefix", Value: prefix },
        { Name: "suffix", Value: suffix },
    ];
    return rules.filter(({ Value }) => Value !== "");
}

function kindOf(arn: string): number {
    return ["lambda", "sqs", "sns"].indexOf(arn.split(":")[2] ?? "");
}
