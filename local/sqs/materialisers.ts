import type { GraphValue, Properties, Resource } from "../../graph/model";
import type { Materialiser, Materialisers } from "../service";
import { checkAttributes } from "./attributes";
import type { QueueAttributes } from "./model";
import type { Queues } from "./queues";

/** Attributes by the provider's names for them. */
const ATTRIBUTES: Record<string, string> = {
    delaySeconds: "DelaySeconds",
    maxMessageSize: "MaximumMessageSize",
    messageRetentionSeconds: "MessageRetentionPeriod",
    receiveWaitTimeSeconds: "ReceiveMessageWaitTimeSeconds",
    visibilityTimeoutSeconds: "VisibilityTimeout",
    policy: "Policy",
    redrivePolicy: "RedrivePolicy",
    redriveAllowPolicy: "RedriveAllowPolicy",
    contentBasedDeduplication: "ContentBasedDeduplication",
    deduplicationScope: "DeduplicationScope",
    fifoThroughputLimit: "FifoThroughputLimit",
    kmsMasterKeyId: "KmsMasterKeyId",
    kmsDataKeyReusePeriodSeconds: "KmsDataKeyReusePeriodSeconds",
    sqsManagedSseEnabled: "SqsManagedSseEnabled",
};

/** What makes queues exist here. A queue that exists keeps its messages. */
export function sqsMaterialisers(queues: Queues): Materialisers {
    const put = ({ inputs, outputs }: Resource): void => {
        const attributes = attributesOf(inputs);
        checkAttributes(attributes);
        const queue = queues.put(String(outputs["name"]), attributes);
        queue.tags.clear();
        for (const [key, value] of Object.entries(Object(inputs["tags"] ?? {}))) queue.tags.set(key, String(value));
    };
    return {
        "aws:sqs/queue:Queue": {
            create: put,
            update: put,
            delete: ({ outputs }) => queues.remove(String(outputs["name"])),
        },
        "aws:sqs/queuePolicy:QueuePolicy": attribute(queues, "Policy", "policy"),
        "aws:sqs/redrivePolicy:RedrivePolicy": attribute(queues, "RedrivePolicy", "redrivePolicy"),
        "aws:sqs/redriveAllowPolicy:RedriveAllowPolicy": attribute(queues, "RedriveAllowPolicy", "redriveAllowPolicy"),
    };
}

/** A resource that is one attribute of a queue. */
function attribute(queues: Queues, name: string, input: string): Materialiser {
    const set = ({ inputs }: Resource, value: string): void => {
        const queue = queues.get(String(inputs["queueUrl"]).split("/").at(-1) ?? "");
        if (queue !== undefined) queue.attributes = { ...queue.attributes, [name]: value };
    };
    const put = (resource: Resource): void => {
        const value = asText(resource.inputs[input]);
        checkAttributes({ [name]: value });
        // By URL, as the program gives it; a queue that is missing is an error only where something is to be set.
        queues.byUrl(resource.inputs["queueUrl"]);
        set(resource, value);
    };
    return { create: put, update: put, delete: (resource) => set(resource, "") };
}

function attributesOf(inputs: Properties): QueueAttributes {
    return Object.fromEntries(
        Object.entries(ATTRIBUTES)
            .filter(([input]) => inputs[input] !== undefined)
            .map(([input, name]) => [name, asText(inputs[input])]),
    );
}

function asText(value: GraphValue | undefined): string {
    return typeof value === "string" ? value : JSON.stringify(value);
}
