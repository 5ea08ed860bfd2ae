import type { AccessRequest, Caller, HttpRequest } from "../service";

/** Runs Lambda functions for methods and authorizers. */
export interface FunctionInvoker {
    /**
     * Rejects with a ServiceError when Lambda refuses the call: `TooManyRequestsException`, `AccessDeniedException`,
     * `ResourceNotFoundException` …
     */
    invoke(request: {
        /** With `:alias` or `:version` where the integration names one. */
        functionArn: string;
        payload: string;
        principal: "apigateway.amazonaws.com";
        /** `arn:aws:execute-api:<region>:<account>:<api>/<stage>/<METHOD>/<resource path>`, or the authorizer's ARN. */
        sourceArn: string;
        /** ARN of the role to invoke with; then its policies decide, not the function's resource policy. */
        credentials?: string;
    }): Promise<{ payload: string; functionError?: string }>;
}

/** Verifies the tokens of Cognito user pools. */
export interface TokenVerifier {
    verify(token: string, userPoolArns: string[]): Promise<{ claims: Record<string, unknown> } | { reason: string }>;
}

/** The parts of IAM that guard deployed APIs. */
export interface Guard {
    /** Throws a ServiceError when the request is signed, but not rightly. */
    authenticate(request: HttpRequest): Caller;
    /** Weighs the caller's own policies and, where given, the API's resource policy (a JSON text). */
    decide(caller: Caller, access: AccessRequest, resourcePolicy?: string): { allowed: boolean };
    /**
     * True when the document (a JSON text) allows the action and does not deny it. Statements count whatever their
     * Principal. Throws when the document is malformed.
     */
    evaluatePolicy(document: string, request: { action: string; resource: string; sourceIp: string }): boolean;
}

/** Where access logs go. */
export interface LogSink {
    put(logGroupName: string, streamName: string, messages: string[]): void;
}

/** Calls AWS services for integrations of type `aws` that name a service other than Lambda. */
export interface AwsServiceInvoker {
    send(request: {
        /** `dynamodb`, `events` … as the integration URI names it. */
        service: string;
        /** From a URI ending in `action/<Action>`. */
        action?: string;
        /** From a URI ending in `path/<path>`. */
        path?: string;
        httpMethod: string;
        headers: Record<string, string>;
        query: string;
        body: string;
        /** ARN of the role whose policies decide. */
        credentials: string;
    }): Promise<{ status: number; headers: Record<string, string>; body: string }>;
}
