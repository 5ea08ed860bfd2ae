import type { MessagePort } from "node:worker_threads";

/** What an execution environment is told when it starts. */
export interface EnvironmentSettings {
    /** Folder of the function's code. */
    taskRoot: string;
    /** `index.handler` */
    handler: string;
    /** `nodejs24.x` */
    runtime: string;
    functionName: string;
    functionVersion: string;
    memoryMb: number;
    logGroupName: string;
    logStreamName: string;
    jsonLogs: boolean;
    /** Lines of less importance are left out; only JSON logs have one. */
    logLevel?: LogLevel;
    /** The local endpoint, which serves every AWS host. */
    endpoint: string;
    /** The cloud's clock, where it is not the machine's: Date and timers follow it. */
    time?: SharedArrayBuffer;
    /** Who has the invocations that are sent ahead. */
    tickets: SharedArrayBuffer;
    /** Folders whose installed packages stand for the SDK that AWS's runtime brings along. */
    sdkRoots: string[];
}

/** By importance: https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs-log-level.html */
export const LOG_LEVELS = ["TRACE", "DEBUG", "INFO", "WARN", "ERROR", "FATAL"] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

/** A timer of the cloud's clock has fired. */
export interface FireMessage {
    type: "fire";
    id: number;
}

export interface InvokeMessage {
    type: "invoke";
    /** It is begun only if this can still be taken. */
    ticket: number;
    requestId: string;
    invokedFunctionArn: string;
    /** JSON text. */
    payload: string;
    timeoutMs: number;
    traceId: string;
    clientContext?: string;
}

/** How Lambda reports a failed invocation: https://docs.aws.amazon.com/lambda/latest/dg/nodejs-exceptions.html */
export interface FunctionFailure {
    errorType: string;
    errorMessage: string;
    trace?: string[];
}

export type RuntimeMessage =
    | { type: "ready" }
    /** The environment ends, and with it whatever runs there. */
    | { type: "fatal"; failure: FunctionFailure }
    | { type: "log"; text: string }
    /** The endpoint's end of a connection. */
    | { type: "connect"; port: MessagePort }
    /** Code has set or cleared a timer, where time is the cloud's. */
    | { type: "timer"; id: number; ms: number }
    | { type: "cancel"; id: number }
    /** There is nothing left to do before a timer fires; `fired` timers had fired by then. */
    | { type: "waiting"; fired: number }
    /** `payload` is undefined where the handler returned nothing that JSON can say. */
    | { type: "result"; requestId: string; payload?: string; failure?: FunctionFailure; memoryUsedMb: number };
