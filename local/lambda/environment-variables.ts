import type { Credentials } from "../iam";
import type { FunctionConfiguration } from "./model";

/**
 * What Lambda sets itself and lets nobody else set:
 * https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html#configuration-envvars-runtime
 */
export const RESERVED_VARIABLES: readonly string[] = [
    "_HANDLER",
    "_X_AMZN_TRACE_ID",
    "AWS_ACCESS_KEY",
    "AWS_ACCESS_KEY_ID",
    "AWS_DEFAULT_REGION",
    "AWS_EXECUTION_ENV",
    "AWS_LAMBDA_FUNCTION_MEMORY_SIZE",
    "AWS_LAMBDA_FUNCTION_NAME",
    "AWS_LAMBDA_FUNCTION_VERSION",
    "AWS_LAMBDA_INITIALIZATION_TYPE",
    "AWS_LAMBDA_LOG_GROUP_NAME",
    "AWS_LAMBDA_LOG_STREAM_NAME",
    "AWS_LAMBDA_RUNTIME_API",
    "AWS_REGION",
    "AWS_SECRET_ACCESS_KEY",
    "AWS_SESSION_TOKEN",
    "LAMBDA_RUNTIME_DIR",
    "LAMBDA_TASK_ROOT",
];

/** Lambda's own variables and the function's; nothing of this machine's environment. */
export function environmentVariables(environment: {
    configuration: FunctionConfiguration;
    version: string;
    region: string;
    endpoint: string;
    credentials: Credentials;
    logStreamName: string;
}): Record<string, string> {
    const { configuration, version, region, endpoint, credentials, logStreamName } = environment;
    return {
        _HANDLER: configuration.handler,
        AWS_DEFAULT_REGION: region,
        AWS_EXECUTION_ENV: `AWS_Lambda_${configuration.runtime}`,
        AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(configuration.memoryMb),
        AWS_LAMBDA_FUNCTION_NAME: configuration.name,
        AWS_LAMBDA_FUNCTION_VERSION: version,
        AWS_LAMBDA_INITIALIZATION_TYPE: "on-demand",
        AWS_LAMBDA_LOG_GROUP_NAME: configuration.logGroupName,
        AWS_LAMBDA_LOG_STREAM_NAME: logStreamName,
        AWS_REGION: region,
        AWS_ACCESS_KEY_ID: credentials.accessKeyId,
        AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
        AWS_SESSION_TOKEN: credentials.sessionToken,
        LAMBDA_TASK_ROOT: configuration.taskRoot,
        LANG: "en_US.UTF-8",
        TZ: ":UTC",
        // The SDK warns in every function that it will need a newer Node, which AWS's runtime is.
        NODE_NO_WARNINGS: "1",
        ...loggingVariables(configuration),
        ...withoutNodeOptions(configuration.environment),
        AWS_ENDPOINT_URL: endpoint,
    };
}

/** Loggers, Powertools' for instance, take their level from here. */
function loggingVariables({ jsonLogs, applicationLogLevel }: FunctionConfiguration): Record<string, string> {
    return {
        ...(jsonLogs ? { AWS_LAMBDA_LOG_FORMAT: "JSON" } : {}),
        ...(applicationLogLevel === undefined ? {} : { AWS_LAMBDA_LOG_LEVEL: applicationLogLevel }),
    };
}

/** They are for Lambda's own process; a worker thread refuses some of them. */
function withoutNodeOptions(variables: Record<string, string>): Record<string, string> {
    return Object.fromEntries(Object.entries(variables).filter(([name]) => name !== "NODE_OPTIONS"));
}
