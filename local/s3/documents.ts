/** A setting of a bucket that is kept as the document it came as. */
export interface BucketDocument {
    /** The parameter that names it. */
    query: string;
    /** The action of the permission, without `Get` or `Put`. */
    action: string;
    /** What is answered where there is none: a document, or an error. */
    missing: { body?: string; code: string; what: string };
}

const EMPTY = (root: string): string =>
    `<?xml version="1.0" encoding="UTF-8"?>\n<${root} xmlns="http://s3.amazonaws.com/doc/2006-03-01/"></${root}>`;

const ENCRYPTION =
    '<?xml version="1.0" encoding="UTF-8"?>\n<ServerSideEncryptionConfiguration xmlns="http://s3.amazonaws.com/doc/2006-03-01/">' +
    "<Rule><ApplyServerSideEncryptionByDefault><SSEAlgorithm>AES256</SSEAlgorithm></ApplyServerSideEncryptionByDefault>" +
    "<BucketKeyEnabled>false</BucketKeyEnabled></Rule></ServerSideEncryptionConfiguration>";

/** Only `policy` has an effect here. */
export const DOCUMENTS: readonly BucketDocument[] = [
    { query: "policy", action: "BucketPolicy", missing: { code: "NoSuchBucketPolicy", what: "bucket policy" } },
    { query: "cors", action: "BucketCORS", missing: { code: "NoSuchCORSConfiguration", what: "CORS configuration" } },
    {
        query: "encryption",
        action: "EncryptionConfiguration",
        missing: { body: ENCRYPTION, code: "", what: "" },
    },
    {
        query: "lifecycle",
        action: "LifecycleConfiguration",
        missing: { code: "NoSuchLifecycleConfiguration", what: "lifecycle configuration" },
    },
    { query: "logging", action: "BucketLogging", missing: { body: EMPTY("BucketLoggingStatus"), code: "", what: "" } },
    {
        query: "ownershipControls",
        action: "BucketOwnershipControls",
        missing: { code: "OwnershipControlsNotFoundError", what: "bucket ownership controls" },
    },
    {
        query: "publicAccessBlock",
        action: "BucketPublicAccessBlock",
        missing: { code: "NoSuchPublicAccessBlockConfiguration", what: "public access block configuration" },
    },
    { query: "tagging", action: "BucketTagging", missing: { code: "NoSuchTagSet", what: "TagSet" } },
    {
        query: "website",
        action: "BucketWebsite",
        missing: { code: "NoSuchWebsiteConfiguration", what: "website configuration" },
    },
];
