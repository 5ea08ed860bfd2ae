import { ServiceError } from "../../errors";
import type { JsonObject } from "../../service";

/** An event source mapping as Lambda's API describes it, with its defaults filled in. */
export interface MappingSettings {
    uuid: string;
    eventSourceArn: string;
    /** With the alias or version that the mapping names. */
    functionArn: string;
    enabled: boolean;
    batchSize: number;
    windowSeconds: number;
    startingPosition: "TRIM_HORIZON" | "LATEST" | "AT_TIMESTAMP";
    /** Milliseconds since 1970-01-01 UTC. */
    startingTimestamp: number;
    parallelizationFactor: number;
    /** -1 for no end, as the next one. */
    maximumRetryAttempts: number;
    maximumRecordAgeSeconds: number;
    bisects: boolean;
    reportsItemFailures: boolean;
    filterPatterns: string[];
    onFailureArn?: string;
    maximumConcurrency?: number;
}

/** https://docs.aws.amazon.com/lambda/latest/api/API_CreateEventSourceMapping.html */
const RANGES: Record<string, [least: number, most: number]> = {
    BatchSize: [1, 10_000],
    MaximumBatchingWindowInSeconds: [0, 300],
    ParallelizationFactor: [1, 10],
    MaximumRetryAttempts: [-1, 10_000],
    MaximumRecordAgeInSeconds: [-1, 604_800],
    MaximumConcurrency: [2, 1_000],
};

const POSITIONS = ["TRIM_HORIZON", "LATEST", "AT_TIMESTAMP"] as const;

/** Lambda starts with five batches of a queue at once. */
export const INITIAL_CONCURRENCY = 5;

/**
 * @param input As CreateEventSourceMapping takes it.
 * @throws ServiceError InvalidParameterValueException
 */
export function parseSettings(uuid: string, functionArn: string, input: JsonObject): MappingSettings {
    const eventSourceArn = text(input["EventSourceArn"]) ?? "";
    const isQueue = eventSourceArn.split(":")[2] === "sqs";
    const scaling = record(input["ScalingConfig"])["MaximumConcurrency"];
    const settings: MappingSettings = {
        uuid,
        eventSourceArn,
        functionArn,
        enabled: input["Enabled"] !== false,
        batchSize: number("BatchSize", input["BatchSize"], isQueue ? 10 : 100),
        windowSeconds: number("MaximumBatchingWindowInSeconds", input["MaximumBatchingWindowInSeconds"], 0),
        startingPosition: startingPosition(input["StartingPosition"], isQueue),
        startingTimestamp: timestamp(input["StartingPositionTimestamp"]),
        parallelizationFactor: number("ParallelizationFactor", input["ParallelizationFactor"], 1),
        maximumRetryAttempts: number("MaximumRetryAttempts", input["MaximumRetryAttempts"], -1),
        maximumRecordAgeSeconds: number("MaximumRecordAgeInSeconds", input["MaximumRecordAgeInSeconds"], -1),
        bisects: input["BisectBatchOnFunctionError"] === true,
        reportsItemFailures: list(input["FunctionResponseTypes"]).includes("ReportBatchItemFailures"),
        filterPatterns: list(record(input["FilterCriteria"])["Filters"]).map((filter) =>
            String(record(filter)["Pattern"]),
        ),
        onFailureArn: text(record(record(input["DestinationConfig"])["OnFailure"])["Destination"]),
        maximumConcurrency: scaling === undefined ? undefined : number("MaximumConcurrency", scaling, 2),
    };
    if (isQueue && settings.batchSize > 10 && settings.windowSeconds < 1) {
        throw invalid(
            "Maximum batch window in seconds must be greater than 0 if maximum batch size is greater than 10",
        );
    }
    return settings;
}

/** https://docs.aws.amazon.com/lambda/latest/api/API_EventSourceMappingConfiguration.html */
export function describeMapping(settings: MappingSettings, lastModified: number): JsonObject {
    const isQueue = settings.eventSourceArn.split(":")[2] === "sqs";
    const { filterPatterns, maximumConcurrency, onFailureArn } = settings;
    return {
        UUID: settings.uuid,
        EventSourceArn: settings.eventSourceArn,
        FunctionArn: settings.functionArn,
        State: settings.enabled ? "Enabled" : "Disabled",
        StateTransitionReason: "USER_INITIATED",
        LastModified: lastModified / 1000,
        BatchSize: settings.batchSize,
        MaximumBatchingWindowInSeconds: settings.windowSeconds,
        FunctionResponseTypes: settings.reportsItemFailures ? ["ReportBatchItemFailures"] : [],
        ...(filterPatterns.length > 0
            ? { FilterCriteria: { Filters: filterPatterns.map((Pattern) => ({ Pattern })) } }
            : {}),
        ...(maximumConcurrency === undefined ? {} : { ScalingConfig: { MaximumConcurrency: maximumConcurrency } }),
        ...(isQueue
            ? {}
            : {
                  StartingPosition: settings.startingPosition,
                  ParallelizationFactor: settings.parallelizationFactor,
                  MaximumRetryAttempts: settings.maximumRetryAttempts,
                  MaximumRecordAgeInSeconds: settings.maximumRecordAgeSeconds,
                  BisectBatchOnFunctionError: settings.bisects,
                  TumblingWindowInSeconds: 0,
                  DestinationConfig: {
                      OnFailure: onFailureArn === undefined ? {} : { Destination: onFailureArn },
                  },
              }),
    };
}

function startingPosition(value: unknown, isQueue: boolean): MappingSettings["startingPosition"] {
    const found = POSITIONS.find((position) => position === value);
    if (found !== undefined) return found;
    if (isQueue && value === undefined) return "TRIM_HORIZON";
    throw invalid(`StartingPosition must be one of ${POSITIONS.join(", ")}, not ${JSON.stringify(value)}`);
}

function timestamp(value: unknown): number {
    if (typeof value === "number") return value * 1000;
    return typeof value === "string" ? Date.parse(value) : 0;
}

function number(name: string, value: unknown, otherwise: number): number {
    if (value === undefined || value === null) return otherwise;
    const [least, most] = RANGES[name] ?? [0, 0];
    if (typeof value === "number" && Number.isInteger(value) && value >= least && value <= most) return value;
    throw invalid(`${name} must be a whole number from ${least} to ${most}, not ${JSON.stringify(value)}`);
}

function invalid(message: string): ServiceError {
    return new ServiceError("InvalidParameterValueException", message);
}

function text(value: unknown): string | undefined {
    return typeof value === "string" && value !== "" ? value : undefined;
}

function record(value: unknown): JsonObject {
    return typeof value === "object" && value !== null && !Array.isArray(value) ? { ...value } : {};
}

function list(value: unknown): unknown[] {
    return Array.isArray(value) ? value : [];
}
