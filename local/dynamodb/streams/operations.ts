import type { Clock } from "../../clock";
import { ServiceError } from "../../errors";
import type { AccessRequest, JsonObject, JsonService, Operation } from "../../service";
import { isObject, type Place, requiredText } from "../names";
import { apiRecord, sequenceOf, sequenceText } from "./events";
import { SHARD_ID, type Stream } from "./stream";
import type { Streams } from "./streams";

/** https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_streams_GetRecords.html */
const MOST_RECORDS = 1000;
const MOST_BYTES = 1024 * 1024;
/** https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_streams_GetShardIterator.html */
const ITERATOR_LIFE_MS = 15 * 60 * 1000;
const MOST_STREAMS = 100;

interface ShardIterator {
    arn: string;
    /** Sequence number of the record before. */
    after: number;
    expires: number;
}

/** https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_Operations_Amazon_DynamoDB_Streams.html */
export function streamsService(streams: Streams, place: Place, clock: Clock): JsonService {
    const operations = new StreamOperations(streams, place, clock);
    const onStream = (action: string, run: (input: JsonObject) => JsonObject): Operation => ({
        access: (input) => [accessTo(action, input)],
        run,
    });
    return {
        protocol: "json",
        signingName: "dynamodb",
        targetPrefix: "DynamoDBStreams_20120810",
        contentType: "application/x-amz-json-1.0",
        operations: {
            ListStreams: {
                access: () => [{ action: "dynamodb:ListStreams", resource: "*" }],
                run: (input) => operations.list(input),
            },
            DescribeStream: onStream("DescribeStream", (input) => operations.describe(input)),
            GetShardIterator: onStream("GetShardIterator", (input) => operations.iterator(input)),
            GetRecords: onStream("GetRecords", (input) => operations.records(input)),
        },
    };
}

function accessTo(action: string, input: JsonObject): AccessRequest {
    const iterator = input["ShardIterator"];
    const arn = typeof iterator === "string" ? parseIterator(iterator)?.arn : input["StreamArn"];
    return { action: `dynamodb:${action}`, resource: typeof arn === "string" ? arn : "*" };
}

class StreamOperations {
    constructor(
        private readonly streams: Streams,
        private readonly place: Place,
        private readonly clock: Clock,
    ) {}

    list(input: JsonObject): JsonObject {
        const { TableName: tableName, ExclusiveStartStreamArn: start } = input;
        const limit = limitOf(input, MOST_STREAMS);
        const all = this.streams.all
            .map(({ settings }) => settings)
            .filter((settings) => tableName === undefined || settings.tableName === tableName)
            .filter(({ arn }) => typeof start !== "string" || arn > start)
            .sort((a, b) => (a.arn < b.arn ? -1 : 1));
        const page = all.slice(0, limit);
        return {
            Streams: page.map(({ arn, label, tableName: name }) => ({
                StreamArn: arn,
                StreamLabel: label,
                TableName: name,
            })),
            ...(page.length < all.length ? { LastEvaluatedStreamArn: page.at(-1)?.arn } : {}),
        };
    }

    describe(input: JsonObject): JsonObject {
        const { settings, oldest, latest } = this.#find(requiredText(input, "StreamArn"));
        const range = {
            StartingSequenceNumber: sequenceText(oldest?.sequence ?? this.streams.latestSequence + 1),
            ...(settings.enabled ? {} : { EndingSequenceNumber: sequenceText(latest) }),
        };
        const isAfterShard = input["ExclusiveStartShardId"] === SHARD_ID;
        return {
            StreamDescription: {
                StreamArn: settings.arn,
                StreamLabel: settings.label,
                StreamStatus: settings.enabled ? "ENABLED" : "DISABLED",
                StreamViewType: settings.viewType,
                CreationRequestDateTime: settings.createdAt / 1000,
                TableName: settings.tableName,
                KeySchema: settings.keySchema,
                Shards: isAfterShard ? [] : [{ ShardId: SHARD_ID, SequenceNumberRange: range }],
            },
        };
    }

