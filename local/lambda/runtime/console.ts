import fs from "node:fs";
import { format } from "node:util";

import { stackOf } from "./failure";
import { LOG_LEVELS, type EnvironmentSettings, type LogLevel } from "./messages";

const METHODS: Record<string, LogLevel> = {
    trace: "TRACE",
    debug: "DEBUG",
    log: "INFO",
    info: "INFO",
    warn: "WARN",
    error: "ERROR",
};

const STANDARD_STREAMS: unknown[] = [1, 2];

/**
 * Makes `console` and the standard streams write log events as Lambda's runtime does, in text or JSON:
 * https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs-logformat.html
 */
export function writeConsole(
    settings: EnvironmentSettings,
    requestId: () => string | undefined,
    log: (text: string) => void,
): void {
    const least = LOG_LEVELS.indexOf(settings.logLevel ?? "TRACE");
    const formatted = settings.jsonLogs ? asJson : asText;
    for (const [method, level] of Object.entries(METHODS)) {
        const isLogged = LOG_LEVELS.indexOf(level) >= least;
        Reflect.set(console, method, (...args: unknown[]) => {
            if (isLogged) log(formatted(new Date().toISOString(), level, requestId(), args));
        });
    }
    writeStreams((chunk) => log(textOf(chunk).replace(/\n$/, "")));
}

/** Loggers that bring a console of their own write to the streams, others to the file descriptors. */
function writeStreams(log: (chunk: unknown) => void): void {
    for (const stream of [process.stdout, process.stderr]) {
        stream.write = (chunk: string | Uint8Array, ...rest: unknown[]): boolean => {
            log(chunk);
            callLast(rest);
            return true;
        };
    }
    const { writeSync, write } = fs;
    Reflect.set(fs, "writeSync", (file: number, chunk: string | Uint8Array, ...rest: []): number => {
        if (!STANDARD_STREAMS.includes(file)) return Reflect.apply(writeSync, fs, [file, chunk, ...rest]) as number;
        log(chunk);
        return Buffer.byteLength(chunk);
    });
    Reflect.set(fs, "write", (file: number, chunk: string | Uint8Array, ...rest: unknown[]): void => {
        if (!STANDARD_STREAMS.includes(file)) return void Reflect.apply(write, fs, [file, chunk, ...rest]);
        log(chunk);
        callLast(rest, null, Buffer.byteLength(chunk), chunk);
    });
}

/** Tells a stream's caller, where it wants to know, that all is written. */
function callLast(args: unknown[], ...results: unknown[]): void {
    const callback = args.at(-1);
    if (typeof callback === "function") process.nextTick(callback, ...results);
}

function textOf(chunk: unknown): string {
    return chunk instanceof Uint8Array ? Buffer.from(chunk).toString("utf8") : String(chunk);
}

function asText(time: string, level: LogLevel, requestId: string | undefined, args: unknown[]): string {
    return `${time}\t${requestId ?? "undefined"}\t${level}\t${format(...args)}`;
}

function asJson(timestamp: string, level: LogLevel, requestId: string | undefined, args: unknown[]): string {
    const event = { timestamp, level, requestId };
    const [only] = args;
    if (args.length !== 1) {
        const error = args.find((arg) => arg instanceof Error);
        return JSON.stringify({ ...event, message: format(...args), ...(error === undefined ? {} : described(error)) });
    }
    try {
        return JSON.stringify({ ...event, message: only }, (_key, value: unknown) =>
            value instanceof Error ? { ...described(value), ...value } : value,
        );
    } catch {
        // It refers to itself, or holds what JSON cannot say.
        return JSON.stringify({ ...event, message: format(only) });
    }
}

function described(error: Error): object {
    return { errorType: error.constructor.name, errorMessage: error.message, stackTrace: stackOf(error) };
}
