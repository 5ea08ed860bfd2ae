import type { Delivery, Sender } from "../targets";
import type { AsyncEvent } from "./asynchronous";
import type { InvocationResult } from "./invocation";
import type { FunctionReference } from "./model";

export type Condition = "Success" | "RetriesExhausted" | "EventAgeExceeded";

/** What a destination is told: https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html */
export interface InvocationRecord {
    version: "1.0";
    timestamp: string;
    requestContext: {
        requestId: string;
        functionArn: string;
        condition: Condition;
        approximateInvokeCount: number;
    };
    requestPayload: unknown;
    responseContext?: { statusCode: number; executedVersion: string; functionError?: string };
    responsePayload?: unknown;
}

/** How an asynchronous invocation ended. */
export interface Ending {
    target: FunctionReference;
    event: AsyncEvent;
    condition: Condition;
    /** Of the last time that it ran. */
    result: InvocationResult | undefined;
    /** Milliseconds since 1970-01-01 UTC. */
    at: number;
}

export function destinationDelivery(ending: Ending, targetArn: string): Delivery {
    const { target, event, condition } = ending;
    const outcome = condition === "Success" ? "Success" : "Failure";
    return {
        id: `${event.requestId}/${outcome}`,
        attempt: 1,
        targetArn,
        sender: senderOf(target),
        body: JSON.stringify(recordOf(ending)),
        event: {
            source: "lambda",
            detailType: `Lambda Function Invocation Result - ${outcome}`,
            resources: [targetArn, qualifiedArn(target)],
        },
    };
}

/** The event itself, with why it failed: https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html#invocation-dlq */
export function deadLetterDelivery({ target, event, result }: Ending, targetArn: string): Delivery {
    return {
        id: `${event.requestId}/DeadLetter`,
        attempt: 1,
        targetArn,
        sender: senderOf(target),
        body: event.payload,
        attributes: {
            RequestID: event.requestId,
            ErrorCode: result === undefined ? "429" : "200",
            ErrorMessage: (result?.failure?.errorMessage ?? "Rate Exceeded.").slice(0, 1024),
        },
    };
}

function senderOf({ function: fn, arn }: FunctionReference): Sender {
    return { service: "lambda.amazonaws.com", sourceArn: arn, roleArn: fn.configuration.roleArn };
}

function qualifiedArn({ arn, qualifier }: FunctionReference): string {
    return qualifier === "" ? `${arn}:$LATEST` : arn;
}

function recordOf({ target, event, condition, result, at }: Ending): InvocationRecord {
    return {
        version: "1.0",
        timestamp: new Date(at).toISOString(),
        requestContext: {
            requestId: event.requestId,
            functionArn: qualifiedArn(target),
            condition,
            approximateInvokeCount: event.runs,
        },
        requestPayload: JSON.parse(event.payload) as unknown,
        ...(result === undefined ? {} : response(target, result)),
    };
}

function response(
    { version }: FunctionReference,
    { failure, payload = "null" }: InvocationResult,
): Pick<InvocationRecord, "responseContext" | "responsePayload"> {
    const ran = { statusCode: 200, executedVersion: version };
    if (failure === undefined) return { responseContext: ran, responsePayload: JSON.parse(payload) as unknown };
    return { responseContext: { ...ran, functionError: "Unhandled" }, responsePayload: failure };
}
