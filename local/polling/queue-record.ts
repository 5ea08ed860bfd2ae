import type { QueueMessage } from "./queue-poller";

/** One of the `Records` of a function's event. */
export function queueRecord(message: QueueMessage, queueArn: string, region: string): Record<string, unknown> {
    const attributes = Object.entries(message.MessageAttributes ?? {}).map(([name, attribute]) => [
        name,
        {
            ...(attribute.StringValue === undefined ? {} : { stringValue: attribute.StringValue }),
            ...(attribute.BinaryValue === undefined ? {} : { binaryValue: attribute.BinaryValue }),
            stringListValues: [],
            binaryListValues: [],
            dataType: attribute.DataType,
        },
    ]);
    return {
        messageId: message.MessageId,
        receiptHandle: message.ReceiptHandle,
        body: message.Body,
        attributes: message.Attributes ?? {},
        messageAttributes: Object.fromEntries(attributes) as Record<string, unknown>,
        ...(message.MD5OfMessageAttributes === undefined
            ? {}
            : { md5OfMessageAttributes: message.MD5OfMessageAttributes }),
        md5OfBody: message.MD5OfBody,
        eventSource: "aws:sqs",
        eventSourceARN: queueArn,
        awsRegion: region,
    };
}

/** Filters look into a body that is JSON: https://docs.aws.amazon.com/lambda/latest/dg/with-sqs-filtering.html */
export function withParsedBody(record: Record<string, unknown>): Record<string, unknown> {
    try {
        return { ...record, body: JSON.parse(String(record["body"])) as unknown };
    } catch {
        return record;
    }
}
