import type { AccessRequest } from "../service";
import type { S3Request, S3Response } from "./request";

/** The policy of a bucket, where it has one. */
export type PolicyOf = (bucket: string) => string | undefined;

/** One of S3's operations, which are named by method, path, and what else a request has. */
export interface S3Operation {
    method: string;
    on: "account" | "bucket" | "object";
    /** A parameter that tells it from others: `tagging`. */
    query?: string;
    /** A header that does. */
    header?: string;
    access: (request: S3Request, policyOf: PolicyOf) => AccessRequest[];
    run: (request: S3Request) => S3Response;
}

export function accessToObject(action: string): S3Operation["access"] {
    return ({ bucket, key }, policyOf) => [
        { action, resource: `arn:aws:s3:::${bucket}/${key}`, resourcePolicy: policyOf(bucket) },
    ];
}

export function accessToBucket(
    action: string,
    conditions?: (request: S3Request) => Record<string, string[]>,
): S3Operation["access"] {
    return (request, policyOf) => [
        {
            action,
            resource: `arn:aws:s3:::${request.bucket}`,
            conditions: conditions?.(request),
            resourcePolicy: policyOf(request.bucket),
        },
    ];
}
