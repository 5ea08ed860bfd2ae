import type { Clock } from "../../clock";
import { ServiceError } from "../../errors";
import { GatewayError, INTERNAL_ERROR } from "../gateway-error";
import { type Invocation, sourceArn } from "../invocation";
import type { FunctionInvoker } from "../ports";
import { within } from "./timeout";

export interface FunctionTarget {
    arn: (variables: Record<string, string>) => string;
    credentials?: string;
    timeoutInMillis: number;
}

/** Invokes a method's function and notes in the invocation how it went. Throws a GatewayError. */
export async function invokeFunction(
    target: FunctionTarget,
    invocation: Invocation,
    payload: string,
    functions: FunctionInvoker,
    clock: Clock,
): Promise<{ payload: string; functionError?: string }> {
    const begun = clock.now();
    const call = functions.invoke({
        functionArn: target.arn(invocation.stage.variables),
        payload,
        principal: "apigateway.amazonaws.com",
        sourceArn: sourceArn(invocation),
        credentials: target.credentials,
    });
    try {
        const answer = await within(clock, target.timeoutInMillis, call);
        invocation.integration.status = 200;
        return answer;
    } catch (error) {
        invocation.integration.error = error instanceof Error ? error.message : String(error);
        if (error instanceof GatewayError) throw error;
        if (!(error instanceof ServiceError)) throw error;
        invocation.integration.status = error.status;
        // Whatever reason Lambda has to refuse the call, throttling included, the client sees a 500:
        // https://docs.aws.amazon.com/lambda/latest/dg/services-apigateway-errors.html
        throw new GatewayError("API_CONFIGURATION_ERROR", INTERNAL_ERROR);
    } finally {
        invocation.integration.latency = clock.now() - begun;
    }
}
