import { Logger } from "@aws-lambda-powertools/logger";
import type { APIGatewayProxyEvent, APIGatewayProxyResult, Context } from "aws-lambda";

import { header } from "./request";
import { HttpProblem } from "./problem";

/** What an operation answers. */
export interface Answer {
    status: number;
    headers?: Record<string, string>;
    /** Sent as JSON; absent for an empty body. */
    body?: object;
}

export interface HttpRequest {
    event: APIGatewayProxyEvent;
    context: Context;
    correlationId: string;
}

/** An operation of the API. Throws an HttpProblem where it cannot do what is asked. */
export type Operation = (request: HttpRequest) => Promise<Answer>;

export type ApiHandler = (event: APIGatewayProxyEvent, context: Context) => Promise<APIGatewayProxyResult>;

const SECURITY_HEADERS = { "Cache-Control": "no-store", "X-Content-Type-Options": "nosniff" };
const EXPOSED_HEADERS = "ETag, Location, Retry-After, Idempotency-Replayed, X-Correlation-Id";

/**
 * Makes a Lambda function's handler of an operation: a correlation id, errors as problem documents, one line in the log
 * for each request, and the headers that every answer has.
 * Environment: `CORS_ORIGIN`, origins of pages that may read the answers, separated by commas; `*` is all.
 */
export function apiHandler(operation: Operation): ApiHandler {
    const logger = new Logger();
    const origins = (process.env["CORS_ORIGIN"] ?? "").split(",").filter((origin) => origin !== "");
    return async (event, context) => {
        const correlationId = correlationIdOf(event);
        const started = performance.now();
        const answer = await answerOf(operation, { event, context, correlationId }, logger);
        logger.info("answered", {
            correlationId,
            route: `${event.httpMethod} ${event.resource}`,
            status: answer.statusCode,
            milliseconds: Math.round(performance.now() - started),
        });
        return {
            ...answer,
            headers: {
                ...SECURITY_HEADERS,
                "X-Correlation-Id": correlationId,
                ...corsHeaders(origins, header(event, "origin")),
                ...answer.headers,
            },
        };
    };
}

async function answerOf(operation: Operation, request: HttpRequest, logger: Logger): Promise<APIGatewayProxyResult> {
    try {
        const { status, headers, body } = await operation(request);
        return {
            statusCode: status,
            headers: { ...(body === undefined ? {} : { "Content-Type": "application/json" }), ...headers },
            body: body === undefined ? "" : JSON.stringify(body),
        };
    } catch (error) {
        const problem = error instanceof HttpProblem ? error : unexpected(error, request, logger);
        return {
            statusCode: problem.status,
            headers: { "Content-Type": "application/problem+json", ...problem.more.headers },
            body: JSON.stringify(problem.body(request.correlationId)),
        };
    }
}

/** The caller learns nothing of what is inside; the log does. */
function unexpected(error: unknown, { correlationId }: HttpRequest, logger: Logger): HttpProblem {
    logger.error("failed", { correlationId, error: error instanceof Error ? error : new Error(String(error)) });
    return new HttpProblem(500, "internal-error", "Something went wrong. The correlationId finds it in the logs.");
}

/** The caller's own where it is harmless in a log and a header, otherwise the gateway's. */
function correlationIdOf(event: APIGatewayProxyEvent): string {
    const given = header(event, "x-correlation-id");
    return given !== undefined && /^[\w.:-]{8,128}$/.test(given) ? given : event.requestContext.requestId;
}

function corsHeaders(origins: string[], origin: string | undefined): Record<string, string> {
    if (origins.length === 0) return {};
    const exposed = { "Access-Control-Expose-Headers": EXPOSED_HEADERS };
    if (origins.includes("*")) return { "Access-Control-Allow-Origin": "*", ...exposed };
    const vary = { Vary: "Origin" };
    if (origin === undefined || !origins.includes(origin)) return vary;
    return { "Access-Control-Allow-Origin": origin, ...vary, ...exposed };
}
