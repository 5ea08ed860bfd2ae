/** What a gateway response says; see https://www.rfc-editor.org/rfc/rfc9457 for the members of a problem. */
interface Problem {
    status: number;
    title: string;
    /** JSON text or template of the member `detail`. Default: API Gateway's own message. */
    detail?: string;
    /** Template of the member `errors`. */
    errors?: string;
    headers?: Record<string, string>;
}

const RETRY_SOON = { "Retry-After": "'1'" };
const RETRY_LATER = { "Retry-After": "'3600'" };
const VALIDATION_ERRORS = '[{"message":"$context.error.validationErrorString"}]';

/** By type of https://docs.aws.amazon.com/apigateway/latest/developerguide/supported-gateway-response-types.html */
const PROBLEMS: Record<string, Problem> = {
    BAD_REQUEST_BODY: { status: 400, title: "Bad Request", errors: VALIDATION_ERRORS },
    // The message itself names the parameters.
    BAD_REQUEST_PARAMETERS: { status: 400, title: "Bad Request" },
    UNAUTHORIZED: {
        status: 401,
        title: "Unauthorized",
        detail: '"A valid token is needed in the header Authorization."',
        headers: { "WWW-Authenticate": "'Bearer'" },
    },
    ACCESS_DENIED: { status: 403, title: "Forbidden", detail: '"The caller may not do this."' },
    INVALID_API_KEY: { status: 403, title: "Forbidden", detail: '"A valid key is needed in the header x-api-key."' },
    INVALID_SIGNATURE: { status: 403, title: "Forbidden" },
    EXPIRED_TOKEN: { status: 403, title: "Forbidden" },
    WAF_FILTERED: { status: 403, title: "Forbidden", detail: '"The request was filtered."' },
    RESOURCE_NOT_FOUND: { status: 404, title: "Not Found" },
    REQUEST_TOO_LARGE: { status: 413, title: "Content Too Large" },
    UNSUPPORTED_MEDIA_TYPE: { status: 415, title: "Unsupported Media Type" },
    THROTTLED: { status: 429, title: "Too Many Requests", headers: RETRY_SOON },
    QUOTA_EXCEEDED: { status: 429, title: "Too Many Requests", headers: RETRY_LATER },
    INTEGRATION_FAILURE: { status: 504, title: "Gateway Timeout" },
    INTEGRATION_TIMEOUT: { status: 504, title: "Gateway Timeout" },
};

const UNKNOWN_ROUTE: Problem = { status: 404, title: "Not Found", detail: '"There is no such route."' };
const UNSIGNED: Problem = {
    status: 403,
    title: "Forbidden",
    detail: '"There is no such route, or the request is not signed."',
};

/**
 * The API's gateway responses, `x-amazon-apigateway-gateway-responses` of its definition: every error that API Gateway
 * itself answers is a problem+json.
 * @param signed Callers sign their requests (IAM). API Gateway then answers an unsigned request as it answers an
 *   unknown route, so that both must be 403.
 * @param allowOrigin Value of `Access-Control-Allow-Origin`, as a page could otherwise not read the error.
 */
export function gatewayResponses(signed: boolean, allowOrigin: string): Record<string, object> {
    const all = { ...PROBLEMS, MISSING_AUTHENTICATION_TOKEN: signed ? UNSIGNED : UNKNOWN_ROUTE };
    const specific = Object.entries(all).map(([type, problem]) => [
        type,
        { statusCode: problem.status, ...response(problem, String(problem.status), allowOrigin) },
    ]);
    return {
        ...(Object.fromEntries(specific) as Record<string, object>),
        DEFAULT_4XX: response({ status: 400, title: "Bad Request" }, "400", allowOrigin),
        DEFAULT_5XX: response({ status: 500, title: "Internal Server Error" }, "500", allowOrigin),
    };
}

function response(problem: Problem, status: string, allowOrigin: string): object {
    const members = [
        '"type":"about:blank"',
        `"title":${JSON.stringify(problem.title)}`,
        `"status":${status}`,
        `"detail":${problem.detail ?? "$context.error.messageString"}`,
        ...(problem.errors === undefined ? [] : [`"errors":${problem.errors}`]),
        '"correlationId":"$context.requestId"',
    ];
    const headers: Record<string, string> = {
        "Content-Type": "'application/problem+json'",
        "Access-Control-Allow-Origin": `'${allowOrigin}'`,
        ...problem.headers,
    };
    return {
        responseParameters: Object.fromEntries(
            Object.entries(headers).map(([name, value]) => [`gatewayresponse.header.${name}`, value]),
        ),
        responseTemplates: { "application/json": `{${members.join(",")}}` },
    };
}
