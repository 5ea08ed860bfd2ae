import type { Buckets } from "./buckets";
import { DOCUMENTS } from "./documents";
import { refusals } from "./errors";
import { type Page, pageOf } from "./listing";
import { NO_NOTIFICATIONS } from "./model";
import { notificationXml, readNotificationXml } from "./notification-settings";
import { accessToBucket, type S3Operation } from "./operation";
import type { S3Request, S3Response } from "./request";
import { xmlDocument } from "./xml";

const MOST_KEYS = 1000;

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_Operations_Amazon_Simple_Storage_Service.html */
export function bucketOperations(
    buckets: Buckets,
    { region, account }: { region: string; account: string },
): S3Operation[] {
    const owner = { ID: account, DisplayName: account };
    const accessToList = accessToBucket("s3:ListBucket", ({ query }) => ({
        "s3:prefix": [query.get("prefix") ?? ""],
        "s3:delimiter": [query.get("delimiter") ?? ""],
        "s3:max-keys": [query.get("max-keys") ?? String(MOST_KEYS)],
    }));
    return [
        ...documentOperations(buckets),
        {
            method: "GET",
            on: "account",
            access: () => [{ action: "s3:ListAllMyBuckets", resource: "*" }],
            run: () => {
                const Bucket = buckets.all.map(({ name, createdAt }) => ({
                    Name: name,
                    CreationDate: new Date(createdAt).toISOString(),
                }));
                const content = { Owner: owner, Buckets: { Bucket } };
                return { status: 200, body: xmlDocument("ListAllMyBucketsResult", content) };
            },
        },
        {
            method: "GET",
            on: "bucket",
            query: "location",
            access: accessToBucket("s3:GetBucketLocation"),
            run: ({ bucket }) => {
                buckets.get(bucket);
                // Buckets of this region have none.
                const body = xmlDocument("LocationConstraint", region === "us-east-1" ? "" : region);
                return { status: 200, body };
            },
        },
        {
            method: "GET",
            on: "bucket",
            query: "notification",
            access: accessToBucket("s3:GetBucketNotification"),
            run: ({ bucket }) => {
                const { notifications } = buckets.get(bucket);
                return { status: 200, body: xmlDocument("NotificationConfiguration", notificationXml(notifications)) };
            },
        },
        {
            method: "PUT",
            on: "bucket",
            query: "notification",
            access: accessToBucket("s3:PutBucketNotification"),
            run: ({ bucket, body }) => {
                buckets.keep({ ...buckets.get(bucket), notifications: readNotificationXml(body) ?? NO_NOTIFICATIONS });
                return { status: 200 };
            },
        },
        {
            method: "GET",
            on: "bucket",
            query: "list-type",
            access: accessToList,
            run: (request) => listObjectsV2(buckets, request),
        },
        { method: "GET", on: "bucket", access: accessToList, run: (request) => listObjects(buckets, request) },
        {
            method: "HEAD",
            on: "bucket",
            access: accessToList,
            run: ({ bucket }) => {
                buckets.get(bucket);
                return { status: 200, headers: { "x-amz-bucket-region": region } };
            },
        },
        {
            method: "PUT",
            on: "bucket",
            access: accessToBucket("s3:CreateBucket"),
            run: ({ bucket }) => {
                if (buckets.find(bucket) !== undefined) throw refusals.bucketAlreadyOwned(bucket);
                buckets.put(bucket);
                return { status: 200, headers: { location: `/${bucket}` } };
            },
        },
        {
            method: "DELETE",
            on: "bucket",
            access: accessToBucket("s3:DeleteBucket"),
            run: ({ bucket }) => {
                buckets.get(bucket);
                if (buckets.keys(bucket).length > 0) throw refusals.bucketNotEmpty(bucket);
                buckets.remove(bucket);
                return { status: 204 };
            },
        },
    ];
}

