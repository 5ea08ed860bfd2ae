import { ACCOUNT, hex, physicalName } from "../physical";
import type { Derivation } from "./index";

export const storage: Record<string, Derivation> = {
    "aws:dynamodb/table:Table": (table) => {
        const name = physicalName(table);
        const arn = `arn:aws:dynamodb:${table.region}:${ACCOUNT}:table/${name}`;
        const stream = `${arn}/stream/2026-01-01T00:00:00.000`;
        const streamed = table.inputs["streamEnabled"] === true;
        return { id: name, outputs: { name, arn, ...(streamed ? { streamArn: stream } : {}) } };
    },
    "aws:s3/bucket:Bucket": (bucket) => {
        const name = physicalName(bucket, "bucket");
        return {
            id: name,
            outputs: {
                bucket: name,
                arn: `arn:aws:s3:::${name}`,
                bucketDomainName: `${name}.s3.amazonaws.com`,
                bucketRegionalDomainName: `${name}.s3.${bucket.region}.amazonaws.com`,
            },
        };
    },
    "aws:kms/key:Key": (key) => {
        const digits = hex(key.urn, 32);
        const keyId = digits.replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
        return { id: keyId, outputs: { keyId, arn: `arn:aws:kms:${key.region}:${ACCOUNT}:key/${keyId}` } };
    },
    "aws:cloudwatch/logGroup:LogGroup": (group) => {
        const name = physicalName(group);
        return { id: name, outputs: { name, arn: `arn:aws:logs:${group.region}:${ACCOUNT}:log-group:${name}` } };
    },
};
