import type { Clock } from "../../clock";
import type { Integrate } from "../api";
import type { IntegrationDefinition } from "../definition";
import type { FunctionInvoker } from "../ports";
import { asRecord, asText } from "../values";
import { compileRequest, parseOrNothing } from "./integration-request";
import { compileResponses } from "./integration-response";
import { type FunctionTarget, invokeFunction } from "./invoke-function";

/**
 * The function gets what the request template makes and answers through the response template; its error message
 * chooses the response.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/handle-errors-in-lambda-integration.html
 */
export function lambda(
    integration: IntegrationDefinition,
    target: FunctionTarget,
    functions: FunctionInvoker,
    clock: Clock,
): Integrate {
    const buildRequest = compileRequest(integration);
    const buildResponse = compileResponses(integration);
    return async (invocation) => {
        const { body } = buildRequest(invocation);
        const answer = await invokeFunction(target, invocation, body === "" ? "{}" : body, functions, clock);
        const failed = answer.functionError !== undefined;
        const message = failed ? (asText(asRecord(parseOrNothing(answer.payload))["errorMessage"]) ?? "") : undefined;
        return buildResponse(invocation, { selector: message, header: {}, body: answer.payload });
    };
}
