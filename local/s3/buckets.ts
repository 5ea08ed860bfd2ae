import type { Clock } from "../clock";
import type { Records, Store } from "../store";
import { type Blobs, openBlobs } from "./blobs";
import { refusals } from "./errors";
import { type Bucket, NO_NOTIFICATIONS, type StoredObject, type Upload } from "./model";

/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html */
const BUCKET_NAME = /^(?!xn--|sthree-)(?!\d+\.\d+\.\d+\.\d+$)(?!.*\.\.)[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/;

/** The buckets of the account, with their objects and unfinished uploads. */
export class Buckets {
    readonly blobs: Blobs;
    readonly #buckets = new Map<string, Bucket>();
    /** By bucket, then by key. */
    readonly #objects = new Map<string, Map<string, StoredObject>>();
    /** Keys in the order of their bytes, until one comes or goes. */
    readonly #sorted = new Map<string, string[]>();
    readonly #uploads = new Map<string, Upload>();
    readonly #keptBuckets: Records<Bucket>;
    readonly #keptObjects: Records<StoredObject>;
    readonly #keptUploads: Records<Upload>;

    constructor(
        private readonly clock: Clock,
        private readonly store: Store,
    ) {
        this.blobs = openBlobs(store.directory);
        this.#keptBuckets = store.records("s3/buckets");
        this.#keptObjects = store.records("s3/objects");
        this.#keptUploads = store.records("s3/uploads");
        for (const [name, bucket] of this.#keptBuckets.load()) this.#buckets.set(name, bucket);
        for (const [, object] of this.#keptObjects.load()) this.#objectsOf(object.bucket).set(object.key, object);
        for (const [id, upload] of this.#keptUploads.load()) this.#uploads.set(id, upload);
        this.blobs.keepOnly(this.#referredTo());
    }

    get all(): Bucket[] {
        return [...this.#buckets.values()];
    }

    find(name: string): Bucket | undefined {
        return this.#buckets.get(name);
    }

    /** @throws ServiceError NoSuchBucket */
    get(name: string): Bucket {
        const bucket = this.#buckets.get(name);
        if (bucket === undefined) throw refusals.noSuchBucket(name);
        return bucket;
    }

    /** Makes a bucket; one that exists stays as it is. */
    put(name: string): Bucket {
        if (!BUCKET_NAME.test(name)) throw refusals.invalidBucketName(name);
        const bucket = this.find(name) ?? {
            name,
            createdAt: this.clock.now(),
            documents: {},
            notifications: NO_NOTIFICATIONS,
        };
        this.keep(bucket);
        return bucket;
    }

    /** Call it after a bucket has been changed. */
    keep(bucket: Bucket): void {
        this.#buckets.set(bucket.name, bucket);
        this.#keptBuckets.put(bucket.name, bucket);
    }

    /** With all that is in it. */
    remove(name: string): void {
        for (const object of this.objects(name)) this.removeObject(object);
        for (const upload of this.uploads(name)) this.removeUpload(upload);
        this.#buckets.delete(name);
        this.#objects.delete(name);
        this.#sorted.delete(name);
        this.#keptBuckets.delete(name);
    }

    objects(bucket: string): StoredObject[] {
        return [...this.#objectsOf(bucket).values()];
    }

    /** In the order of their bytes, as S3 lists them. */
    keys(bucket: string): string[] {
        let keys = this.#sorted.get(bucket);
        if (keys === undefined) {
            keys = [...this.#objectsOf(bucket).keys()].sort((one, other) =>
                Buffer.compare(Buffer.from(one), Buffer.from(other)),
            );
            this.#sorted.set(bucket, keys);
        }
        return keys;
    }

    object(bucket: string, key: string): StoredObject | undefined {
        return this.#objectsOf(bucket).get(key);
    }

    putObject(object: StoredObject): void {
        const objects = this.#objectsOf(object.bucket);
        const old = objects.get(object.key);
        if (old === undefined) this.#sorted.delete(object.bucket);
        objects.set(object.key, object);
        this.#keptObjects.put(`${object.bucket}/${object.key}`, object);
        if (old !== undefined && old.blob !== object.blob) this.#drop(old.blob);
    }

    removeObject({ bucket, key, blob }: StoredObject): void {
        this.#objectsOf(bucket).delete(key);
        this.#sorted.delete(bucket);
        this.#keptObjects.delete(`${bucket}/${key}`);
        this.#drop(blob);
    }

    uploads(bucket: string): Upload[] {
        return [...this.#uploads.values()].filter((upload) => upload.bucket === bucket);
    }

    /** @throws ServiceError NoSuchUpload */
    upload(id: string, bucket: string, key: string): Upload {
        const upload = this.#uploads.get(id);
        if (upload?.bucket !== bucket || upload.key !== key) throw refusals.noSuchUpload(id);
        return upload;
    }

    putUpload(upload: Upload): void {
        this.#uploads.set(upload.id, upload);
        this.#keptUploads.put(upload.id, upload);
    }

    removeUpload({ id, parts }: Upload): void {
        this.#uploads.delete(id);
        this.#keptUploads.delete(id);
        for (const { blob } of Object.values(parts)) this.#drop(blob);
    }

    /** Not before it is kept that nothing refers to it any more. */
    #drop(blob: string): void {
        const settled = this.store.settled();
        if (settled === undefined) this.blobs.delete(blob);
        else void settled.then(() => this.blobs.delete(blob));
    }

    #objectsOf(bucket: string): Map<string, StoredObject> {
        const objects = this.#objects.get(bucket) ?? new Map<string, StoredObject>();
        this.#objects.set(bucket, objects);
        return objects;
    }

    #referredTo(): Set<string> {
        const objects = [...this.#objects.values()].flatMap((all) => [...all.values()]);
        const parts = [...this.#uploads.values()].flatMap(({ parts: all }) => Object.values(all));
        return new Set([...objects, ...parts].map(({ blob }) => blob));
    }
}
