import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import {
    AbortMultipartUploadCommand,
    CompleteMultipartUploadCommand,
    CreateBucketCommand,
    CreateMultipartUploadCommand,
    DeleteObjectCommand,
    GetObjectCommand,
    ListMultipartUploadsCommand,
    ListPartsCommand,
    PutObjectCommand,
    UploadPartCommand,
    UploadPartCopyCommand,
} from "@aws-sdk/client-s3";

import { DiskStore } from "../../../local/store";
import { PLACE, S3Fixture } from "./fixture";

const Bucket = "shop-files";
const Key = "large.bin";
const FIVE_MIB = Buffer.alloc(5 * 1024 * 1024, "x");

describe("S3 multipart uploads", () => {
    let fixture: S3Fixture;
    let UploadId: string;

    beforeEach(async () => {
        fixture = await S3Fixture.start();
        await fixture.client.send(new CreateBucketCommand({ Bucket }));
        const begin = new CreateMultipartUploadCommand({ Bucket, Key, ContentType: "text/plain" });
        UploadId = (await fixture.client.send(begin)).UploadId ?? "";
    });
    afterEach(() => fixture.close());

    async function upload(PartNumber: number, Body: Buffer): Promise<{ PartNumber: number; ETag?: string }> {
        const { ETag } = await fixture.client.send(new UploadPartCommand({ Bucket, Key, UploadId, PartNumber, Body }));
        return { PartNumber, ETag };
    }

    const complete = (Parts: object[]) =>
        fixture.client.send(new CompleteMultipartUploadCommand({ Bucket, Key, UploadId, MultipartUpload: { Parts } }));

    it("make one object of their parts", async () => {
        const second = await upload(2, Buffer.from("end"));
        const first = await upload(1, FIVE_MIB);
        const parts = await fixture.client.send(new ListPartsCommand({ Bucket, Key, UploadId }));
        assert.deepEqual(
            parts.Parts?.map(({ PartNumber, Size }) => [PartNumber, Size]),
            [
                [1, FIVE_MIB.length],
                [2, 3],
            ],
        );
        const { ETag = "" } = await complete([first, second]);
        assert.match(ETag, /^"[0-9a-f]{32}-2"$/);
        const found = await fixture.client.send(new GetObjectCommand({ Bucket, Key, PartNumber: 2 }));
        assert.equal(await found.Body?.transformToString(), "end");
        assert.deepEqual([found.PartsCount, found.ContentType], [2, "text/plain"]);
        const { Uploads } = await fixture.client.send(new ListMultipartUploadsCommand({ Bucket }));
        assert.equal(Uploads, undefined);
    });

    it("may take parts from other objects", async () => {
        await fixture.client.send(new PutObjectCommand({ Bucket, Key: "source", Body: "0123456789" }));
        const { CopyPartResult } = await fixture.client.send(
            new UploadPartCopyCommand({
                Bucket,
                Key,
                UploadId,
                PartNumber: 1,
                CopySource: `${Bucket}/source`,
                CopySourceRange: "bytes=2-4",
            }),
        );
        await complete([{ PartNumber: 1, ETag: CopyPartResult?.ETag }]);
        const found = await fixture.client.send(new GetObjectCommand({ Bucket, Key }));
        assert.equal(await found.Body?.transformToString(), "234");
    });

    it("are refused where parts are missing, small or out of order", async () => {
        const [one, two] = [await upload(1, Buffer.from("small")), await upload(2, Buffer.from("end"))];
        await assert.rejects(complete([one, two]), { name: "EntityTooSmall" });
        await assert.rejects(complete([two, one]), { name: "InvalidPartOrder" });
        await assert.rejects(complete([{ PartNumber: 3, ETag: '"x"' }]), { name: "InvalidPart" });
    });

    it("leave nothing where they are given up", async () => {
        await upload(1, Buffer.from("part"));
        await fixture.client.send(new AbortMultipartUploadCommand({ Bucket, Key, UploadId }));
        await assert.rejects(upload(2, Buffer.from("x")), { name: "NoSuchUpload" });
    });
});

describe("S3 on disk", () => {
    it("keeps objects and their bytes, and no bytes that nothing refers to", async () => {
        const directory = mkdtempSync(join(tmpdir(), "s3-"));
        const owner = { stack: "shop/dev", ...PLACE };
        const store = await DiskStore.open(directory, owner);
        const before = await S3Fixture.start(store);
        await before.client.send(new CreateBucketCommand({ Bucket }));
        for (const [key, Body] of [
            ["a", "first"],
            ["a", "second"],
            ["../b", "gone"],
        ] as const) {
            await before.client.send(new PutObjectCommand({ Bucket, Key: key, Body }));
        }
        await before.client.send(new DeleteObjectCommand({ Bucket, Key: "../b" }));
        await before.close();
        await store.close();
        assert.equal(readdirSync(join(directory, "s3")).length, 1);

        const again = await DiskStore.open(directory, owner);
        const after = await S3Fixture.start(again);
        const { Body } = await after.client.send(new GetObjectCommand({ Bucket, Key: "a" }));
        assert.equal(await Body?.transformToString(), "second");
        await after.close();
        await again.close();
        rmSync(directory, { recursive: true });
    });
});
