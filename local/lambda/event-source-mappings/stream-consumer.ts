import type { Clock } from "../../clock";
import type { BatchOutcome, GiveUpReason, StreamConsumer, StreamRecord } from "../../polling";
import type { FunctionAnswer } from "./function-answer";
import { failedItems } from "./item-failures";
import type { MappingSettings } from "./settings";

/** The single shard that streams have here. */
const SHARD_ID = "shardId-00000000000000000001-00000001";

/** What is told of records that were given up. */
export interface GivenUp {
    id: string;
    /** JSON text. */
    body: string;
}

export interface StreamConsumerTools {
    clock: Clock;
    /** Invokes the function with an event. */
    call: (event: unknown) => Promise<FunctionAnswer>;
    accepts: (record: Record<string, unknown>) => boolean;
    /** Takes what is given up to the mapping's destination. */
    deliver: (what: GivenUp) => Promise<void>;
}

/** https://docs.aws.amazon.com/lambda/latest/dg/services-ddb-params.html */
export function streamConsumer(settings: MappingSettings, tools: StreamConsumerTools): StreamConsumer {
    const { startingPosition, startingTimestamp, maximumRetryAttempts, maximumRecordAgeSeconds } = settings;
    return {
        id: settings.uuid,
        streamArn: settings.eventSourceArn,
        start: startingPosition === "AT_TIMESTAMP" ? { timestamp: startingTimestamp } : startingPosition,
        batchSize: settings.batchSize,
        windowMs: settings.windowSeconds * 1000,
        parallel: settings.parallelizationFactor,
        retries: maximumRetryAttempts < 0 ? Infinity : maximumRetryAttempts,
        maxAgeMs: maximumRecordAgeSeconds < 0 ? Infinity : maximumRecordAgeSeconds * 1000,
        bisects: settings.bisects,
        accepts: tools.accepts,
        handle: (records) => handle(settings, tools, records),
        giveUp: (records, reason, attempts, cause) => giveUp(settings, tools, { records, reason, attempts, cause }),
    };
}

async function handle(
    { reportsItemFailures }: MappingSettings,
    { call }: StreamConsumerTools,
    records: StreamRecord[],
): Promise<BatchOutcome> {
    const answer = await call({ Records: records.map(({ record }) => record) });
    if (answer.functionError !== undefined) return { failed: true, cause: answer };
    if (!reportsItemFailures) return { failed: false };
    const failed = failedItems(answer.payload);
    if (failed === "all") return { failed: true, cause: answer };
    const first = records.find(({ sequenceNumber }) => failed.has(sequenceNumber));
    if (first !== undefined) return { failed: true, from: first.sequenceNumber, cause: answer };
    // An id that is none of the batch's means that the function has failed: all of it is tried again.
    return failed.size > 0 ? { failed: true, cause: answer } : { failed: false };
}

interface Abandoned {
    records: StreamRecord[];
    reason: GiveUpReason;
    attempts: number;
    cause: unknown;
}

/** https://docs.aws.amazon.com/lambda/latest/dg/services-dynamodb-errors.html */
function giveUp(
    settings: MappingSettings,
    { clock, deliver }: StreamConsumerTools,
    { records, reason, attempts, cause }: Abandoned,
): Promise<void> {
    const [first] = records;
    const last = records.at(-1);
    if (first === undefined || last === undefined) return Promise.resolve();
    const functionError: unknown = Reflect.get(Object(cause), "functionError");
    const requestId = `${settings.uuid}/${first.sequenceNumber}`;
    const body = {
        requestContext: {
            requestId,
            functionArn: settings.functionArn,
            condition: reason === "RetryAttemptsExhausted" ? "RetryAttemptsExhausted" : "MaximumRecordAgeExceeded",
            approximateInvokeCount: attempts,
        },
        ...(attempts === 0
            ? {}
            : {
                  responseContext: {
                      statusCode: 200,
                      executedVersion: Reflect.get(Object(cause), "executedVersion") as unknown,
                      functionError: functionError ?? null,
                  },
              }),
        version: "1.0",
        timestamp: new Date(clock.now()).toISOString(),
        DDBStreamBatchInfo: {
            shardId: SHARD_ID,
            startSequenceNumber: first.sequenceNumber,
            endSequenceNumber: last.sequenceNumber,
            approximateArrivalOfFirstRecord: new Date(first.at).toISOString(),
            approximateArrivalOfLastRecord: new Date(last.at).toISOString(),
            batchSize: records.length,
            streamArn: settings.eventSourceArn,
        },
    };
    return deliver({ id: requestId, body: JSON.stringify(body) });
}
