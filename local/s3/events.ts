import type { StoredObject } from "./model";

/** What happened to an object. */
export interface Happened {
    /** `ObjectCreated:Put`, without `s3:`. */
    event: string;
    object: StoredObject;
}

/** Who did it, and in which request. */
export interface Circumstances {
    region: string;
    account: string;
    /** Milliseconds since 1970-01-01 UTC. */
    at: number;
    requestId: string;
    sourceIp: string;
    principalId: string;
    /** Later events of a key have greater ones. */
    sequencer: string;
}

/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-content-structure.html */
export function eventRecord(
    { event, object }: Happened,
    circumstances: Circumstances,
    configurationId: string,
): object {
    const { region, account, at, requestId, sourceIp, principalId, sequencer } = circumstances;
    const isGone = event.startsWith("ObjectRemoved");
    return {
        eventVersion: "2.1",
        eventSource: "aws:s3",
        awsRegion: region,
        eventTime: new Date(at).toISOString(),
        eventName: event,
        userIdentity: { principalId: `AWS:${principalId}` },
        requestParameters: { sourceIPAddress: sourceIp },
        responseElements: { "x-amz-request-id": requestId, "x-amz-id-2": requestId },
        s3: {
            s3SchemaVersion: "1.0",
            configurationId,
            bucket: {
                name: object.bucket,
                ownerIdentity: { principalId: account },
                arn: `arn:aws:s3:::${object.bucket}`,
            },
            object: {
                key: encodeURIComponent(object.key).replace(/%20/g, "+").replace(/%2F/g, "/"),
                ...(isGone ? {} : { size: object.size, eTag: object.etag.replace(/"/g, "") }),
                sequencer,
            },
        },
    };
}

const DETAIL_TYPES: [prefix: string, detailType: string][] = [
    ["ObjectCreated", "Object Created"],
    ["ObjectRemoved", "Object Deleted"],
    ["ObjectTagging:Put", "Object Tags Added"],
    ["ObjectTagging:Delete", "Object Tags Deleted"],
];

const REASONS: Record<string, string> = {
    "ObjectCreated:Put": "PutObject",
    "ObjectCreated:Copy": "CopyObject",
    "ObjectCreated:CompleteMultipartUpload": "CompleteMultipartUpload",
    "ObjectRemoved:Delete": "DeleteObject",
};

/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/ev-events.html */
export function busEvent(
    { event, object }: Happened,
    { account, requestId, sourceIp, sequencer }: Circumstances,
): { detailType: string; detail: object } {
    const isGone = event.startsWith("ObjectRemoved");
    const detail = {
        version: "0",
        bucket: { name: object.bucket },
        object: {
            key: object.key,
            ...(isGone ? {} : { size: object.size }),
            etag: object.etag.replace(/"/g, ""),
            sequencer,
        },
        "request-id": requestId,
        requester: account,
        "source-ip-address": sourceIp,
        ...(REASONS[event] === undefined ? {} : { reason: REASONS[event] }),
        ...(isGone ? { "deletion-type": "Permanently Deleted" } : {}),
    };
    const [, detailType = "Object Created"] = DETAIL_TYPES.find(([prefix]) => event.startsWith(prefix)) ?? [];
    return { detailType, detail };
}
