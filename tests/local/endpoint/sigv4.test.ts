import assert from "node:assert/strict";
import { createHash, createHmac } from "node:crypto";

import { SignatureV4 } from "@smithy/signature-v4";
import fc from "fast-check";

import { isSignedBy, parseAuthorization, signingKey, timestampOf } from "../../../local/endpoint/sigv4";
import type { HttpRequest } from "../../../local/service";

const SECRET = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";

/** What the signer of AWS's own SDK hashes with. */
class Sha256 {
    readonly #parts: (string | Uint8Array)[] = [];
    constructor(private readonly secret?: string | Uint8Array) {}
    update(data: string | Uint8Array): void {
        this.#parts.push(data);
    }
    digest(): Promise<Uint8Array> {
        const hash = this.secret === undefined ? createHash("sha256") : createHmac("sha256", this.secret);
        for (const part of this.#parts) hash.update(part);
        return Promise.resolve(new Uint8Array(hash.digest()));
    }
    reset(): void {
        this.#parts.length = 0;
    }
}

function signer(service: string): SignatureV4 {
    return new SignatureV4({
        service,
        region: "eu-west-1",
        sha256: Sha256 as never,
        credentials: { accessKeyId: "AKIATEST", secretAccessKey: SECRET, sessionToken: "token" },
        uriEscapePath: service !== "s3",
        applyChecksum: true,
    });
}

interface Sendable {
    method: string;
    path: string;
    query: Record<string, string>;
    headers: Record<string, string>;
    body: string;
}

function asRequest(signed: Omit<Sendable, "query"> & { query?: unknown }): HttpRequest {
    const pairs = Object.entries((signed.query ?? {}) as Record<string, string>);
    const headers = Object.fromEntries(
        Object.entries(signed.headers).map(([name, value]) => [name.toLowerCase(), value]),
    );
    return {
        method: signed.method,
        path: signed.path,
        query: pairs.map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`).join("&"),
        rawHeaders: Object.entries(headers).flat(),
        headers,
        body: Buffer.from(signed.body ?? ""),
        sourceIp: "127.0.0.1",
    };
}

function verified(request: HttpRequest, secret = SECRET): boolean {
    const signed = parseAuthorization(request);
    assert.ok(signed);
    return isSignedBy(signingKey(secret, signed), signed, request);
}

const segment = fc.oneof(
    { weight: 4, arbitrary: fc.stringMatching(/^[A-Za-z0-9 _~!'()*+,;=:@.-]{1,12}$/) },
    { weight: 1, arbitrary: fc.constantFrom("", ".", "..") },
);
const sendable = fc.record({
    method: fc.constantFrom("GET", "POST", "PUT"),
    path: fc.array(segment).map((segments) => `/${segments.map(encodeURIComponent).join("/")}`),
    query: fc.dictionary(
        fc.stringMatching(/^[A-Za-z][A-Za-z0-9-]{0,8}$/),
        fc.string({ maxLength: 10, unit: "grapheme-ascii" }),
    ),
    headers: fc
        .dictionary(fc.stringMatching(/^x-[a-z]{1,8}$/), fc.stringMatching(/^[A-Za-z0-9 ,=]{0,12}$/))
        .map((headers) => ({ ...headers, host: "localhost:4566" })),
    body: fc.string({ maxLength: 50 }),
});

async function sign(service: string, request: Sendable): Promise<HttpRequest> {
    const signed = await signer(service).sign({ ...request, protocol: "http:", hostname: "localhost" });
    return asRequest({ ...request, headers: signed.headers });
}

describe("Signature Version 4", () => {
    for (const service of ["dynamodb", "s3"]) {
        it(`accepts what AWS's own signer signs for ${service}`, async () => {
            await fc.assert(
                fc.asyncProperty(sendable, async (request) => {
                    assert.equal(verified(await sign(service, request)), true);
                }),
                { numRuns: 60 },
            );
        });
    }

    it("accepts presigned URLs", async () => {
        await fc.assert(
            fc.asyncProperty(sendable, async (request) => {
                const bare = { ...request, method: "GET", headers: { host: "localhost:4566" }, body: "" };
                const signed = await signer("sqs").presign(
                    { ...bare, protocol: "http:", hostname: "localhost" } as never,
                    {
                        expiresIn: 60,
                    },
                );
                const received = asRequest({ ...bare, query: signed.query });
                assert.equal(parseAuthorization(received)?.expiresIn, 60);
                assert.equal(parseAuthorization(received)?.sessionToken, "token");
                assert.equal(verified(received), true);
            }),
            { numRuns: 30 },
        );
    });

    it("refuses whatever was changed after signing, and other keys", async () => {
        const original = {
            method: "POST",
            path: "/a%20b",
            query: { x: "1" },
            headers: { host: "localhost", "x-one": "1" },
            body: "body",
        };
        const request = await sign("lambda", original);
        assert.equal(verified(request), true);
        assert.equal(verified(request, "other"), false);
        const changes: Partial<HttpRequest>[] = [
            { method: "PUT" },
            { path: "/a" },
            { query: "x=2" },
            { body: Buffer.from("other") },
            { headers: { ...request.headers, "x-one": "2" } },
        ];
        for (const change of changes) assert.equal(verified({ ...request, ...change }), false, JSON.stringify(change));
    });

    it("joins a header that was sent twice", () => {
        const twice = ["Host", "localhost", "X-Two", " a  b ", "X-Two", "c"];
        const authorization =
            "AWS4-HMAC-SHA256 Credential=AKIATEST/20260101/eu-west-1/sns/aws4_request, SignedHeaders=host;x-two, Signature=";
        const received = (rawHeaders: string[], two: string, signature: string): HttpRequest => ({
            ...asRequest({ method: "GET", path: "/", headers: {}, body: "" }),
            rawHeaders,
            headers: { host: "localhost", "x-two": two, authorization: authorization + signature },
        });
        const once = ["Host", "localhost", "X-Two", "a b,c"];
        const hash = createHash("sha256").update("").digest("hex");
        const canonical = `GET\n/\n\nhost:localhost\nx-two:a b,c\n\nhost;x-two\n${hash}`;
        const scope = "20260101/eu-west-1/sns/aws4_request";
        const digest = createHash("sha256").update(canonical).digest("hex");
        const unsigned = parseAuthorization(received(once, "a b,c", "none"));
        assert.ok(unsigned);
        const signature = createHmac("sha256", signingKey(SECRET, unsigned))
            .update(`AWS4-HMAC-SHA256\n\n${scope}\n${digest}`)
            .digest("hex");
        assert.equal(verified(received(once, "a b,c", signature)), true);
        assert.equal(verified(received(twice, "a  b, c", signature)), true);
    });

    it("tells who signs for which service, and when", async () => {
        const request = await sign("execute-api", {
            method: "GET",
            path: "/",
            query: {},
            headers: { host: "h" },
            body: "",
        });
        const signed = parseAuthorization(request);
        assert.equal(signed?.accessKeyId, "AKIATEST");
        assert.equal(signed.service, "execute-api");
        assert.equal(signed.region, "eu-west-1");
        assert.ok(Math.abs(timestampOf(signed) - Date.now()) < 60_000);
    });

    it("finds no signature where there is none", () => {
        for (const authorization of [
            "",
            "Bearer x",
            "AWS4-HMAC-SHA256",
            "AWS4-HMAC-SHA256 Credential=a/b, Signature=c",
        ]) {
            const request = asRequest({ method: "GET", path: "/", headers: { authorization }, body: "" });
            assert.equal(parseAuthorization(request), undefined);
        }
    });
});
