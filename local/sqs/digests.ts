import { createHash } from "node:crypto";

import type { MessageAttribute } from "../polling";

export function md5(text: string): string {
    return createHash("md5").update(text).digest("hex");
}

/**
 * The digest by which clients check that attributes have arrived as they were sent.
 * https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-message-metadata.html#sqs-attributes-md5-message-digest-calculation
 */
export function md5OfAttributes(attributes: Record<string, MessageAttribute>): string | undefined {
    const names = Object.keys(attributes).sort();
    if (names.length === 0) return undefined;
    const hash = createHash("md5");
    const update = (part: Buffer): void => {
        const length = Buffer.alloc(4);
        length.writeUInt32BE(part.length);
        hash.update(length).update(part);
    };
    for (const name of names) {
        const { DataType = "String", StringValue, BinaryValue } = attributes[name] ?? {};
        update(Buffer.from(name));
        update(Buffer.from(DataType));
        hash.update(Buffer.from([BinaryValue === undefined ? 1 : 2]));
        update(BinaryValue === undefined ? Buffer.from(StringValue ?? "") : Buffer.from(BinaryValue, "base64"));
    }
    return hash.digest("hex");
}