    iterator(input: JsonObject): JsonObject {
        const stream = this.#find(requiredText(input, "StreamArn"));
        if (requiredText(input, "ShardId") !== SHARD_ID) {
            throw new ServiceError("ResourceNotFoundException", "Requested resource not found: Shard does not exist");
        }
        const after = this.#startingPoint(stream, requiredText(input, "ShardIteratorType"), input["SequenceNumber"]);
        return { ShardIterator: this.#iteratorText(stream, after) };
    }

    records(input: JsonObject): JsonObject {
        const iterator = parseIterator(requiredText(input, "ShardIterator"));
        if (iterator === undefined) throw new ServiceError("ValidationException", "Invalid ShardIterator");
        if (iterator.expires <= this.clock.now()) {
            throw new ServiceError("ExpiredIteratorException", "The iterator is expired. Request a new one.");
        }
        const stream = this.#find(iterator.arn);
        const records = withinSize(stream.after(iterator.after, limitOf(input, MOST_RECORDS)));
        const last = records.at(-1)?.sequence ?? iterator.after;
        const isAtEnd = !stream.settings.enabled && last >= stream.latest;
        return {
            Records: records.map((record) => apiRecord(record, stream.settings, this.place.region)),
            ...(isAtEnd ? {} : { NextShardIterator: this.#iteratorText(stream, last) }),
        };
    }

    #find(arn: string): Stream {
        const stream = this.streams.find(arn);
        if (stream !== undefined) return stream;
        throw new ServiceError("ResourceNotFoundException", `Requested resource not found: Stream: ${arn} not found`);
    }

    #startingPoint(stream: Stream, type: string, given: unknown): number {
        if (type === "TRIM_HORIZON") return 0;
        if (type === "LATEST") return this.streams.latestSequence;
        if (type !== "AT_SEQUENCE_NUMBER" && type !== "AFTER_SEQUENCE_NUMBER") {
            throw new ServiceError("ValidationException", `Invalid ShardIteratorType: ${type}`);
        }
        const sequence = sequenceOf(String(given));
        if (Number.isNaN(sequence)) {
            throw new ServiceError("ValidationException", `Invalid SequenceNumber: ${String(given)}`);
        }
        if (sequence < (stream.oldest?.sequence ?? 0)) {
            throw new ServiceError("TrimmedDataAccessException", "The record is past the trim horizon of the shard.");
        }
        return type === "AT_SEQUENCE_NUMBER" ? sequence - 1 : sequence;
    }

    #iteratorText({ settings }: Stream, after: number): string {
        const iterator: ShardIterator = { arn: settings.arn, after, expires: this.clock.now() + ITERATOR_LIFE_MS };
        return Buffer.from(JSON.stringify(iterator)).toString("base64");
    }
}

function limitOf(input: JsonObject, most: number): number {
    const { Limit: limit = most } = input;
    if (typeof limit === "number" && Number.isInteger(limit) && limit >= 1 && limit <= most) return limit;
    throw new ServiceError(
        "ValidationException",
        `1 validation error detected: Value '${String(limit)}' at 'limit' failed to satisfy constraint: ` +
            `Member must have value between 1 and ${most}`,
    );
}

/** At least one record, so that readers get on. */
function withinSize<T extends { sizeBytes: number }>(records: T[]): T[] {
    let bytes = 0;
    const end = records.findIndex(({ sizeBytes }, at) => (bytes += sizeBytes) > MOST_BYTES && at > 0);
    return end < 0 ? records : records.slice(0, end);
}

function parseIterator(text: string): ShardIterator | undefined {
    let parsed: unknown;
    try {
        parsed = JSON.parse(Buffer.from(text, "base64").toString());
    } catch {
        return undefined;
    }
    if (!isObject(parsed)) return undefined;
    const { arn, after, expires } = parsed;
    if (typeof arn !== "string" || typeof after !== "number" || typeof expires !== "number") return undefined;
    return { arn, after, expires };
}
