import { createHash, createHmac, timingSafeEqual } from "node:crypto";

import type { HttpRequest } from "../service";

/** What a signed request says about its signature. */
export interface SignedRequest {
    accessKeyId: string;
    /** `20261123`, of the credential's scope. */
    day: string;
    region: string;
    /** The service's name in the scope: `dynamodb`, `execute-api`. */
    service: string;
    /** Lower-case names, in the order signed. */
    signedHeaders: string[];
    signature: string;
    /** `20261123T120000Z` */
    timestamp: string;
    sessionToken?: string;
    /** Seconds that a presigned URL is good for; absent where the signature stands in a header. */
    expiresIn?: number;
}

const ALGORITHM = "AWS4-HMAC-SHA256";

/** Undefined where the request carries no Signature Version 4, or none that can be read. */
export function parseAuthorization(request: HttpRequest): SignedRequest | undefined {
    const header = request.headers["authorization"];
    if (header?.startsWith(ALGORITHM)) return fromHeader(request, header);
    return request.query.includes("X-Amz-Signature=") ? fromQuery(request) : undefined;
}

function fromHeader(request: HttpRequest, header: string): SignedRequest | undefined {
    const parts = new Map(
        header
            .slice(ALGORITHM.length)
            .split(",")
            .map((part) => part.trim().split("=", 2) as [string, string]),
    );
    return signedRequest(parts.get("Credential"), parts.get("SignedHeaders"), parts.get("Signature"), {
        timestamp: request.headers["x-amz-date"] ?? "",
        sessionToken: request.headers["x-amz-security-token"],
    });
}

function fromQuery(request: HttpRequest): SignedRequest | undefined {
    const query = new URLSearchParams(request.query);
    const get = (name: string): string | undefined => query.get(name) ?? undefined;
    return signedRequest(get("X-Amz-Credential"), get("X-Amz-SignedHeaders"), get("X-Amz-Signature"), {
        timestamp: get("X-Amz-Date") ?? "",
        sessionToken: get("X-Amz-Security-Token"),
        expiresIn: Number(get("X-Amz-Expires") ?? 0),
    });
}

function signedRequest(
    credential: string | undefined,
    headers: string | undefined,
    signature: string | undefined,
    rest: Pick<SignedRequest, "timestamp" | "sessionToken" | "expiresIn">,
): SignedRequest | undefined {
    const [accessKeyId, day, region, service, end] = credential?.split("/") ?? [];
    if (!accessKeyId || !day || !region || !service || end !== "aws4_request") return undefined;
    if (headers === undefined || signature === undefined) return undefined;
    return { accessKeyId, day, region, service, signedHeaders: headers.split(";"), signature, ...rest };
}

/** Milliseconds since 1970-01-01 UTC of `20261123T120000Z`; NaN when it is no such text. */
export function timestampOf(signed: SignedRequest): number {
    const match = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(signed.timestamp);
    if (match === null) return NaN;
    const [year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0] = match.slice(1).map(Number);
    return Date.UTC(year, month - 1, day, hour, minute, second);
}

/** The key of one day, region and service: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html */
export function signingKey(secretAccessKey: string, signed: SignedRequest): Buffer {
    const hmac = (key: string | Buffer, data: string): Buffer => createHmac("sha256", key).update(data).digest();
    const scope = [signed.day, signed.region, signed.service, "aws4_request"];
    return scope.reduce<Buffer>((key, part) => hmac(key, part), Buffer.from(`AWS4${secretAccessKey}`));
}

/** True when the signature was made with this key for exactly this request. */
export function isSignedBy(key: Buffer, signed: SignedRequest, request: HttpRequest): boolean {
    const scope = `${signed.day}/${signed.region}/${signed.service}/aws4_request`;
    const hash = createHash("sha256").update(canonicalRequest(signed, request)).digest("hex");
    const expected = createHmac("sha256", key)
        .update(`${ALGORITHM}\n${signed.timestamp}\n${scope}\n${hash}`)
        .digest("hex");
    const [a, b] = [Buffer.from(expected), Buffer.from(signed.signature)];
    return a.length === b.length && timingSafeEqual(a, b);
}

function canonicalRequest(signed: SignedRequest, request: HttpRequest): string {
    const headers = signed.signedHeaders.map((name) => `${name}:${canonicalHeader(request, name)}\n`);
    return [
        request.method,
        canonicalPath(request.path, signed.service),
        canonicalQuery(request.query),
        headers.join(""),
        signed.signedHeaders.join(";"),
        payloadHash(signed, request),
    ].join("\n");
}

/** A header that was sent several times is signed as one, without the space that HTTP joins them by. */
function canonicalHeader(request: HttpRequest, name: string): string {
    const values = request.rawHeaders.filter((_, at, all) => at % 2 === 1 && all[at - 1]?.toLowerCase() === name);
    return (values.length > 1 ? values : [request.headers[name] ?? ""])
        .map((value) => value.trim().replace(/\s+/g, " "))
        .join(",");
}

/** S3 signs a path as it is sent; for every other service it is normalised (RFC 3986) and encoded once more. */
function canonicalPath(path: string, service: string): string {
    if (service === "s3") return path;
    const segments: string[] = [];
    for (const segment of path.split("/")) {
        if (segment === "..") segments.pop();
        else if (segment !== "" && segment !== ".") segments.push(encode(segment));
    }
    const end = segments.length > 0 && path.endsWith("/") ? "/" : "";
    return `/${segments.join("/")}${end}`;
}

function canonicalQuery(query: string): string {
    if (query === "") return "";
    return query
        .split("&")
        .map((pair): [string, string] => {
            const at = pair.indexOf("=");
            const [name, value] = at < 0 ? [pair, ""] : [pair.slice(0, at), pair.slice(at + 1)];
            return [encode(decode(name)), encode(decode(value))];
        })
        .filter(([name]) => name !== "X-Amz-Signature")
        .sort(([a, x], [b, y]) => (a === b ? compare(x, y) : compare(a, b)))
        .map(([name, value]) => `${name}=${value}`)
        .join("&");
}

function compare(a: string, b: string): number {
    return a < b ? -1 : a > b ? 1 : 0;
}

function decode(text: string): string {
    try {
        return decodeURIComponent(text);
    } catch {
        return text;
    }
}

function encode(text: string): string {
    return encodeURIComponent(text).replace(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`);
}

/** The header counts only if it is true: `UNSIGNED-PAYLOAD`, a streaming marker, or the body's own hash. */
function payloadHash(signed: SignedRequest, request: HttpRequest): string {
    const declared = request.headers["x-amz-content-sha256"];
    if (declared !== undefined && /^(UNSIGNED-PAYLOAD|STREAMING-)/.test(declared)) return declared;
    if (signed.expiresIn !== undefined && signed.service === "s3") return "UNSIGNED-PAYLOAD";
    return createHash("sha256").update(request.body).digest("hex");
}
