import { ACCOUNT, type Declared, hex, physicalName, text } from "../physical";
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
    "aws:cloudwatch/eventBus:EventBus": (bus) => {
        const name = physicalName(bus);
        return { id: name, outputs: { name, arn: `arn:aws:events:${bus.region}:${ACCOUNT}:event-bus/${name}` } };
    },
    "aws:cloudwatch/eventRule:EventRule": (rule) => {
        const name = physicalName(rule);
        // Buses are named by ARN, too; the default one's rules go without its name.
        const bus = text(rule.inputs["eventBusName"])?.replace(/^.*\//, "") ?? "default";
        const path = bus === "default" ? name : `${bus}/${name}`;
        return { id: path, outputs: { name, arn: `arn:aws:events:${rule.region}:${ACCOUNT}:rule/${path}` } };
    },
    "aws:cloudwatch/eventArchive:EventArchive": (archive) => {
        const name = physicalName(archive);
        return { id: name, outputs: { name, arn: `arn:aws:events:${archive.region}:${ACCOUNT}:archive/${name}` } };
    },
    "aws:pipes/pipe:Pipe": (pipe) => {
        const name = physicalName(pipe);
        return { id: name, outputs: { name, arn: `arn:aws:pipes:${pipe.region}:${ACCOUNT}:pipe/${name}` } };
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
