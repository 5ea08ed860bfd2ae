import { createHash, randomUUID } from "node:crypto";

import type { Buckets } from "./buckets";
import { checkWrite, rangeOf } from "./conditions";
import { checksumsOf, descriptionOf, etagOf } from "./contents";
import { refusals } from "./errors";
import type { Happened } from "./events";
import type { StoredObject, Upload, UploadedPart } from "./model";
import { checkKey, copySource, readCopySource } from "./object-operations";
import { accessToBucket, accessToObject, type S3Operation } from "./operation";
import type { S3Request } from "./request";
import { list, parseXml, xmlDocument } from "./xml";

/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/qfacts.html */
const MOST_PARTS = 10_000;
const SMALLEST_PART_BYTES = 5 * 1024 * 1024;

/** Multipart uploads: https://docs.aws.amazon.com/AmazonS3/latest/userguide/mpuoverview.html */
export function uploadOperations(
    buckets: Buckets,
    now: () => number,
    happened: (event: Happened, request: S3Request) => void,
): S3Operation[] {
    const find = ({ bucket, key, query }: S3Request): Upload =>
        buckets.upload(query.get("uploadId") ?? "", buckets.get(bucket).name, key);
    const addPart = (request: S3Request, bytes: Buffer): UploadedPart => {
        const upload = find(request);
        const part = {
            blob: buckets.blobs.put(bytes),
            size: bytes.length,
            etag: etagOf(bytes),
            modifiedAt: now(),
        };
        buckets.putUpload({ ...upload, parts: { ...upload.parts, [partNumber(request)]: part } });
        return part;
    };

    return [
        {
            method: "POST",
            on: "object",
            query: "uploads",
            access: accessToObject("s3:PutObject"),
            run: ({ bucket, key, headers }) => {
                checkKey(key);
                const id = randomUUID().replace(/-/g, "");
                const description = descriptionOf(headers);
                buckets.putUpload({
                    id,
                    bucket: buckets.get(bucket).name,
                    key,
                    startedAt: now(),
                    description,
                    parts: {},
                });
                const content = { Bucket: bucket, Key: key, UploadId: id };
                return { status: 200, body: xmlDocument("InitiateMultipartUploadResult", content) };
            },
        },
        {
            method: "PUT",
            on: "object",
            query: "uploadId",
            header: "x-amz-copy-source",
            access: (request, policyOf) => [
                ...accessToObject("s3:PutObject")(request, policyOf),
                ...accessToObject("s3:GetObject")({ ...request, ...copySource(request) }, policyOf),
            ],
            run: (request) => {
                const source = readCopySource(buckets, request);
                const range = rangeOf(request.headers["x-amz-copy-source-range"], source.size);
                const bytes = buckets.blobs.get(source.blob);
                const part = addPart(request, range === undefined ? bytes : bytes.subarray(range.from, range.to + 1));
                const content = { LastModified: new Date(part.modifiedAt).toISOString(), ETag: part.etag };
                return { status: 200, body: xmlDocument("CopyPartResult", content) };
            },
        },
        {
            method: "PUT",
            on: "object",
            query: "uploadId",
            access: accessToObject("s3:PutObject"),
            run: (request) => {
                const checksums = checksumsOf(request.headers, request.body);
                return { status: 200, headers: { etag: addPart(request, request.body).etag, ...checksums } };
            },
        },
        {
            method: "POST",
            on: "object",
            query: "uploadId",
            access: accessToObject("s3:PutObject"),
            run: (request) => {
                const object = complete(buckets, find(request), request, now());
                happened({ event: "ObjectCreated:CompleteMultipartUpload", object }, request);
                const { bucket, key, etag } = object;
                const content = {
                    Location: `https://${bucket}.s3.amazonaws.com/${key}`,
                    Bucket: bucket,
                    Key: key,
                    ETag: etag,
                };
                return { status: 200, body: xmlDocument("CompleteMultipartUploadResult", content) };
            },
        },
        {
            method: "DELETE",
            on: "object",
            query: "uploadId",
            access: accessToObject("s3:AbortMultipartUpload"),
            run: (request) => {
                buckets.removeUpload(find(request));
                return { status: 204 };
            },
        },
        {
            method: "GET",
            on: "object",
            query: "uploadId",
            access: accessToObject("s3:ListMultipartUploadParts"),
            run: (request) => {
                const { id, bucket, key, parts } = find(request);
                const Part = Object.entries(parts).map(([number, { etag, size, modifiedAt }]) => ({
                    PartNumber: number,
                    LastModified: new Date(modifiedAt).toISOString(),
                    ETag: etag,
                    Size: size,
                }));
                const content = {
                    Bucket: bucket,
                    Key: key,
                    UploadId: id,
                    MaxParts: MOST_PARTS,
                    IsTruncated: false,
                    Part,
                };
                return { status: 200, body: xmlDocument("ListPartsResult", content) };
            },
        },
        {
            method: "GET",
            on: "bucket",
            query: "uploads",
            access: accessToBucket("s3:ListBucketMultipartUploads"),
            run: ({ bucket, query }) => {
                const prefix = query.get("prefix") ?? "";
                const Upload = buckets
                    .uploads(buckets.get(bucket).name)
                    .filter(({ key }) => key.startsWith(prefix))
                    .map(({ id, key, startedAt }) => ({
                        Key: key,
                        UploadId: id,
                        Initiated: new Date(startedAt).toISOString(),
                    }));
                const content = { Bucket: bucket, Prefix: prefix, IsTruncated: false, Upload };
                return { status: 200, body: xmlDocument("ListMultipartUploadsResult", content) };
            },
        },
    ];
}

