import { createHash } from "node:crypto";
import { crc32 } from "node:zlib";

import { refusals } from "./errors";
import type { StoredObject } from "./model";
import { list, parseXml } from "./xml";

type Headers = Record<string, string>;

/** Headers that S3 keeps with an object: https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingMetadata.html */
const KEPT_HEADERS = [
    "cache-control",
    "content-disposition",
    "content-encoding",
    "content-language",
    "content-type",
    "expires",
    "x-amz-storage-class",
    "x-amz-website-redirect-location",
];
const METADATA = "x-amz-meta-";
const METADATA_LIMIT_BYTES = 2 * 1024;

/** Those that can be checked here. */
const DIGESTS: Record<string, (bytes: Buffer) => string> = {
    "x-amz-checksum-crc32": (bytes) => {
        const checksum = Buffer.alloc(4);
        checksum.writeUInt32BE(crc32(bytes));
        return checksum.toString("base64");
    },
    "x-amz-checksum-sha1": (bytes) => createHash("sha1").update(bytes).digest("base64"),
    "x-amz-checksum-sha256": (bytes) => createHash("sha256").update(bytes).digest("base64"),
};
const CHECKSUM = /^x-amz-checksum-(crc32|crc32c|crc64nvme|sha1|sha256)$/;

/** What the headers of a write say of the object. */
export function descriptionOf(headers: Headers): Pick<StoredObject, "headers" | "metadata" | "tags"> {
    const kept = KEPT_HEADERS.filter((name) => headers[name] !== undefined).map((name) => [name, headers[name] ?? ""]);
    const metadata = Object.entries(headers)
        .filter(([name]) => name.startsWith(METADATA))
        .map(([name, value]) => [name.slice(METADATA.length), value]);
    const bytes = metadata.flat().reduce((sum, text = "") => sum + Buffer.byteLength(text), 0);
    if (bytes > METADATA_LIMIT_BYTES) {
        throw refusals.invalidArgument("Your metadata headers exceed the maximum allowed metadata size");
    }
    const described = withoutChunking(Object.fromEntries(kept) as Headers);
    return {
        headers: { "content-type": "binary/octet-stream", ...described },
        metadata: Object.fromEntries(metadata) as Headers,
        tags: Object.fromEntries(new URLSearchParams(headers["x-amz-tagging"] ?? "")),
    };
}

/** How a body was sent is no property of the object. */
function withoutChunking({ "content-encoding": encoding, ...headers }: Headers): Headers {
    const left = (encoding ?? "")
        .split(",")
        .map((each) => each.trim())
        .filter((each) => each !== "" && each !== "aws-chunked");
    return left.length === 0 ? headers : { ...headers, "content-encoding": left.join(",") };
}

/** @throws ServiceError BadDigest, where the bytes are not those that the headers announce. */
export function checksumsOf(headers: Headers, bytes: Buffer): Headers {
    const md5 = headers["content-md5"];
    if (md5 !== undefined && createHash("md5").update(bytes).digest("base64") !== md5) {
        throw refusals.badDigest("Content-MD5");
    }
    const given = Object.entries(headers).filter(([name]) => CHECKSUM.test(name));
    for (const [name, value] of given) {
        const digest = DIGESTS[name];
        if (digest !== undefined && digest(bytes) !== value) {
            throw refusals.badDigest(name.slice("x-amz-checksum-".length).toUpperCase());
        }
    }
    return Object.fromEntries(given);
}

export function etagOf(bytes: Buffer): string {
    return `"${createHash("md5").update(bytes).digest("hex")}"`;
}

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_Tagging.html */
export function readTagging(body: Buffer): Record<string, string> {
    const set = Object(parseXml(body, "Tagging")["TagSet"]) as Record<string, unknown>;
    const tags = list(set["Tag"]).map(({ Key, Value }) => [String(Key), String(Value ?? "")]);
    return Object.fromEntries(tags) as Record<string, string>;
}

export function taggingOf(tags: Record<string, string>): object {
    return { TagSet: { Tag: Object.entries(tags).map(([Key, Value]) => ({ Key, Value })) } };
}
