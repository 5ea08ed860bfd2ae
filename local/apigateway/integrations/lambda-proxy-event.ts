import { commonLogTime } from "../context";
import { isBinary, mediaType } from "../http-message";
import type { Invocation } from "../invocation";
import { decode } from "../router";

/**
 * The parts that a function's event and a REQUEST authorizer's event have in common (format 1.0).
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-lambda-proxy-integrations.html
 */
export function proxyRequest(invocation: Invocation): Record<string, unknown> {
    const { request, route, headers, query, stage, pathParameters } = invocation;
    return {
        resource: route?.resourcePath,
        path: decode(invocation.rawPath),
        httpMethod: request.method,
        headers: headers.single,
        multiValueHeaders: headers.multi,
        queryStringParameters: orNull(query.single),
        multiValueQueryStringParameters: orNull(query.multi),
        pathParameters: orNull(pathParameters),
        stageVariables: orNull(stage.variables),
        requestContext: requestContext(invocation),
    };
}

/** The event of a Lambda proxy integration, as JSON text. */
export function proxyEvent(invocation: Invocation): string {
    const { body } = invocation.request;
    const type = mediaType(invocation.request.headers["content-type"]);
    const isBase64Encoded = body.length > 0 && isBinary(invocation.api.definition.binaryMediaTypes, type);
    return JSON.stringify({
        ...proxyRequest(invocation),
        body: body.length === 0 ? null : body.toString(isBase64Encoded ? "base64" : "utf8"),
        isBase64Encoded,
    });
}

function requestContext(invocation: Invocation): Record<string, unknown> {
    const { api, stage, route, request, identity } = invocation;
    const context: Record<string, unknown> = {
        resourceId: route?.resourceId,
        resourcePath: route?.resourcePath,
        operationName: route?.method.operationName,
        httpMethod: request.method,
        extendedRequestId: invocation.extendedRequestId,
        requestTime: commonLogTime(invocation.startedAt),
        path: `/${stage.name}${decode(invocation.rawPath)}`,
        accountId: invocation.account,
        protocol: "HTTP/1.1",
        stage: stage.name,
        domainPrefix: invocation.domainName.split(".")[0],
        requestTimeEpoch: invocation.startedAt,
        requestId: invocation.requestId,
        identity: {
            cognitoIdentityPoolId: null,
            cognitoIdentityId: null,
            cognitoAuthenticationType: null,
            cognitoAuthenticationProvider: null,
            principalOrgId: null,
            ...identity,
        },
        domainName: invocation.domainName,
        deploymentId: stage.deploymentId,
        apiId: api.id,
    };
    // AWS's events have these keys only where there is a value.
    if (invocation.authorizer !== undefined) context["authorizer"] = invocation.authorizer;
    return context;
}

function orNull<T>(values: Record<string, T>): Record<string, T> | null {
    for (const _ in values) return values;
    return null;
}