function partNumber({ query }: S3Request): number {
    const number = Number(query.get("partNumber"));
    if (Number.isInteger(number) && number >= 1 && number <= MOST_PARTS) return number;
    throw refusals.invalidArgument(`Part number must be an integer between 1 and ${MOST_PARTS}, inclusive`);
}

function complete(buckets: Buckets, upload: Upload, { headers, body }: S3Request, modifiedAt: number): StoredObject {
    const { bucket, key, description } = upload;
    checkWrite(headers, key, buckets.object(bucket, key));
    const parts = chosenParts(upload, body);
    const bytes = Buffer.concat(parts.map(({ blob }) => buckets.blobs.get(blob)));
    const digests = parts.map(({ etag }) => Buffer.from(etag.replace(/"/g, ""), "hex"));
    const digest = createHash("md5").update(Buffer.concat(digests)).digest("hex");
    const object = {
        bucket,
        key,
        ...description,
        blob: buckets.blobs.put(bytes),
        size: bytes.length,
        etag: `"${digest}-${parts.length}"`,
        modifiedAt,
        checksums: {},
        parts: parts.map(({ size }) => size),
    };
    buckets.putObject(object);
    buckets.removeUpload(upload);
    return object;
}

function chosenParts({ parts }: Upload, body: Buffer): UploadedPart[] {
    const asked = list(parseXml(body, "CompleteMultipartUpload")["Part"]).map(({ PartNumber, ETag }) => ({
        number: Number(PartNumber),
        etag: String(ETag).replace(/&quot;|"/g, ""),
    }));
    if (asked.length === 0) throw refusals.malformedXml();
    if (asked.some(({ number }, at) => number <= (asked[at - 1]?.number ?? 0))) throw refusals.invalidPartOrder();
    const chosen = asked.map(({ number, etag }) => {
        const part = parts[number];
        if (part?.etag.replace(/"/g, "") !== etag) throw refusals.invalidPart();
        return part;
    });
    if (chosen.slice(0, -1).some(({ size }) => size < SMALLEST_PART_BYTES)) throw refusals.entityTooSmall();
    return chosen;
}
