import type { JsonObject } from "../service";
import { ACCOUNT_CONCURRENCY } from "./concurrency";
import type { Alias, FunctionConfiguration, FunctionReference, Functions } from "./model";

/** https://docs.aws.amazon.com/lambda/latest/api/API_FunctionConfiguration.html */
export function describeFunction({ function: fn, qualifier, version, arn }: FunctionReference): JsonObject {
    const { configuration } = fn;
    return describe(configuration, version, qualifier === "" ? configuration.arn : arn);
}

/** As {@link describeFunction}, by its version. */
export function describeVersion(configuration: FunctionConfiguration, version: string): JsonObject {
    return describe(configuration, version, `${configuration.arn}:${version}`);
}

function describe(configuration: FunctionConfiguration, version: string, arn: string): JsonObject {
    const { jsonLogs, logGroupName, applicationLogLevel, systemLogLevel, deadLetterArn } = configuration;
    return {
        FunctionName: configuration.name,
        FunctionArn: arn,
        Runtime: configuration.runtime,
        Role: configuration.roleArn,
        Handler: configuration.handler,
        Description: configuration.description,
        Timeout: configuration.timeoutSeconds,
        MemorySize: configuration.memoryMb,
        LastModified: new Date(configuration.lastModified).toISOString().replace("Z", "+0000"),
        Version: version,
        Environment: { Variables: configuration.environment },
        ...(deadLetterArn === undefined ? {} : { DeadLetterConfig: { TargetArn: deadLetterArn } }),
        TracingConfig: { Mode: configuration.tracingMode },
        State: "Active",
        LastUpdateStatus: "Successful",
        PackageType: "Zip",
        Architectures: [configuration.architecture],
        LoggingConfig: {
            LogFormat: jsonLogs ? "JSON" : "Text",
            LogGroup: logGroupName,
            ...(applicationLogLevel === undefined ? {} : { ApplicationLogLevel: applicationLogLevel }),
            ...(systemLogLevel === undefined ? {} : { SystemLogLevel: systemLogLevel }),
        },
    };
}

/** https://docs.aws.amazon.com/lambda/latest/api/API_AliasConfiguration.html */
export function describeAlias({ name, arn, functionVersion, weights }: Alias): JsonObject {
    return {
        Name: name,
        AliasArn: arn,
        FunctionVersion: functionVersion,
        Description: "",
        ...(Object.keys(weights).length === 0 ? {} : { RoutingConfig: { AdditionalVersionWeights: weights } }),
        RevisionId: "1",
    };
}

/** https://docs.aws.amazon.com/lambda/latest/api/API_GetAccountSettings.html */
export function describeAccount(functions: Functions): JsonObject {
    return {
        AccountLimit: {
            ConcurrentExecutions: ACCOUNT_CONCURRENCY,
            UnreservedConcurrentExecutions: ACCOUNT_CONCURRENCY - functions.reservedConcurrency,
            TotalCodeSize: 80_530_636_800,
        },
        AccountUsage: { FunctionCount: functions.all.length, TotalCodeSize: 0 },
    };
}
