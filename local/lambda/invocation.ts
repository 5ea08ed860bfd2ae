import { randomId } from "../random";
import type { FunctionFailure } from "./runtime/messages";

export interface InvocationRequest {
    requestId: string;
    invokedFunctionArn: string;
    payload: string;
    clientContext?: string;
    /** `Root=1-…;Parent=…;Sampled=0`. Default: a new one. */
    traceId?: string;
    /** For tests of what depends on the answer: the environment is killed right before it would give it. */
    isKilledAtEnd?: boolean;
}

export interface InvocationResult {
    payload?: string;
    failure?: FunctionFailure;
    /** Its log, for callers that ask for the end of it. */
    logTail: string[];
}

/** https://docs.aws.amazon.com/xray/latest/devguide/xray-concepts.html#xray-concepts-traceids */
export function newTraceId(now: number): string {
    const seconds = Math.floor(now / 1000).toString(16);
    return `Root=1-${seconds}-${randomId(12)};Parent=${randomId(8)};Sampled=0`;
}
