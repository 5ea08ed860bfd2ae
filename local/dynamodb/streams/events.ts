import type { JsonObject } from "../../service";
import type { StreamRecord, StreamSettings } from "./stream";

/** Numbers of 21 digits, as AWS's are, so that they sort as text too. */
export function sequenceText(sequence: number): string {
    return `1${String(sequence).padStart(20, "0")}`;
}

export function sequenceOf(text: string): number {
    return /^1\d{20}$/.test(text) ? Number(text.slice(1)) : Number.NaN;
}

/** https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_streams_Record.html */
export function apiRecord(record: StreamRecord, settings: StreamSettings, region: string): JsonObject {
    return {
        ...commonPart(record, settings, region),
        ...(record.expired === true ? { userIdentity: { Type: "Service", PrincipalId: SERVICE } } : {}),
    };
}

/** One of the `Records` of a function's event: https://docs.aws.amazon.com/lambda/latest/dg/with-ddb.html */
export function lambdaRecord(record: StreamRecord, settings: StreamSettings, region: string): JsonObject {
    return {
        ...commonPart(record, settings, region),
        eventSourceARN: settings.arn,
        ...(record.expired === true ? { userIdentity: { type: "Service", principalId: SERVICE } } : {}),
    };
}

const SERVICE = "dynamodb.amazonaws.com";

function commonPart(record: StreamRecord, { viewType }: StreamSettings, region: string): JsonObject {
    const { newImage, oldImage } = record;
    return {
        eventID: record.eventId,
        eventName: record.eventName,
        eventVersion: "1.1",
        eventSource: "aws:dynamodb",
        awsRegion: region,
        dynamodb: {
            // Whole seconds: the time of a record is approximate.
            ApproximateCreationDateTime: Math.floor(record.at / 1000),
            Keys: record.keys,
            ...(newImage === undefined ? {} : { NewImage: newImage }),
            ...(oldImage === undefined ? {} : { OldImage: oldImage }),
            SequenceNumber: sequenceText(record.sequence),
            SizeBytes: record.sizeBytes,
            StreamViewType: viewType,
        },
    };
}
