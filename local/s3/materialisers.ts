import { readFileSync } from "node:fs";
import { resolve } from "node:path";

import { ASSET, type Properties, type Resource } from "../../graph/model";
import type { Materialiser, Materialisers } from "../service";
import type { Buckets } from "./buckets";
import { etagOf } from "./contents";
import { NO_NOTIFICATIONS } from "./model";
import { readNotificationInputs } from "./notification-settings";

/** What makes S3's resources exist here. A bucket that exists keeps its objects. */
export function s3Materialisers(buckets: Buckets, now: () => number): Materialisers {
    const put = ({ inputs, outputs }: Resource): void => {
        const bucket = buckets.put(String(outputs["bucket"]));
        const policy = inputs["policy"];
        if (policy !== undefined) setDocument(buckets, bucket.name, "policy", asText(policy));
    };
    const bucket: Materialiser = {
        create: put,
        update: put,
        delete: ({ outputs }) => buckets.remove(String(outputs["bucket"])),
    };
    const putPolicy = ({ inputs }: Resource): void =>
        setDocument(buckets, String(inputs["bucket"]), "policy", asText(inputs["policy"]));
    const policy: Materialiser = {
        create: putPolicy,
        update: putPolicy,
        delete: ({ inputs }) => setDocument(buckets, String(inputs["bucket"]), "policy", undefined),
    };
    const notify = ({ inputs }: Resource): void =>
        buckets.keep({ ...buckets.get(String(inputs["bucket"])), notifications: readNotificationInputs(inputs) });
    const notification: Materialiser = {
        create: notify,
        update: notify,
        delete: ({ inputs }) => {
            const found = buckets.find(String(inputs["bucket"]));
            if (found !== undefined) buckets.keep({ ...found, notifications: NO_NOTIFICATIONS });
        },
    };
    const object: Materialiser = {
        create: (resource) => putObject(buckets, resource.inputs, now()),
        update: (resource) => putObject(buckets, resource.inputs, now()),
        delete: ({ inputs }) => {
            const found = buckets.object(String(inputs["bucket"]), String(inputs["key"]));
            if (found !== undefined) buckets.removeObject(found);
        },
    };
    return {
        "aws:s3/bucket:Bucket": bucket,
        "aws:s3/bucketV2:BucketV2": bucket,
        "aws:s3/bucketPolicy:BucketPolicy": policy,
        "aws:s3/bucketNotification:BucketNotification": notification,
        "aws:s3/bucketObject:BucketObject": object,
        "aws:s3/bucketObjectv2:BucketObjectv2": object,
    };
}

function setDocument(buckets: Buckets, name: string, query: string, document: string | undefined): void {
    const bucket = buckets.find(name);
    if (bucket === undefined) return;
    const others = Object.entries(bucket.documents).filter(([each]) => each !== query);
    const documents = Object.fromEntries(document === undefined ? others : [...others, [query, document]]);
    buckets.keep({ ...bucket, documents });
}

function putObject(buckets: Buckets, inputs: Properties, modifiedAt: number): void {
    const bucket = buckets.get(String(inputs["bucket"])).name;
    const bytes = bytesOf(inputs);
    buckets.putObject({
        bucket,
        key: String(inputs["key"]),
        blob: buckets.blobs.put(bytes),
        size: bytes.length,
        etag: etagOf(bytes),
        modifiedAt,
        headers: { "content-type": String(inputs["contentType"] ?? "application/octet-stream") },
        metadata: Object(inputs["metadata"] ?? {}) as Record<string, string>,
        tags: Object(inputs["tags"] ?? {}) as Record<string, string>,
        checksums: {},
    });
}

function bytesOf({ content, contentBase64, source }: Properties): Buffer {
    if (contentBase64 !== undefined) return Buffer.from(String(contentBase64), "base64");
    if (content !== undefined) return Buffer.from(String(content));
    const asset = Reflect.get(Object(source), ASSET) as { path?: string; text?: string } | undefined;
    if (asset?.text !== undefined) return Buffer.from(asset.text);
    if (asset?.path !== undefined) return readFileSync(resolve(asset.path));
    return Buffer.alloc(0);
}

function asText(value: unknown): string {
    return typeof value === "string" ? value : JSON.stringify(value);
}
