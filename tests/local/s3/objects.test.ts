import assert from "node:assert/strict";
import { Readable } from "node:stream";

import {
    CopyObjectCommand,
    CreateBucketCommand,
    DeleteBucketCommand,
    DeleteObjectCommand,
    DeleteObjectsCommand,
    GetBucketLocationCommand,
    GetBucketPolicyCommand,
    GetObjectAclCommand,
    GetObjectCommand,
    type GetObjectCommandInput,
    GetObjectTaggingCommand,
    HeadBucketCommand,
    HeadObjectCommand,
    ListBucketsCommand,
    ListObjectsCommand,
    ListObjectsV2Command,
    PutBucketPolicyCommand,
    PutObjectCommand,
    type PutObjectCommandInput,
    PutObjectTaggingCommand,
} from "@aws-sdk/client-s3";
import fc from "fast-check";

import { pageOf } from "../../../local/s3/listing";
import { PLACE, S3Fixture } from "./fixture";

const Bucket = "shop-files";

describe("S3 objects", () => {
    let fixture: S3Fixture;

    before(async () => (fixture = await S3Fixture.start()));
    after(() => fixture.close());
    beforeEach(() => fixture.client.send(new CreateBucketCommand({ Bucket })));
    afterEach(() => fixture.s3.buckets.remove(Bucket));

    const put = (Key: string, Body: PutObjectCommandInput["Body"] = Key, more: object = {}) =>
        fixture.client.send(new PutObjectCommand({ Bucket, Key, Body, ...more }));
    const get = (Key: string, more: Partial<GetObjectCommandInput> = {}) =>
        fixture.client.send(new GetObjectCommand({ Bucket, Key, ...more }));
    const textOf = async (Key: string, more: Partial<GetObjectCommandInput> = {}): Promise<string> =>
        (await (await get(Key, more)).Body?.transformToString()) ?? "";
    const statusOf = (error: unknown): number =>
        (error as { $metadata: { httpStatusCode: number } }).$metadata.httpStatusCode;

    it("keep their bytes and what is said of them", async () => {
        const bytes = Buffer.from(Array.from({ length: 1000 }, (_, index) => index % 256));
        const { ETag } = await put("a/b.bin", bytes, {
            ContentType: "image/png",
            CacheControl: "no-store",
            Metadata: { author: "Ada" },
            Tagging: "kind=new",
        });
        const found = await get("a/b.bin");
        assert.deepEqual(Buffer.from((await found.Body?.transformToByteArray()) ?? []), bytes);
        assert.deepEqual(
            [found.ETag, found.ContentType, found.CacheControl, found.ContentLength, found.Metadata, found.TagCount],
            [ETag, "image/png", "no-store", 1000, { author: "Ada" }, 1],
        );
        const head = await fixture.client.send(new HeadObjectCommand({ Bucket, Key: "a/b.bin" }));
        assert.deepEqual([head.ContentLength, head.ETag], [1000, ETag]);
        assert.equal(head.LastModified?.getTime(), fixture.clock.now());
    });

    it("may have any key", async () => {
        const keys = ["../../etc/passwd", "a//b/", "ключ 🔑", "with space+plus&amp;%25", "__proto__", "?query"];
        for (const key of keys) await put(key);
        for (const key of keys) assert.equal(await textOf(key), key);
        const { Contents = [] } = await fixture.client.send(new ListObjectsV2Command({ Bucket }));
        assert.deepEqual(new Set(Contents.map(({ Key }) => Key)), new Set(keys));
    });

    it("may be sent in chunks", async () => {
        await put("stream", Readable.from([Buffer.from("one "), Buffer.from("two")]), { ContentLength: 7 });
        assert.equal(await textOf("stream"), "one two");
        assert.equal((await get("stream")).ContentEncoding, undefined);
    });

    it("may be read in part", async () => {
        await put("text", "0123456789");
        assert.equal(await textOf("text", { Range: "bytes=2-4" }), "234");
        assert.equal(await textOf("text", { Range: "bytes=7-" }), "789");
        assert.equal(await textOf("text", { Range: "bytes=-2" }), "89");
        assert.equal((await get("text", { Range: "bytes=0-0" })).ContentRange, "bytes 0-0/10");
        await assert.rejects(get("text", { Range: "bytes=10-" }), { name: "InvalidRange" });
    });

    it("are read and written under conditions", async () => {
        const { ETag } = await put("c", "one");
        await assert.rejects(get("c", { IfNoneMatch: ETag }), (error) => statusOf(error) === 304);
        await assert.rejects(get("c", { IfMatch: '"other"' }), (error) => statusOf(error) === 412);
        await assert.rejects(put("c", "two", { IfNoneMatch: "*" }), { name: "PreconditionFailed" });
        await put("c", "two", { IfMatch: ETag });
        await assert.rejects(put("c", "three", { IfMatch: ETag }), { name: "PreconditionFailed" });
        await assert.rejects(put("missing", "x", { IfMatch: ETag }), { name: "NoSuchKey" });
        assert.equal(await textOf("c"), "two");
    });

    it("are refused where they did not arrive as they were sent", async () => {
        await assert.rejects(put("d", "one", { ContentMD5: "AAAAAAAAAAAAAAAAAAAAAA==" }), { name: "BadDigest" });
        await assert.rejects(put("d", "one", { ChecksumSHA256: Buffer.alloc(32).toString("base64") }), {
            name: "BadDigest",
        });
        await assert.rejects(get("d"), { name: "NoSuchKey", message: "The specified key does not exist." });
    });

    it("can be copied, with other metadata too", async () => {
        await put("from here", "text", { Metadata: { a: "1" } });
        const copy = (Key: string, more: object = {}): Promise<unknown> =>
            fixture.client.send(new CopyObjectCommand({ Bucket, Key, CopySource: `${Bucket}/from%20here`, ...more }));
        await copy("same");
        await copy("other", { MetadataDirective: "REPLACE", Metadata: { b: "2" } });
        assert.equal(await textOf("same"), "text");
        assert.deepEqual((await get("same")).Metadata, { a: "1" });
        assert.deepEqual((await get("other")).Metadata, { b: "2" });
        await assert.rejects(copy("from here"), { name: "InvalidRequest" });
    });

    it("have tags", async () => {
        await put("t");
        const TagSet = [{ Key: "a", Value: "<1>" }];
        await fixture.client.send(new PutObjectTaggingCommand({ Bucket, Key: "t", Tagging: { TagSet } }));
        const found = await fixture.client.send(new GetObjectTaggingCommand({ Bucket, Key: "t" }));
        assert.deepEqual(found.TagSet, TagSet);
    });

    it("can be deleted, one or many, there or not", async () => {
        for (const key of ["a", "b", "c"]) await put(key);
        await fixture.client.send(new DeleteObjectCommand({ Bucket, Key: "a" }));
        await fixture.client.send(new DeleteObjectCommand({ Bucket, Key: "a" }));
        const Objects = [{ Key: "b" }, { Key: "missing" }];
        const { Deleted } = await fixture.client.send(new DeleteObjectsCommand({ Bucket, Delete: { Objects } }));
        assert.deepEqual(Deleted, Objects);
        const { Contents } = await fixture.client.send(new ListObjectsV2Command({ Bucket }));
        assert.deepEqual(
            Contents?.map(({ Key }) => Key),
            ["c"],
        );
    });

    it("are listed by prefix and delimiter, page by page", async () => {
        for (const key of ["a", "p/1", "p/2/x", "p/2/y", "p/3", "z"]) await put(key);
        const list = (input: object) => fixture.client.send(new ListObjectsV2Command({ Bucket, ...input }));
        const folder = await list({ Prefix: "p/", Delimiter: "/" });
        assert.deepEqual(
            folder.Contents?.map(({ Key }) => Key),
            ["p/1", "p/3"],
        );
        assert.deepEqual(folder.CommonPrefixes, [{ Prefix: "p/2/" }]);
        const seen: unknown[] = [];
        for (let ContinuationToken: string | undefined, isFirst = true; isFirst || ContinuationToken; isFirst = false) {
            const page = await list({ MaxKeys: 1, Delimiter: "/", ContinuationToken });
            seen.push(page.Contents?.[0]?.Key ?? page.CommonPrefixes?.[0]?.Prefix);
            ContinuationToken = page.NextContinuationToken;
        }
        assert.deepEqual(seen, ["a", "p/", "z"]);
        const old = await fixture.client.send(new ListObjectsCommand({ Bucket, Marker: "p/2/x", MaxKeys: 1 }));
        assert.deepEqual([old.Contents?.[0]?.Key, old.IsTruncated], ["p/2/y", true]);
    });

    it("belong to buckets, which are made once and deleted empty", async () => {
        const { client } = fixture;
        await assert.rejects(client.send(new CreateBucketCommand({ Bucket })), { name: "BucketAlreadyOwnedByYou" });
        await assert.rejects(client.send(new CreateBucketCommand({ Bucket: "Shop_Files" })), {
            name: "InvalidBucketName",
        });
        const { Buckets: all } = await client.send(new ListBucketsCommand({}));
        assert.deepEqual(
            all?.map(({ Name }) => Name),
            [Bucket],
        );
        const location = await client.send(new GetBucketLocationCommand({ Bucket }));
        assert.equal(location.LocationConstraint, PLACE.region);
        await put("a");
        await assert.rejects(client.send(new DeleteBucketCommand({ Bucket })), { name: "BucketNotEmpty" });
        await client.send(new DeleteObjectCommand({ Bucket, Key: "a" }));
        await client.send(new DeleteBucketCommand({ Bucket }));
        await assert.rejects(client.send(new HeadBucketCommand({ Bucket })), (error) => statusOf(error) === 404);
        await assert.rejects(put("a"), { name: "NoSuchBucket" });
    });

    it("say clearly what is not here", async () => {
        const acl = new GetObjectAclCommand({ Bucket, Key: "a" });
        await assert.rejects(fixture.client.send(acl), {
            name: "NotImplemented",
            message: /GET of a object with \?acl/,
        });
    });

    it("are served to everybody where the bucket's policy says so", async () => {
        await put("public/a.txt", "hello");
        const url = `${fixture.url}/${Bucket}/public/a.txt`;
        assert.equal((await fetch(url)).status, 403);
        const Statement = {
            Effect: "Allow",
            Principal: "*",
            Action: "s3:GetObject",
            Resource: `arn:aws:s3:::${Bucket}/public/*`,
        };
        const Policy = JSON.stringify({ Version: "2012-10-17", Statement: [Statement] });
        await fixture.client.send(new PutBucketPolicyCommand({ Bucket, Policy }));
        const kept = await fixture.client.send(new GetBucketPolicyCommand({ Bucket }));
        assert.equal(kept.Policy, Policy);
        assert.equal(await (await fetch(url)).text(), "hello");
        assert.equal((await fetch(`${fixture.url}/${Bucket}/private.txt`)).status, 403);
    });

    it("are listed once each, whatever the pages", () => {
        const keys = fc.uniqueArray(fc.string({ unit: fc.constantFrom("a", "b", "/"), maxLength: 4, minLength: 1 }));
        fc.assert(
            fc.property(keys, fc.integer({ min: 1, max: 4 }), fc.constantFrom("", "/"), (unsorted, most, delimiter) => {
                const sorted = [...unsorted].sort();
                const whole = pageOf(sorted, { prefix: "", delimiter, after: "", most: 1000 });
                const seen: string[] = [];
                for (let after: string | undefined = ""; after !== undefined;) {
                    const page = pageOf(sorted, { prefix: "", delimiter, after, most });
                    seen.push(...page.keys, ...page.prefixes);
                    after = page.next;
                }
                assert.deepEqual([...seen].sort(), [...whole.keys, ...whole.prefixes].sort());
            }),
        );
    });
});
