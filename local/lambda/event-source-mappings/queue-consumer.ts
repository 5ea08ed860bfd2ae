import { type QueueConsumer, type QueueMessage, queueRecord, withParsedBody } from "../../polling";
import type { FunctionAnswer } from "./function-answer";
import { failedItems } from "./item-failures";
import { INITIAL_CONCURRENCY, type MappingSettings } from "./settings";

export interface QueueConsumerTools {
    region: string;
    /** Invokes the function with an event. */
    call: (event: unknown) => Promise<FunctionAnswer>;
    accepts: (record: Record<string, unknown>) => boolean;
}

/** https://docs.aws.amazon.com/lambda/latest/dg/with-sqs.html */
export function queueConsumer(settings: MappingSettings, tools: QueueConsumerTools): QueueConsumer {
    const toRecord = (message: QueueMessage): Record<string, unknown> =>
        queueRecord(message, settings.eventSourceArn, tools.region);
    return {
        queueArn: settings.eventSourceArn,
        batchSize: settings.batchSize,
        windowMs: settings.windowSeconds * 1000,
        concurrency: settings.maximumConcurrency ?? INITIAL_CONCURRENCY,
        accepts: (message) => tools.accepts(withParsedBody(toRecord(message))),
        handle: (messages) => handle(settings, tools, messages, toRecord),
    };
}

async function handle(
    { reportsItemFailures }: MappingSettings,
    { call }: QueueConsumerTools,
    messages: QueueMessage[],
    toRecord: (message: QueueMessage) => Record<string, unknown>,
): Promise<ReadonlySet<string>> {
    const ids = messages.map(({ MessageId }) => MessageId);
    const answer = await call({ Records: messages.map(toRecord) });
    if (answer.functionError !== undefined) return new Set(ids);
    if (!reportsItemFailures) return new Set();
    const failed = failedItems(answer.payload);
    // An id that is none of the batch's means that the function has failed as a whole.
    return failed === "all" || [...failed].some((id) => !ids.includes(id)) ? new Set(ids) : failed;
}
