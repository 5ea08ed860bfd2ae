import type { EnvironmentSettings, InvokeMessage } from "./messages";

/** The handler's second argument: https://docs.aws.amazon.com/lambda/latest/dg/nodejs-context.html */
export function contextOf(settings: EnvironmentSettings, message: InvokeMessage): object {
    const deadline = Date.now() + message.timeoutMs;
    const { clientContext } = message;
    return {
        callbackWaitsForEmptyEventLoop: true,
        functionName: settings.functionName,
        functionVersion: settings.functionVersion,
        invokedFunctionArn: message.invokedFunctionArn,
        memoryLimitInMB: String(settings.memoryMb),
        awsRequestId: message.requestId,
        logGroupName: settings.logGroupName,
        logStreamName: settings.logStreamName,
        ...(clientContext === undefined ? {} : { clientContext: JSON.parse(clientContext) as unknown }),
        getRemainingTimeInMillis: () => Math.max(0, deadline - Date.now()),
    };
}
