import type { AccessLog } from "./api";
import { variableLookup } from "./context";
import type { Invocation } from "./invocation";
import type { LogSink } from "./ports";
import { compileTextTemplate } from "./text-template";
import { stableId } from "./values";

const LOG_GROUP_ARN = /^arn:aws:logs:[^:]*:[^:]*:log-group:([^:]+)(?::\*)?$/;

/**
 * Prepares a stage's access log.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-logging.html
 * @throws Error when the destination is no log group or the format leaves out the request's id.
 */
export function compileAccessLog(destinationArn: string, format: string, owner: string): AccessLog {
    const logGroup = LOG_GROUP_ARN.exec(destinationArn)?.[1];
    if (logGroup === undefined) {
        throw new Error(
            `The access log's destination ${JSON.stringify(destinationArn)} is not supported. ` +
                "Use the ARN of a CloudWatch log group.",
        );
    }
    if (!/\$context\.(requestId|extendedRequestId)/.test(format)) {
        throw new Error("The access log's format must hold $context.requestId or $context.extendedRequestId.");
    }
    const stream = stableId(`${owner} access log`, 32);
    return { destinationArn, format, logGroup, stream, line: compileTextTemplate(format, "-") };
}

/** Writes one line about a request that has been answered. */
export function writeAccessLog(logs: LogSink, { logGroup, stream, line }: AccessLog, invocation: Invocation): void {
    const message = line(variableLookup(invocation));
    // The client's answer does not wait for the log.
    setImmediate(() => logs.put(logGroup, stream, [message]));
}
