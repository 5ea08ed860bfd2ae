import { compilePattern } from "../patterns";
import {
    type GiveUpReason,
    type PollerTools,
    QueuePoller,
    type QueueSource,
    queueRecord,
    StreamPoller,
    type StreamRecord,
    type StreamSource,
    withParsedBody,
} from "../polling";
import type { Pipe } from "./pipe";

/** What pipes can read from. */
export interface PipeSources {
    /** By the service in the source's ARN: `dynamodb`. */
    streams: Record<string, StreamSource>;
    queues?: QueueSource;
}

export interface PollingTools extends PollerTools {
    region: string;
    sources: PipeSources;
    /** Is told what was given up and not delivered anywhere. */
    lost: (pipe: Pipe, text: string) => void;
}

const SHARD_ID = "shardId-00000000000000000001-00000001";
/** Batches of a queue that are on their way at once. */
const QUEUE_CONCURRENCY = 5;

/**
 * Starts to read a pipe's source.
 * @throws Error when sources of its kind do not run here.
 */
export function startPolling(pipe: Pipe, tools: PollingTools): { close(): void } {
    const { settings } = pipe;
    const filters = settings.filterPatterns.map((pattern) => compilePattern(JSON.parse(pattern)));
    const accepts = (record: unknown): boolean => filters.length === 0 || filters.some((fits) => fits(record));
    const service = settings.source.split(":")[2] ?? "";
    const stream = tools.sources.streams[service];
    if (stream !== undefined) return pollStream(pipe, stream, accepts, tools);
    if (service === "sqs" && tools.sources.queues !== undefined) {
        return pollQueue(pipe, tools.sources.queues, accepts, tools);
    }
    throw new Error(`pipes from ${settings.source} do not run locally`);
}

function pollStream(
    pipe: Pipe,
    stream: StreamSource,
    accepts: (record: unknown) => boolean,
    tools: PollingTools,
): { close(): void } {
    const { settings } = pipe;
    const consumer = {
        id: settings.arn,
        streamArn: settings.source,
        start: settings.startingPosition,
        batchSize: settings.batchSize,
        windowMs: settings.windowSeconds * 1000,
        parallel: settings.parallelizationFactor,
        retries: settings.maximumRetryAttempts < 0 ? Infinity : settings.maximumRetryAttempts,
        maxAgeMs: settings.maximumRecordAgeSeconds < 0 ? Infinity : settings.maximumRecordAgeSeconds * 1000,
        bisects: settings.bisects,
        accepts,
        handle: (records: StreamRecord[], attempt: number) =>
            pipe.handle(
                records.map(({ sequenceNumber, record }) => ({ id: sequenceNumber, record })),
                attempt,
            ),
        giveUp: (records: StreamRecord[], reason: GiveUpReason, _attempts: number, cause: unknown) =>
            giveUp(pipe, records, reason, cause, tools),
    };
    return new StreamPoller(stream, consumer, tools);
}

async function giveUp(
    pipe: Pipe,
    records: StreamRecord[],
    condition: GiveUpReason,
    cause: unknown,
    tools: PollingTools,
): Promise<void> {
    const [first] = records;
    const last = records.at(-1);
    if (first === undefined || last === undefined) return;
    const body = {
        context: {
            partialResourceArn: pipe.settings.arn,
            condition,
            ...(cause instanceof Error ? { errorMessage: cause.message } : {}),
        },
        version: "1.0",
        timestamp: new Date(tools.clock.now()).toISOString(),
        DDBStreamBatchInfo: {
            shardId: SHARD_ID,
            startSequenceNumber: first.sequenceNumber,
            endSequenceNumber: last.sequenceNumber,
            approximateArrivalOfFirstRecord: new Date(first.at).toISOString(),
            approximateArrivalOfLastRecord: new Date(last.at).toISOString(),
            batchSize: records.length,
            streamArn: pipe.settings.source,
        },
    };
    await pipe.tellDeadLetters(first.sequenceNumber, body, (why) => {
        tools.lost(pipe, `Records were given up (${why}): ${JSON.stringify(body)}`);
    });
}

function pollQueue(
    pipe: Pipe,
    queues: QueueSource,
    accepts: (record: unknown) => boolean,
    tools: PollingTools,
): { close(): void } {
    const { source, batchSize, windowSeconds } = pipe.settings;
    const consumer: ConstructorParameters<typeof QueuePoller>[1] = {
        queueArn: source,
        batchSize,
        windowMs: windowSeconds * 1000,
        concurrency: QUEUE_CONCURRENCY,
        accepts: (message) => accepts(withParsedBody(queueRecord(message, source, tools.region))),
        handle: async (messages) => {
            const records = messages.map((message) => ({
                id: message.MessageId,
                record: queueRecord(message, source, tools.region),
            }));
            const [first] = messages;
            const attempt = Number(first?.Attributes?.["ApproximateReceiveCount"] ?? 1);
            const outcome = await pipe.handle(records, attempt);
            if (!outcome.failed) return new Set();
            const from = Math.max(
                0,
                records.findIndex(({ id }) => id === outcome.from),
            );
            return new Set(records.slice(from).map(({ id }) => id));
        },
    };
    return new QueuePoller(queues, consumer, tools);
}
