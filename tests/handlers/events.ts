import type { APIGatewayProxyEvent, APIGatewayProxyResult, Context } from "aws-lambda";

export interface EventOptions {
    method?: string;
    resource?: string;
    body?: unknown;
    headers?: Record<string, string>;
    path?: Record<string, string>;
    query?: Record<string, string>;
    /** Subject of the caller's token; `null` for nobody. */
    customer?: string | null;
    scope?: string;
}

/** What API Gateway hands to a function for a caller of the user pool. */
export function apiEvent(options: EventOptions = {}): APIGatewayProxyEvent {
    const { method = "POST", resource = "/v1/orders", body, headers = {}, customer = "ada", scope = "" } = options;
    const event = {
        resource,
        path: resource,
        httpMethod: method,
        headers: { ...(body === undefined ? {} : { "content-type": "application/json" }), ...headers },
        pathParameters: options.path ?? null,
        queryStringParameters: options.query ?? null,
        requestContext: {
            requestId: "gateway-request-1",
            path: `/live${resource}`,
            identity: { userArn: null, apiKeyId: null },
            ...(customer === null ? {} : { authorizer: { claims: { sub: customer, scope } } }),
        },
        body: body === undefined ? null : typeof body === "string" ? body : JSON.stringify(body),
        isBase64Encoded: false,
    };
    return event as unknown as APIGatewayProxyEvent;
}

export const context = {
    functionName: "test",
    awsRequestId: "lambda-request-1",
    getRemainingTimeInMillis: () => 10_000,
} as unknown as Context;

export function bodyOf(result: APIGatewayProxyResult): Record<string, unknown> {
    return JSON.parse(result.body || "{}") as Record<string, unknown>;
}
