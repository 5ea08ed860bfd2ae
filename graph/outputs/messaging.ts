import { ACCOUNT, type Declared, hex, physicalName } from "../physical";
import type { Derivation } from "./index";

function fifoName(declared: Declared, key: string): string {
    const suffix = declared.inputs[key] === true && declared.inputs["name"] === undefined ? ".fifo" : "";
    return physicalName(declared) + suffix;
}

export const messaging: Record<string, Derivation> = {
    "aws:sqs/queue:Queue": (queue) => {
        const name = fifoName(queue, "fifoQueue");
        const url = `https://sqs.${queue.region}.amazonaws.com/${ACCOUNT}/${name}`;
        return { id: url, outputs: { name, url, arn: `arn:aws:sqs:${queue.region}:${ACCOUNT}:${name}` } };
    },
    "aws:sns/topic:Topic": (topic) => {
        const name = fifoName(topic, "fifoTopic");
        const arn = `arn:aws:sns:${topic.region}:${ACCOUNT}:${name}`;
        return { id: arn, outputs: { name, arn, owner: ACCOUNT } };
    },
    "aws:sns/topicSubscription:TopicSubscription": (subscription) => {
        const arn = `${String(subscription.inputs["topic"])}:${hex(subscription.urn, 32)}`;
        return { id: arn, outputs: { arn } };
    },
};
