import { format } from "node:util";

import { failureOf } from "./failure";
import type { EnvironmentSettings } from "./messages";

const LEVELS = { log: "INFO", info: "INFO", debug: "DEBUG", trace: "TRACE", warn: "WARN", error: "ERROR" } as const;

/**
 * Makes `console` and the standard streams write log events as Lambda's runtime does, in text or JSON:
 * https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs-logformat.html
 */
export function writeConsole(
    settings: EnvironmentSettings,
    requestId: () => string | undefined,
    log: (text: string) => void,
): void {
    for (const [method, level] of Object.entries(LEVELS)) {
        Reflect.set(console, method, (...args: unknown[]) => {
            const time = new Date().toISOString();
            log(settings.jsonLogs ? asJson(time, level, requestId(), args) : asText(time, level, requestId(), args));
        });
    }
    // Loggers that bring a console of their own write here.
    for (const stream of [process.stdout, process.stderr]) {
        stream.write = (chunk: string | Uint8Array): boolean => {
            log(typeof chunk === "string" ? chunk : Buffer.from(chunk).toString("utf8"));
            return true;
        };
    }
}

function asText(time: string, level: string, requestId: string | undefined, args: unknown[]): string {
    return `${time}\t${requestId ?? "undefined"}\t${level}\t${format(...args)}`;
}

function asJson(time: string, level: string, requestId: string | undefined, args: unknown[]): string {
    const [only] = args;
    const message = args.length === 1 && typeof only === "object" && !(only instanceof Error) ? only : format(...args);
    const error = args.find((arg) => arg instanceof Error);
    return JSON.stringify({
        timestamp: time,
        level,
        requestId,
        message,
        ...(error === undefined ? {} : failureOf(error)),
    });
}
