import { refusals } from "./errors";
import { type Buckets } from "./buckets";
import { checkCopySource, checkWrite, isModifiedFor, rangeOf } from "./conditions";
import { checksumsOf, descriptionOf, etagOf, readTagging, taggingOf } from "./contents";
import type { Happened } from "./events";
import type { StoredObject } from "./model";
import { accessToObject, type S3Operation } from "./operation";
import type { S3Request, S3Response } from "./request";
import { list, parseXml, xmlDocument } from "./xml";

const LONGEST_KEY_BYTES = 1024;

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_Operations_Amazon_Simple_Storage_Service.html */
export function objectOperations(
    buckets: Buckets,
    now: () => number,
    happened: (event: Happened, request: S3Request) => void,
): S3Operation[] {
    const find = ({ bucket, key }: S3Request): StoredObject => {
        buckets.get(bucket);
        const object = buckets.object(bucket, key);
        if (object === undefined) throw refusals.noSuchKey(key);
        return object;
    };
    const tagged = (request: S3Request, tags: Record<string, string>, event: string): void => {
        const object = { ...find(request), tags };
        buckets.putObject(object);
        happened({ event, object }, request);
    };

    return [
        {
            method: "GET",
            on: "object",
            query: "tagging",
            access: accessToObject("s3:GetObjectTagging"),
            run: (request) => ({ status: 200, body: xmlDocument("Tagging", taggingOf(find(request).tags)) }),
        },
        {
            method: "PUT",
            on: "object",
            query: "tagging",
            access: accessToObject("s3:PutObjectTagging"),
            run: (request) => {
                tagged(request, readTagging(request.body), "ObjectTagging:Put");
                return { status: 200 };
            },
        },
        {
            method: "DELETE",
            on: "object",
            query: "tagging",
            access: accessToObject("s3:DeleteObjectTagging"),
            run: (request) => {
                tagged(request, {}, "ObjectTagging:Delete");
                return { status: 204 };
            },
        },
        {
            method: "GET",
            on: "object",
            access: accessToObject("s3:GetObject"),
            run: (request) => read(buckets, find(request), request),
        },
        {
            method: "HEAD",
            on: "object",
            access: accessToObject("s3:GetObject"),
            run: (request) => read(buckets, find(request), request),
        },
        {
            method: "PUT",
            on: "object",
            header: "x-amz-copy-source",
            access: (request, policyOf) => {
                const source = copySource(request);
                return [
                    ...accessToObject("s3:PutObject")(request, policyOf),
                    ...accessToObject("s3:GetObject")({ ...request, ...source }, policyOf),
                ];
            },
            run: (request) => {
                const object = copy(buckets, request, now());
                happened({ event: "ObjectCreated:Copy", object }, request);
                const content = { LastModified: new Date(object.modifiedAt).toISOString(), ETag: object.etag };
                return { status: 200, body: xmlDocument("CopyObjectResult", content) };
            },
        },
        {
            method: "PUT",
            on: "object",
            access: accessToObject("s3:PutObject"),
            run: (request) => {
                const object = put(buckets, request, now());
                happened({ event: "ObjectCreated:Put", object }, request);
                return { status: 200, headers: { etag: object.etag, ...object.checksums } };
            },
        },
        {
            method: "DELETE",
            on: "object",
            access: accessToObject("s3:DeleteObject"),
            run: (request) => {
                remove(buckets, request, happened);
                return { status: 204 };
            },
        },
        {
            method: "POST",
            on: "bucket",
            query: "delete",
            access: (request, policyOf) =>
                keysToDelete(request).flatMap((key) =>
                    accessToObject("s3:DeleteObject")({ ...request, key }, policyOf),
                ),
            run: (request) => {
                const isQuiet = parseXml(request.body, "Delete")["Quiet"] === "true";
                const keys = keysToDelete(request);
                for (const key of keys) remove(buckets, { ...request, key }, happened);
                const Deleted = isQuiet ? [] : keys.map((Key) => ({ Key }));
                return { status: 200, body: xmlDocument("DeleteResult", { Deleted }) };
            },
        },
    ];
}

/** The bucket and key that a copy is made of. */
export function copySource({ headers }: S3Request): { bucket: string; key: string } {
    const source = decodeURIComponent((headers["x-amz-copy-source"] ?? "").replace(/\?versionId=.*$/, ""));
    const [, bucket = "", key = ""] = /^\/?([^/]+)\/(.+)$/s.exec(source) ?? [];
    if (key === "")
        throw refusals.invalidArgument("Copy Source must mention the source bucket and key: sourcebucket/sourcekey");
    return { bucket, key };
}

/** @throws ServiceError NoSuchKey, or PreconditionFailed */
export function readCopySource(buckets: Buckets, request: S3Request): StoredObject {
    const { bucket, key } = copySource(request);
    buckets.get(bucket);
    const source = buckets.object(bucket, key);
    if (source === undefined) throw refusals.noSuchKey(key);
    checkCopySource(request.headers, source);
    return source;
}

