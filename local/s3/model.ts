/** A bucket as it is kept. */
export interface Bucket {
    name: string;
    /** Milliseconds since 1970-01-01 UTC. */
    createdAt: number;
    /** Documents that belong to the bucket, as they were given: by the query parameter that names them, `policy` … */
    documents: Record<string, string>;
    notifications: NotificationSettings;
}

export interface NotificationSettings {
    /** Every event goes to the default event bus, too. */
    eventBridge: boolean;
    destinations: NotificationDestination[];
}

export interface NotificationDestination {
    id: string;
    /** Of a function, queue or topic. */
    arn: string;
    /** `s3:ObjectCreated:*` */
    events: string[];
    prefix: string;
    suffix: string;
}

export const NO_NOTIFICATIONS: NotificationSettings = { eventBridge: false, destinations: [] };

/** An object as it is kept, without its bytes. */
export interface StoredObject {
    bucket: string;
    key: string;
    /** Where its bytes are. */
    blob: string;
    size: number;
    /** With its quotation marks. */
    etag: string;
    /** Milliseconds since 1970-01-01 UTC. */
    modifiedAt: number;
    /** Lower-case names: `content-type`, `cache-control` … */
    headers: Record<string, string>;
    /** The user's own, without `x-amz-meta-`. */
    metadata: Record<string, string>;
    tags: Record<string, string>;
    /** By header: `x-amz-checksum-crc32`. */
    checksums: Record<string, string>;
    /** Sizes of the parts that a multipart upload made it of. */
    parts?: number[];
}

export interface Upload {
    id: string;
    bucket: string;
    key: string;
    startedAt: number;
    description: Pick<StoredObject, "headers" | "metadata" | "tags">;
    parts: Record<string, UploadedPart>;
}

export interface UploadedPart {
    blob: string;
    size: number;
    etag: string;
    modifiedAt: number;
}
