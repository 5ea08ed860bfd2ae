import type { HttpRequest, RequestContext } from "../service";
import { decodeAwsChunked } from "./aws-chunked";
import { refusals } from "./errors";

/** A request with what it is about. */
export interface S3Request {
    method: string;
    /** Empty where the request is about the account. */
    bucket: string;
    /** Empty where it is about the bucket. */
    key: string;
    query: URLSearchParams;
    headers: Record<string, string>;
    body: Buffer;
    context: RequestContext;
}

export interface S3Response {
    status: number;
    headers?: Record<string, string>;
    body?: string | Buffer;
}

/** `<bucket>.s3.<region>.amazonaws.com`, `<bucket>.s3.amazonaws.com`, `<bucket>.s3.localhost`, `<bucket>.localhost` */
const BUCKET_HOST = /^(.+?)\.(?:s3[.-][a-z0-9.-]*amazonaws\.com|s3\.localhost|localhost)$/;
const SERVICE_HOST = /^s3[.-][a-z0-9.-]*amazonaws\.com$/;

/** The bucket that the host names; empty where the path does. */
export function bucketOfHost({ headers }: HttpRequest): string {
    const host = (headers["host"] ?? "").replace(/:\d+$/, "").toLowerCase();
    return SERVICE_HOST.test(host) ? "" : (BUCKET_HOST.exec(host)?.[1] ?? "");
}

/** Whether the host is one of S3's. */
export function isS3Host(request: HttpRequest): boolean {
    return bucketOfHost(request) !== "" || SERVICE_HOST.test((request.headers["host"] ?? "").toLowerCase());
}

/** @throws ServiceError where path or body cannot be read. */
export function readRequest(request: HttpRequest, context: RequestContext): S3Request {
    const { method, path, query, headers, body } = request;
    const hosted = bucketOfHost(request);
    const [, first = "", rest = ""] = /^\/([^/]*)\/?(.*)$/s.exec(path) ?? [];
    const isChunked = /^STREAMING-/.test(headers["x-amz-content-sha256"] ?? "");
    return {
        method,
        bucket: hosted || decode(first),
        key: decode(hosted === "" ? rest : path.slice(1)),
        query: new URLSearchParams(query),
        headers,
        body: isChunked ? decodeAwsChunked(body) : body,
        context,
    };
}

function decode(text: string): string {
    try {
        return decodeURIComponent(text);
    } catch {
        throw refusals.invalidArgument("Couldn't parse the specified URI.");
    }
}
