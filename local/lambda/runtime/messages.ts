/** What an execution environment is told when it starts. */
export interface EnvironmentSettings {
    /** Folder of the function's code. */
    taskRoot: string;
    /** `index.handler` */
    handler: string;
    functionName: string;
    functionVersion: string;
    memoryMb: number;
    logGroupName: string;
    logStreamName: string;
    jsonLogs: boolean;
    /** The local endpoint, which serves every AWS host. */
    endpoint: string;
}

export interface InvokeMessage {
    type: "invoke";
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
    | { type: "init-failed"; failure: FunctionFailure }
    | { type: "log"; text: string }
    /** `payload` is undefined where the handler returned nothing that JSON can say. */
    | { type: "result"; requestId: string; payload?: string; failure?: FunctionFailure };
