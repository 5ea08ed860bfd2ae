import { ServiceError } from "../errors";
import type { JsonObject } from "../service";
import type { MessageAttribute, Topic } from "./model";
import { entries, structures } from "./query-input";
import { invalidParameter } from "./refusals";

/** What is to be published. */
export interface Publication {
    message: string;
    subject?: string;
    byProtocol?: Record<string, string>;
    attributes: Record<string, MessageAttribute>;
    groupId?: string;
    deduplicationId?: string;
}

/** https://docs.aws.amazon.com/sns/latest/api/API_Publish.html */
const LARGEST_BYTES = 256 * 1024;
const LONGEST_SUBJECT = 100;
const BATCH_ENTRIES = 10;
const DATA_TYPE = /^(String|String\.Array|Number|Binary)(\.[\w.]+)?$/;

/** @throws ServiceError InvalidParameter */
export function readPublication(topic: Topic, input: JsonObject): Publication {
    const publication: Publication = {
        message: text(input, "Message") ?? "",
        subject: text(input, "Subject"),
        attributes: readAttributes(input),
        groupId: text(input, "MessageGroupId"),
        deduplicationId: text(input, "MessageDeduplicationId"),
    };
    if (publication.message === "") throw invalidParameter("Empty message");
    checkSubject(publication.subject);
    if (sizeOf(publication) > LARGEST_BYTES) throw invalidParameter("Message too long");
    checkFifo(topic, publication);
    if (text(input, "MessageStructure") !== "json") return publication;
    const byProtocol = readByProtocol(publication.message);
    return { ...publication, message: byProtocol["default"] ?? "", byProtocol };
}

export interface BatchEntry {
    id: string;
    /** The entry's own parameters, as Publish has them. */
    input: JsonObject;
}

/** @throws ServiceError where the batch as a whole is wrong. */
export function readBatch(input: JsonObject): BatchEntry[] {
    const batch = structures(input, "PublishBatchRequestEntries").map((entry) => ({
        id: entry["Id"] ?? "",
        input: entry,
    }));
    if (batch.length === 0) {
        throw new ServiceError("EmptyBatchRequest", "The batch request doesn't contain any entries.");
    }
    if (batch.length > BATCH_ENTRIES) {
        throw new ServiceError(
            "TooManyEntriesInBatchRequest",
            "The batch request contains more entries than permissible.",
        );
    }
    if (new Set(batch.map(({ id }) => id)).size < batch.length) {
        throw new ServiceError(
            "BatchEntryIdsNotDistinct",
            "Two or more batch entries in the request have the same Id.",
        );
    }
    const bytes = batch.reduce((sum, entry) => sum + Buffer.byteLength(String(entry.input["Message"] ?? "")), 0);
    if (bytes > LARGEST_BYTES) {
        throw new ServiceError(
            "BatchRequestTooLong",
            "The length of all the batch messages put together is more than the limit.",
        );
    }
    return batch;
}

function checkSubject(subject: string | undefined): void {
    if (subject === undefined) return;
    const isValid = subject.length <= LONGEST_SUBJECT && /^[\x21-\x7e][\x20-\x7e]*$/.test(subject);
    if (!isValid) throw invalidParameter("Subject");
}

function checkFifo({ attributes }: Topic, { groupId, deduplicationId }: Publication): void {
    if (attributes["FifoTopic"] !== "true") {
        if (deduplicationId === undefined) return;
        throw invalidParameter(
            "MessageDeduplicationId Reason: The request includes MessageDeduplicationId parameter that is not valid for this topic type",
        );
    }
    if (groupId === undefined) {
        throw invalidParameter("The MessageGroupId parameter is required for FIFO topics");
    }
    if (deduplicationId === undefined && attributes["ContentBasedDeduplication"] !== "true") {
        throw invalidParameter(
            "The topic should either have ContentBasedDeduplication enabled or MessageDeduplicationId provided explicitly",
        );
    }
}

function readByProtocol(message: string): Record<string, string> {
    let parsed: unknown;
    try {
        parsed = JSON.parse(message);
    } catch {
        throw invalidParameter("Message Structure - JSON message body failed to parse");
    }
    const members = Object.entries(Object(parsed) as Record<string, unknown>);
    const texts = members.filter((member): member is [string, string] => typeof member[1] === "string");
    const byProtocol = Object.fromEntries(texts);
    if (byProtocol["default"] === undefined) {
        throw invalidParameter("Message Structure - No default entry in JSON message body");
    }
    return byProtocol;
}

function readAttributes(input: JsonObject): Record<string, MessageAttribute> {
    const attributes = entries(input, "MessageAttributes").map(
        ({
            Name: name = "",
            "Value.DataType": DataType = "",
            "Value.StringValue": StringValue,
            "Value.BinaryValue": BinaryValue,
        }) => {
            checkAttribute(name, DataType, StringValue ?? BinaryValue ?? "");
            const attribute = DataType.startsWith("Binary") ? { DataType, BinaryValue } : { DataType, StringValue };
            return [name, attribute] as const;
        },
    );
    return Object.fromEntries(attributes);
}

function checkAttribute(name: string, type: string, value: string): void {
    const refuse = (reason: string): ServiceError =>
        new ServiceError("ParameterValueInvalid", `The message attribute '${name}' ${reason}`);
    if (!DATA_TYPE.test(type)) {
        throw refuse(
            `has an invalid message attribute type, the set of supported type prefixes is Binary, Number, and String.`,
        );
    }
    if (value === "")
        throw refuse(`must contain non-empty message attribute value for message attribute type '${type}'.`);
    if (type.startsWith("Number") && Number.isNaN(Number(value))) throw refuse("is not a number.");
    if (type === "String.Array" && !isArray(value)) throw refuse("has an invalid JSON array value.");
}

function isArray(value: string): boolean {
    try {
        return Array.isArray(JSON.parse(value));
    } catch {
        return false;
    }
}

function sizeOf({ message, attributes }: Publication): number {
    const texts = Object.entries(attributes).flatMap(([name, attribute]) => [name, ...Object.values(attribute)]);
    return [message, ...texts.map(String)].reduce((bytes, each) => bytes + Buffer.byteLength(each), 0);
}

function text(input: JsonObject, name: string): string | undefined {
    const value = input[name];
    return typeof value === "string" && value !== "" ? value : undefined;
}
