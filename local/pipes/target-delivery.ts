import { readPath } from "../input-transform";
import type { Delivery } from "../targets";
import type { PipeSettings } from "./settings";

/** What a delivery says besides whom it is from and to. */
export type Content = Pick<
    Delivery,
    "body" | "attributes" | "messageGroupId" | "messageDeduplicationId" | "event" | "waits"
>;

/**
 * Fills the target's parameters in: a value that is a JSON path as a whole is read from the payload, not from what the
 * template has made of it.
 * https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-pipes-event-target.html
 * @param input What the template has made of the payload.
 */
export function contentFor(settings: PipeSettings, payload: unknown, input: string): Content {
    const { targetParameters, name } = settings;
    const parameter = (group: string, member: string): string | undefined => {
        const value: unknown = Reflect.get(Object(targetParameters[group]), member);
        if (typeof value !== "string") return undefined;
        const read = value.startsWith("$") ? readPath(value, payload) : value;
        return read === undefined ? undefined : String(read);
    };
    const invocationType = parameter("lambdaFunctionParameters", "invocationType");
    const time = parameter("eventbridgeEventBusParameters", "time");
    return {
        body: input,
        messageGroupId: parameter("sqsQueueParameters", "messageGroupId"),
        messageDeduplicationId: parameter("sqsQueueParameters", "messageDeduplicationId"),
        event: {
            source: parameter("eventbridgeEventBusParameters", "source") ?? `Pipe ${name}`,
            detailType: parameter("eventbridgeEventBusParameters", "detailType") ?? "Event from aws:pipes",
            ...(time === undefined ? {} : { time: Date.parse(time) }),
        },
        waits: invocationType !== "FIRE_AND_FORGET",
    };
}
