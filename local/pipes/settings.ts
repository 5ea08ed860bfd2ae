import type { GraphValue, Properties, Resource } from "../../graph/model";

/** A pipe as the graph declares it, with AWS's defaults filled in. */
export interface PipeSettings {
    name: string;
    arn: string;
    roleArn: string;
    source: string;
    enrichment?: string;
    enrichmentTemplate?: string;
    target: string;
    targetTemplate?: string;
    /** By the target's kind: `sqsQueueParameters`. */
    targetParameters: Record<string, unknown>;
    filterPatterns: string[];
    batchSize: number;
    windowSeconds: number;
    /** Streams only, as all that follows. */
    startingPosition: "TRIM_HORIZON" | "LATEST";
    parallelizationFactor: number;
    /** -1 for no end, as the next one. */
    maximumRetryAttempts: number;
    maximumRecordAgeSeconds: number;
    bisects: boolean;
    deadLetterArn?: string;
    logGroupArn?: string;
    isRunning: boolean;
    description: string;
    tags: Record<string, string>;
}

/** https://docs.aws.amazon.com/eventbridge/latest/pipes-reference/API_CreatePipe.html */
export function pipeSettings({ inputs, outputs }: Resource): PipeSettings {
    const source = record(inputs["sourceParameters"]);
    const target = record(inputs["targetParameters"]);
    const reading = record(
        source["dynamodbStreamParameters"] ?? source["kinesisStreamParameters"] ?? source["sqsQueueParameters"],
    );
    const isQueue = String(inputs["source"]).split(":")[2] === "sqs";
    const { inputTemplate: targetTemplate, ...targetParameters } = target;
    const log = record(record(inputs["logConfiguration"])["cloudwatchLogsLogDestination"]);
    return {
        name: String(outputs["name"]),
        arn: String(outputs["arn"]),
        roleArn: String(inputs["roleArn"]),
        source: String(inputs["source"]),
        enrichment: text(inputs["enrichment"]),
        enrichmentTemplate: text(record(inputs["enrichmentParameters"])["inputTemplate"]),
        target: String(inputs["target"]),
        targetTemplate: text(targetTemplate),
        targetParameters,
        filterPatterns: patterns(source["filterCriteria"]),
        batchSize: Number(reading["batchSize"] ?? (isQueue ? 10 : 100)),
        windowSeconds: Number(reading["maximumBatchingWindowInSeconds"] ?? 0),
        startingPosition: reading["startingPosition"] === "LATEST" ? "LATEST" : "TRIM_HORIZON",
        parallelizationFactor: Number(reading["parallelizationFactor"] ?? 1),
        maximumRetryAttempts: Number(reading["maximumRetryAttempts"] ?? -1),
        maximumRecordAgeSeconds: Number(reading["maximumRecordAgeInSeconds"] ?? -1),
        bisects: reading["onPartialBatchItemFailure"] === "AUTOMATIC_BISECT",
        deadLetterArn: text(record(reading["deadLetterConfig"])["arn"]),
        logGroupArn: text(log["logGroupArn"]),
        isRunning: inputs["desiredState"] !== "STOPPED",
        description: text(inputs["description"]) ?? "",
        tags: tags(inputs["tags"]),
    };
}

function patterns(criteria: GraphValue | undefined): string[] {
    const filters = record(criteria)["filters"];
    return Array.isArray(filters) ? filters.map((filter) => String(record(filter)["pattern"])) : [];
}

function tags(value: GraphValue | undefined): Record<string, string> {
    return Object.fromEntries(Object.entries(record(value)).map(([key, tag]) => [key, String(tag)]));
}

function text(value: GraphValue | undefined): string | undefined {
    return typeof value === "string" && value !== "" ? value : undefined;
}

function record(value: GraphValue | undefined): Partial<Properties> {
    return typeof value === "object" && value !== null && !Array.isArray(value) ? value : {};
}
