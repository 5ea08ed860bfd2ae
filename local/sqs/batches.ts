import { ServiceError } from "../errors";
import type { JsonObject } from "../service";

/** https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-batch-api-actions.html */
const MOST_ENTRIES = 10;

/**
 * Runs each entry by itself; what one of them is refused for does not concern the others.
 * @throws ServiceError where the batch as a whole is wrong.
 */
export function runBatch(entries: unknown, run: (entry: JsonObject) => JsonObject): JsonObject {
    const list = (Array.isArray(entries) ? entries : []).map((entry: unknown) => ({ ...Object(entry) }) as JsonObject);
    if (list.length === 0) {
        throw new ServiceError("EmptyBatchRequest", "There should be at least one entry in the request.");
    }
    if (list.length > MOST_ENTRIES) {
        throw new ServiceError(
            "TooManyEntriesInBatchRequest",
            `Maximum number of entries per request are ${MOST_ENTRIES}. You have sent ${list.length}.`,
        );
    }
    const ids = list.map(({ Id }) => String(Id));
    const twice = ids.find((id, at) => ids.indexOf(id) !== at);
    if (twice !== undefined) throw new ServiceError("BatchEntryIdsNotDistinct", `Id ${twice} repeated.`);
    const wrong = ids.find((id) => !/^[\w-]{1,80}$/.test(id));
    if (wrong !== undefined) {
        throw new ServiceError(
            "InvalidBatchEntryId",
            "A batch entry id can only contain alphanumeric characters, hyphens and underscores. It can be at most 80 letters long.",
        );
    }
    const successful: JsonObject[] = [];
    const failed: JsonObject[] = [];
    for (const entry of list) {
        try {
            successful.push({ Id: entry["Id"], ...run(entry) });
        } catch (error) {
            if (!(error instanceof ServiceError)) throw error;
            failed.push({ Id: entry["Id"], Code: error.name, Message: error.message, SenderFault: error.status < 500 });
        }
    }
    return { Successful: successful, Failed: failed };
}
