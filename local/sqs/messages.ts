import { ServiceError } from "../errors";
import type { MessageAttribute, QueueMessage } from "../polling";
import type { JsonObject } from "../service";
import type { Message, NewMessage } from "./model";
import type { Queue } from "./queue";
import { receiptHandle } from "./receipt-handle";
import { invalidValue, missingParameter } from "./refusals";

/** Characters that XML 1.0 has, which is what SQS takes. */
const INVALID_CHARACTER = /[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/u;
const GROUP_ID = /^[\w!"#$%&'()*+,\-./:;<=>?@[\\\]^`{|}~]{1,128}$/;
const DATA_TYPE = /^(String|Number|Binary)(\..+)?$/;
const MOST_ATTRIBUTES = 10;

/**
 * Reads what SendMessage or one entry of its batch asks for.
 * @throws ServiceError InvalidMessageContents, InvalidParameterValue, MissingParameter
 */
export function readMessage(queue: Queue, input: JsonObject, senderId: string): NewMessage {
    const {
        MessageBody: body,
        DelaySeconds: delay,
        MessageGroupId: group,
        MessageDeduplicationId: deduplication,
    } = input;
    if (typeof body !== "string" || body === "") throw missingParameter("MessageBody");
    if (INVALID_CHARACTER.test(body)) {
        throw new ServiceError(
            "InvalidMessageContents",
            "Invalid characters found. Valid unicode characters are #x9 | #xA | #xD | #x20 to #xD7FF | #xE000 to #xFFFD | #x10000 to #x10FFFF",
        );
    }
    const attributes = readAttributes(input["MessageAttributes"]);
    const most = queue.seconds("MaximumMessageSize");
    if (sizeOf(body, attributes) > most) {
        throw new ServiceError(
            "InvalidParameterValue",
            `One or more parameters are invalid. Reason: Message must be shorter than ${most} bytes.`,
        );
    }
    if (delay !== undefined) checkDelay(queue, delay);
    if (group !== undefined && !GROUP_ID.test(String(group))) {
        throw invalidValue(
            "MessageGroupId",
            group,
            "MessageGroupId can only include alphanumeric and punctuation characters. 1 to 128 in length.",
        );
    }
    if (queue.isFifo) checkFifo(queue, group, deduplication);
    else if (deduplication !== undefined) {
        throw invalidValue(
            "MessageDeduplicationId",
            deduplication,
            "The request includes a parameter that is not valid for this queue type.",
        );
    }
    const trace: unknown = Reflect.get(
        Object(Reflect.get(Object(input["MessageSystemAttributes"]), "AWSTraceHeader")),
        "StringValue",
    );
    return {
        body,
        attributes,
        delaySeconds: typeof delay === "number" ? delay : undefined,
        groupId: typeof group === "string" ? group : undefined,
        deduplicationId: typeof deduplication === "string" ? deduplication : undefined,
        traceHeader: typeof trace === "string" ? trace : undefined,
        senderId,
    };
}

function checkDelay(queue: Queue, delay: unknown): void {
    if (typeof delay !== "number" || !Number.isInteger(delay) || delay < 0 || delay > 900) {
        throw invalidValue("DelaySeconds", delay, "DelaySeconds must be >= 0 and <= 900.");
    }
    if (queue.isFifo && delay > 0) {
        throw invalidValue(
            "DelaySeconds",
            delay,
            "The request include parameter that is not valid for this queue type.",
        );
    }
}

function checkFifo(queue: Queue, group: unknown, deduplication: unknown): void {
    if (group === undefined) throw missingParameter("MessageGroupId");
    const byContent = queue.attributes["ContentBasedDeduplication"] === "true";
    if (deduplication === undefined && !byContent) {
        throw new ServiceError(
            "InvalidParameterValue",
            "The queue should either have ContentBasedDeduplication enabled or MessageDeduplicationId provided explicitly",
        );
    }
}

export function sizeOf(body: string, attributes: Record<string, MessageAttribute>): number {
    return Object.entries(attributes).reduce(
        (sum, [name, { DataType, StringValue = "", BinaryValue = "" }]) =>
            sum +
            [name, DataType, StringValue].reduce((bytes, text) => bytes + Buffer.byteLength(text), 0) +
            Buffer.from(BinaryValue, "base64").length,
        Buffer.byteLength(body),
    );
}

function readAttributes(given: unknown): Record<string, MessageAttribute> {
    const entries = Object.entries(Object(given ?? {}) as Record<string, unknown>);
    if (entries.length > MOST_ATTRIBUTES) {
        throw new ServiceError(
            "InvalidParameterValue",
            `Number of message attributes [${entries.length}] exceeds the allowed maximum [${MOST_ATTRIBUTES}].`,
        );
    }
    return Object.fromEntries(
        entries.map(([name, attribute]) => [name, readAttribute(name, { ...Object(attribute) } as JsonObject)]),
    );
}

function readAttribute(name: string, { DataType, StringValue, BinaryValue }: JsonObject): MessageAttribute {
    const type = typeof DataType === "string" ? DataType : "";
    if (!DATA_TYPE.test(type)) {
        throw new ServiceError(
            "InvalidParameterValue",
            `The type of message (user) attribute '${name}' is invalid. You must use only the following supported type prefixes: Binary, Number, String.`,
        );
    }
    const value = type.startsWith("Binary") ? BinaryValue : StringValue;
    if (typeof value !== "string" || value === "") {
        throw new ServiceError(
            "InvalidParameterValue",
            `The message (user) attribute '${name}' must contain a non-empty value of type '${type}'.`,
        );
    }
    if (type.startsWith("Number") && Number.isNaN(Number(value))) {
        throw new ServiceError(
            "InvalidParameterValue",
            `Can't cast the value of message (user) attribute '${name}' to a number.`,
        );
    }
    return type.startsWith("Binary") ? { DataType: type, BinaryValue: value } : { DataType: type, StringValue: value };
}

/** What SendMessage answers. */
export function sentMessage(message: Message): JsonObject {
    return {
        MessageId: message.id,
        MD5OfMessageBody: message.md5OfBody,
        ...(message.md5OfAttributes === undefined ? {} : { MD5OfMessageAttributes: message.md5OfAttributes }),
        ...(message.sequenceNumber === undefined ? {} : { SequenceNumber: message.sequenceNumber }),
    };
}

export interface AskedFor {
    /** Names of system attributes, or `All`. */
    system: string[];
    /** Names of message attributes, with `*` at the end for a prefix, or `All`. */
    attributes: string[];
}

/** What ReceiveMessage answers of one message. */
export function receivedMessage(queue: Queue, message: Message, asked: AskedFor): QueueMessage {
    const wanted = (names: string[], name: string): boolean =>
        names.some(
            (each) => each === "All" || each === name || (each.endsWith("*") && name.startsWith(each.slice(0, -1))),
        );
    const system = Object.entries(systemAttributes(message)).filter(([name]) => wanted(asked.system, name));
    const attributes = Object.entries(message.attributes).filter(([name]) => wanted(asked.attributes, name));
    return {
        MessageId: message.id,
        ReceiptHandle: receiptHandle(queue.name, message),
        Body: message.body,
        MD5OfBody: message.md5OfBody,
        ...(system.length > 0 ? { Attributes: Object.fromEntries(system) } : {}),
        ...(attributes.length > 0 ? { MessageAttributes: Object.fromEntries(attributes) } : {}),
        ...(attributes.length > 0 && message.md5OfAttributes !== undefined
            ? { MD5OfMessageAttributes: message.md5OfAttributes }
            : {}),
    };
}

function systemAttributes(message: Message): Record<string, string> {
    const all: Record<string, string | undefined> = {
        SenderId: message.senderId,
        SentTimestamp: String(message.sentAt),
        ApproximateReceiveCount: String(message.receiveCount),
        ApproximateFirstReceiveTimestamp: String(message.firstReceivedAt ?? ""),
        MessageGroupId: message.groupId,
        MessageDeduplicationId: message.deduplicationId,
        SequenceNumber: message.sequenceNumber,
        DeadLetterQueueSourceArn: message.deadLetterSource,
        AWSTraceHeader: message.traceHeader,
    };
    return Object.fromEntries(Object.entries(all).filter((entry): entry is [string, string] => entry[1] !== undefined));
}
