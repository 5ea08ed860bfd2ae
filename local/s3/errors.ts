import { ServiceError } from "../errors";

/** https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html#ErrorCodeList */
export const refusals = {
    noSuchBucket: (bucket: string) =>
        new ServiceError("NoSuchBucket", "The specified bucket does not exist", 404, { BucketName: bucket }),
    noSuchKey: (key: string) => new ServiceError("NoSuchKey", "The specified key does not exist.", 404, { Key: key }),
    noSuchUpload: (id: string) =>
        new ServiceError(
            "NoSuchUpload",
            "The specified upload does not exist. The upload ID may be invalid, or the upload may have been aborted or completed.",
            404,
            { UploadId: id },
        ),
    noSuchDocument: (code: string, what: string) => new ServiceError(code, `The ${what} does not exist`, 404),
    bucketAlreadyOwned: (bucket: string) =>
        new ServiceError(
            "BucketAlreadyOwnedByYou",
            "Your previous request to create the named bucket succeeded and you already own it.",
            409,
            { BucketName: bucket },
        ),
    bucketNotEmpty: (bucket: string) =>
        new ServiceError("BucketNotEmpty", "The bucket you tried to delete is not empty", 409, { BucketName: bucket }),
    invalidBucketName: (bucket: string) =>
        new ServiceError("InvalidBucketName", "The specified bucket is not valid.", 400, { BucketName: bucket }),
    invalidArgument: (message: string) => new ServiceError("InvalidArgument", message, 400),
    invalidRequest: (message: string) => new ServiceError("InvalidRequest", message, 400),
    keyTooLong: (key: string) =>
        new ServiceError("KeyTooLongError", "Your key is too long", 400, {
            Size: Buffer.byteLength(key),
            MaxSizeAllowed: 1024,
        }),
    malformedXml: () =>
        new ServiceError(
            "MalformedXML",
            "The XML you provided was not well-formed or did not validate against our published schema",
            400,
        ),
    preconditionFailed: (condition: string) =>
        new ServiceError("PreconditionFailed", "At least one of the pre-conditions you specified did not hold", 412, {
            Condition: condition,
        }),
    invalidRange: (range: string, size: number) =>
        new ServiceError("InvalidRange", "The requested range is not satisfiable", 416, {
            RangeRequested: range,
            ActualObjectSize: size,
        }),
    badDigest: (what: string) =>
        new ServiceError("BadDigest", `The ${what} you specified did not match the calculated checksum.`, 400),
    invalidPart: () =>
        new ServiceError(
            "InvalidPart",
            "One or more of the specified parts could not be found. The part may not have been uploaded, or the specified entity tag may not match the part's entity tag.",
            400,
        ),
    invalidPartOrder: () =>
        new ServiceError(
            "InvalidPartOrder",
            "The list of parts was not in ascending order. The parts list must be specified in order by part number.",
            400,
        ),
    entityTooSmall: () =>
        new ServiceError(
            "EntityTooSmall",
            "Your proposed upload is smaller than the minimum allowed object size.",
            400,
        ),
    notImplemented: (what: string) =>
        new ServiceError("NotImplemented", `The local cloud's S3 does not implement this: ${what}.`, 501),
};
