/** An event as a writer gives it. */
export interface NewLogEvent {
    /** Milliseconds since 1970-01-01 UTC. */
    timestamp: number;
    message: string;
}

export interface LogEvent extends NewLogEvent {
    /** 56 digits that sort by time, then by arrival. */
    eventId: string;
    logStreamName: string;
    /** Milliseconds since 1970-01-01 UTC. */
    ingestionTime: number;
}

/** Told of each event that is kept. */
export type LogEventListener = (event: LogEvent & { logGroupName: string }) => void;

export interface LogStream {
    name: string;
    creationTime: number;
    firstEventTimestamp?: number;
    lastEventTimestamp?: number;
    lastIngestionTime?: number;
}

/** What a log group is created with. */
export interface LogGroupSettings {
    logGroupName: string;
    /** Absent: events are kept as long as there is room. */
    retentionInDays?: number;
    kmsKeyId?: string;
    /** Default `STANDARD`. */
    logGroupClass?: string;
    /** Default false. */
    deletionProtectionEnabled?: boolean;
    tags?: Record<string, string>;
}
