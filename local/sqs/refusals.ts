import { ServiceError } from "../errors";

/** Codes of the Query protocol, which SDKs still know errors by, where they are not the JSON protocol's names. */
const QUERY_CODES: Record<string, string> = {
    QueueDoesNotExist: "AWS.SimpleQueueService.NonExistentQueue",
    QueueNameExists: "QueueAlreadyExists",
    BatchEntryIdsNotDistinct: "AWS.SimpleQueueService.BatchEntryIdsNotDistinct",
    EmptyBatchRequest: "AWS.SimpleQueueService.EmptyBatchRequest",
    TooManyEntriesInBatchRequest: "AWS.SimpleQueueService.TooManyEntriesInBatchRequest",
    InvalidBatchEntryId: "AWS.SimpleQueueService.InvalidBatchEntryId",
    BatchRequestTooLong: "AWS.SimpleQueueService.BatchRequestTooLong",
    MessageNotInflight: "AWS.SimpleQueueService.MessageNotInflight",
    UnsupportedOperation: "AWS.SimpleQueueService.UnsupportedOperation",
};

/** https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/CommonErrors.html */
export function queryErrorHeader({ name, status }: ServiceError): Record<string, string> {
    return { "x-amzn-query-error": `${QUERY_CODES[name] ?? name};${status >= 500 ? "Receiver" : "Sender"}` };
}

export function queueDoesNotExist(): ServiceError {
    return new ServiceError("QueueDoesNotExist", "The specified queue does not exist.");
}

export function invalidValue(parameter: string, value: unknown, reason: string): ServiceError {
    return new ServiceError(
        "InvalidParameterValue",
        `Value ${String(value)} for parameter ${parameter} is invalid. Reason: ${reason}`,
    );
}

export function missingParameter(name: string): ServiceError {
    return new ServiceError("MissingParameter", `The request must contain the parameter ${name}.`);
}

export function invalidReceiptHandle(handle: unknown): ServiceError {
    return new ServiceError("ReceiptHandleIsInvalid", `The input receipt handle "${String(handle)}" is not valid.`);
}