export function checkKey(key: string): void {
    if (Buffer.byteLength(key) > LONGEST_KEY_BYTES) throw refusals.keyTooLong(key);
}

function put(buckets: Buckets, { bucket, key, headers, body }: S3Request, modifiedAt: number): StoredObject {
    buckets.get(bucket);
    checkKey(key);
    checkWrite(headers, key, buckets.object(bucket, key));
    const checksums = checksumsOf(headers, body);
    const object = {
        bucket,
        key,
        ...descriptionOf(headers),
        blob: buckets.blobs.put(body),
        size: body.length,
        etag: etagOf(body),
        modifiedAt,
        checksums,
    };
    buckets.putObject(object);
    return object;
}

function copy(buckets: Buckets, request: S3Request, modifiedAt: number): StoredObject {
    const { bucket, key, headers } = request;
    buckets.get(bucket);
    checkKey(key);
    checkWrite(headers, key, buckets.object(bucket, key));
    const source = readCopySource(buckets, request);
    const isReplaced = headers["x-amz-metadata-directive"] === "REPLACE";
    const isSame = source.bucket === bucket && source.key === key;
    if (isSame && !isReplaced) {
        throw refusals.invalidRequest(
            "This copy request is illegal because it is trying to copy an object to itself without changing the object's metadata, storage class, website redirect location or encryption attributes.",
        );
    }
    const described = descriptionOf(headers);
    const bytes = buckets.blobs.get(source.blob);
    const object = {
        ...source,
        ...(isReplaced ? { headers: described.headers, metadata: described.metadata } : {}),
        ...(headers["x-amz-tagging-directive"] === "REPLACE" ? { tags: described.tags } : {}),
        bucket,
        key,
        blob: buckets.blobs.put(bytes),
        etag: etagOf(bytes),
        modifiedAt,
        parts: undefined,
    };
    buckets.putObject(object);
    return object;
}

function remove(buckets: Buckets, request: S3Request, happened: (event: Happened, request: S3Request) => void): void {
    buckets.get(request.bucket);
    const object = buckets.object(request.bucket, request.key);
    if (object === undefined) return;
    buckets.removeObject(object);
    happened({ event: "ObjectRemoved:Delete", object }, request);
}

function keysToDelete({ body }: S3Request): string[] {
    const keys = list(parseXml(body, "Delete")["Object"]).map(({ Key }) => String(Key));
    if (keys.length === 0 || keys.length > 1000) throw refusals.malformedXml();
    return keys;
}

function read(buckets: Buckets, object: StoredObject, { headers, query }: S3Request): S3Response {
    const all = { ...objectHeaders(object), ...overrides(query) };
    if (!isModifiedFor(headers, object)) return { status: 304, headers: all };
    const withChecksums = headers["x-amz-checksum-mode"] === "ENABLED" ? { ...all, ...object.checksums } : all;
    const range = partOf(object, query) ?? rangeOf(headers["range"], object.size);
    const bytes = buckets.blobs.get(object.blob);
    if (range === undefined) return { status: 200, headers: withChecksums, body: bytes };
    return {
        status: 206,
        headers: { ...all, "content-range": `bytes ${range.from}-${range.to}/${object.size}` },
        body: bytes.subarray(range.from, range.to + 1),
    };
}

function partOf({ parts = [], size }: StoredObject, query: URLSearchParams): { from: number; to: number } | undefined {
    const number = Number(query.get("partNumber") ?? 0);
    if (number === 0) return undefined;
    const sizes = parts.length === 0 ? [size] : parts;
    if (number > sizes.length) throw refusals.invalidArgument("The requested partnumber is not satisfiable");
    const from = sizes.slice(0, number - 1).reduce((sum, each) => sum + each, 0);
    return { from, to: from + (sizes[number - 1] ?? 0) - 1 };
}

function objectHeaders({ headers, metadata, tags, etag, modifiedAt, parts }: StoredObject): Record<string, string> {
    const own = Object.entries(metadata).map(([name, value]) => [`x-amz-meta-${name}`, value]);
    const tagCount = Object.keys(tags).length;
    return {
        ...headers,
        ...(Object.fromEntries(own) as Record<string, string>),
        ...(tagCount > 0 ? { "x-amz-tagging-count": String(tagCount) } : {}),
        ...(parts === undefined ? {} : { "x-amz-mp-parts-count": String(parts.length) }),
        etag,
        "last-modified": new Date(modifiedAt).toUTCString(),
        "accept-ranges": "bytes",
        "x-amz-server-side-encryption": "AES256",
    };
}

/** `response-content-type` … */
function overrides(query: URLSearchParams): Record<string, string> {
    const asked = [...query].filter(([name]) => name.startsWith("response-"));
    return Object.fromEntries(asked.map(([name, value]) => [name.slice("response-".length), value]));
}
