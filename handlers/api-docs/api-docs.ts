import type { APIGatewayProxyEvent, APIGatewayProxyResult } from "aws-lambda";

import { type ApiAuthentication, openApiDocument } from "../../schemas/openapi";
import { docsPage } from "./page";

/** The page brings its style along and runs nothing. */
const PAGE_POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; frame-ancestors 'none'";

const SECURITY_HEADERS = { "X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer" };

/** Serves the OpenAPI document and a page made of it. */
export function apiDocs(event: APIGatewayProxyEvent, auth: ApiAuthentication): APIGatewayProxyResult {
    const document = openApiDocument({ serverUrl: baseUrl(event), auth });
    if (event.resource.endsWith("/openapi.json")) {
        return {
            statusCode: 200,
            // Any page may read it: tools such as Swagger UI load it from elsewhere.
            headers: {
                ...SECURITY_HEADERS,
                "Content-Type": "application/json",
                "Cache-Control": "public, max-age=60",
                "Access-Control-Allow-Origin": "*",
            },
            body: JSON.stringify(document),
        };
    }
    return {
        statusCode: 200,
        headers: {
            ...SECURITY_HEADERS,
            "Content-Type": "text/html; charset=utf-8",
            "Cache-Control": "public, max-age=60",
            "Content-Security-Policy": PAGE_POLICY,
        },
        body: docsPage(document),
    };
}

/** Where the caller found this API: the path that it called without the route's own, behind a prefix if a proxy says so. */
function baseUrl(event: APIGatewayProxyEvent): string {
    const host = header(event, "host", /^[\w.:[\]-]+$/) ?? event.requestContext.domainName ?? "";
    const protocol = header(event, "x-forwarded-proto", /^https?$/) ?? "https";
    const prefix = header(event, "x-forwarded-prefix", /^(\/[\w.-]+)+$/) ?? "";
    const path = event.requestContext.path.slice(0, -event.resource.length);
    return `${protocol}://${host}${prefix}${path}`;
}

/** Headers are the caller's to choose, so what does not look right counts as absent. */
function header(event: APIGatewayProxyEvent, wanted: string, allowed: RegExp): string | undefined {
    const name = Object.keys(event.headers).find((each) => each.toLowerCase() === wanted);
    const value = name === undefined ? undefined : event.headers[name];
    return value !== undefined && allowed.test(value) ? value : undefined;
}

/** Made once per execution environment. Environment: `API_AUTH`, how callers prove who they are. */
export function handler(): (event: APIGatewayProxyEvent) => Promise<APIGatewayProxyResult> {
    const auth = process.env["API_AUTH"];
    if (auth !== "cognito" && auth !== "lambda" && auth !== "iam" && auth !== "apiKey") {
        throw new Error(`The environment variable API_AUTH must be cognito, lambda, iam or apiKey, not ${auth}.`);
    }
    return async (event) => apiDocs(event, auth);
}