/** Settings that are kept and given back as they came. */
function documentOperations(buckets: Buckets): S3Operation[] {
    return DOCUMENTS.flatMap(({ query, action, missing }): S3Operation[] => [
        {
            method: "GET",
            on: "bucket",
            query,
            access: accessToBucket(`s3:Get${action}`),
            run: ({ bucket }) => {
                const body = buckets.get(bucket).documents[query] ?? missing.body;
                if (body === undefined) throw refusals.noSuchDocument(missing.code, missing.what);
                return { status: 200, body };
            },
        },
        {
            method: "PUT",
            on: "bucket",
            query,
            access: accessToBucket(`s3:Put${action}`),
            run: ({ bucket, body }) => {
                const found = buckets.get(bucket);
                buckets.keep({ ...found, documents: { ...found.documents, [query]: body.toString("utf8") } });
                return { status: 200 };
            },
        },
        {
            method: "DELETE",
            on: "bucket",
            query,
            access: accessToBucket(query === "policy" ? "s3:DeleteBucketPolicy" : `s3:Put${action}`),
            run: ({ bucket }) => {
                const found = buckets.get(bucket);
                const left = Object.entries(found.documents).filter(([name]) => name !== query);
                buckets.keep({ ...found, documents: Object.fromEntries(left) });
                return { status: 204 };
            },
        },
    ]);
}

function listObjects(buckets: Buckets, { bucket, query }: S3Request): S3Response {
    const { prefix, delimiter, most, encode } = listRequest(query);
    const marker = query.get("marker") ?? "";
    const page = pageOf(buckets.keys(buckets.get(bucket).name), { prefix, delimiter, after: marker, most });
    const content = {
        Name: bucket,
        Prefix: encode(prefix),
        Marker: encode(marker),
        MaxKeys: most,
        ...(delimiter === "" ? {} : { Delimiter: encode(delimiter), NextMarker: page.next && encode(page.next) }),
        EncodingType: query.get("encoding-type"),
        IsTruncated: page.next !== undefined,
        ...contents(buckets, bucket, page, encode),
    };
    return { status: 200, body: xmlDocument("ListBucketResult", content) };
}

function listObjectsV2(buckets: Buckets, { bucket, query }: S3Request): S3Response {
    const { prefix, delimiter, most, encode } = listRequest(query);
    const token = query.get("continuation-token");
    const startAfter = query.get("start-after") ?? "";
    const after = token === null ? startAfter : Buffer.from(token, "base64url").toString("utf8");
    const page = pageOf(buckets.keys(buckets.get(bucket).name), { prefix, delimiter, after, most });
    const content = {
        Name: bucket,
        Prefix: encode(prefix),
        Delimiter: delimiter === "" ? undefined : encode(delimiter),
        MaxKeys: most,
        EncodingType: query.get("encoding-type"),
        KeyCount: page.keys.length + page.prefixes.length,
        IsTruncated: page.next !== undefined,
        ContinuationToken: token,
        NextContinuationToken: page.next === undefined ? undefined : Buffer.from(page.next).toString("base64url"),
        StartAfter: startAfter === "" ? undefined : encode(startAfter),
        ...contents(buckets, bucket, page, encode),
    };
    return { status: 200, body: xmlDocument("ListBucketResult", content) };
}

function listRequest(query: URLSearchParams): {
    prefix: string;
    delimiter: string;
    most: number;
    encode: (text: string) => string;
} {
    const asked = Number(query.get("max-keys") ?? MOST_KEYS);
    if (!Number.isInteger(asked) || asked < 0)
        throw refusals.invalidArgument("Provided max-keys not an integer or within integer range");
    const isEncoded = query.get("encoding-type") === "url";
    return {
        prefix: query.get("prefix") ?? "",
        delimiter: query.get("delimiter") ?? "",
        most: Math.min(asked, MOST_KEYS),
        encode: (text) => (isEncoded ? encodeURIComponent(text).replace(/%2F/g, "/").replace(/%20/g, "+") : text),
    };
}

function contents(
    buckets: Buckets,
    bucket: string,
    { keys, prefixes }: Page,
    encode: (text: string) => string,
): object {
    return {
        Contents: keys.map((key) => {
            const { modifiedAt = 0, etag, size, headers } = buckets.object(bucket, key) ?? {};
            return {
                Key: encode(key),
                LastModified: new Date(modifiedAt).toISOString(),
                ETag: etag,
                Size: size,
                StorageClass: headers?.["x-amz-storage-class"] ?? "STANDARD",
            };
        }),
        CommonPrefixes: prefixes.map((prefix) => ({ Prefix: encode(prefix) })),
    };
}
