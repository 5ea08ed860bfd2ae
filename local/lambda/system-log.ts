import type { FunctionConfiguration } from "./model";
import { LOG_LEVELS, type LogLevel } from "./runtime/messages";

export interface InvocationReport {
    requestId: string;
    durationMs: number;
    /** Only of the first invocation of an environment. */
    initMs?: number;
    memoryUsedMb: number;
    status: "success" | "error" | "timeout" | "failure";
    errorType?: string;
}

/**
 * What Lambda itself logs, as lines of text or as JSON objects of which the less important may be left out:
 * https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs-log-level.html,
 * https://docs.aws.amazon.com/lambda/latest/dg/telemetry-schema-reference.html
 */
export class SystemLog {
    constructor(
        private readonly configuration: FunctionConfiguration,
        private readonly version: string,
        private readonly now: () => number,
        private readonly write: (lines: string[]) => void,
    ) {}

    initStart(): void {
        const { runtime, name } = this.configuration;
        this.#log("INFO", [`INIT_START Runtime Version: ${runtime} (local)`], "platform.initStart", {
            initializationType: "on-demand",
            phase: "init",
            runtimeVersion: runtime,
            functionName: name,
            functionVersion: this.version,
        });
    }

    start(requestId: string): void {
        const { version } = this;
        this.#log("INFO", [`START RequestId: ${requestId} Version: ${version}`], "platform.start", {
            requestId,
            version,
        });
    }

    report({ requestId, durationMs, initMs, memoryUsedMb, status, errorType }: InvocationReport): void {
        const { memoryMb } = this.configuration;
        const billedMs = Math.ceil(durationMs + (initMs ?? 0));
        const fields = [
            `REPORT RequestId: ${requestId}`,
            `Duration: ${durationMs.toFixed(2)} ms`,
            `Billed Duration: ${billedMs} ms`,
            `Memory Size: ${memoryMb} MB`,
            `Max Memory Used: ${memoryUsedMb} MB`,
            ...(initMs === undefined ? [] : [`Init Duration: ${initMs.toFixed(2)} ms`]),
            // A handler that merely threw is not told of here.
            ...(status === "timeout" || status === "failure" ? [`Status: ${status}`] : []),
            ...(status === "failure" && errorType !== undefined ? [`Error Type: ${errorType}`] : []),
        ];
        const lines = [`END RequestId: ${requestId}`, `${fields.join("\t")}\t`];
        this.#log(status === "success" ? "INFO" : "WARN", lines, "platform.report", {
            requestId,
            status,
            ...(errorType === undefined ? {} : { errorType }),
            metrics: {
                durationMs: rounded(durationMs),
                billedDurationMs: billedMs,
                memorySizeMB: memoryMb,
                maxMemoryUsedMB: memoryUsedMb,
                ...(initMs === undefined ? {} : { initDurationMs: rounded(initMs) }),
            },
        });
    }

    timedOut(requestId: string): void {
        const { jsonLogs, timeoutSeconds } = this.configuration;
        if (jsonLogs) return;
        this.write([`${this.#time()} ${requestId} Task timed out after ${timeoutSeconds.toFixed(2)} seconds`]);
    }

    #log(level: LogLevel, lines: string[], type: string, record: object): void {
        const { jsonLogs, systemLogLevel = "INFO" } = this.configuration;
        if (!jsonLogs) return this.write(lines);
        if (LOG_LEVELS.indexOf(level) < LOG_LEVELS.indexOf(systemLogLevel)) return;
        this.write([JSON.stringify({ time: this.#time(), type, record })]);
    }

    #time(): string {
        return new Date(this.now()).toISOString();
    }
}

function rounded(ms: number): number {
    return Math.round(ms * 1000) / 1000;
}
