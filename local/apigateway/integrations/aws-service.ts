import type { Clock } from "../../clock";
import type { Integrate } from "../api";
import type { IntegrationDefinition } from "../definition";
import { GatewayError, INTERNAL_ERROR } from "../gateway-error";
import type { AwsServiceInvoker } from "../ports";
import { withStageVariables } from "./function-uri";
import { compileRequest } from "./integration-request";
import { compileResponses } from "./integration-response";
import { within } from "./timeout";

const SERVICE_URI = /^arn:aws:apigateway:[\w-]+:(?:[\w-]+\.)?([\w-]+):(action|path)\/(.*)$/;

/**
 * Calls an AWS service without a function in between.
 * https://docs.aws.amazon.com/apigateway/latest/api/API_Integration.html (uri)
 * @throws Error when the URI or the role is missing or malformed.
 */
export function awsService(integration: IntegrationDefinition, services: AwsServiceInvoker, clock: Clock): Integrate {
    const match = SERVICE_URI.exec(integration.uri);
    const service = match?.[1];
    if (service === undefined) {
        throw new Error(
            `The integration URI ${JSON.stringify(integration.uri)} is not supported. ` +
                "Use arn:aws:apigateway:<region>:<service>:action/<Action> or …:path/<path>.",
        );
    }
    const { credentials, httpMethod, timeoutInMillis } = integration;
    if (credentials === undefined) {
        throw new Error(`The integration with ${service} has no credentials. Give the ARN of a role that it may use.`);
    }
    const buildRequest = compileRequest(integration);
    const buildResponse = compileResponses(integration);
    return async (invocation) => {
        const { body, header, querystring, path } = buildRequest(invocation);
        const target = withStageVariables(match?.[3] ?? "", invocation.stage.variables);
        const begun = clock.now();
        const call = services.send({
            service,
            ...(match?.[2] === "action" ? { action: target } : { path: withPath(target, path) }),
            httpMethod,
            headers: header,
            query: new URLSearchParams(querystring).toString(),
            body,
            credentials,
        });
        const answer = await within(clock, timeoutInMillis, call).catch((error: unknown) => {
            throw error instanceof GatewayError ? error : new GatewayError("INTEGRATION_FAILURE", INTERNAL_ERROR);
        });
        invocation.integration = { status: answer.status, latency: clock.now() - begun };
        return buildResponse(invocation, {
            selector: String(answer.status),
            header: answer.headers,
            body: answer.body,
        });
    };
}

function withPath(target: string, values: Record<string, string>): string {
    return target.replace(/\{(\w+)\}/g, (whole, name: string) =>
        values[name] === undefined ? whole : encodeURIComponent(values[name]),
    );
}
