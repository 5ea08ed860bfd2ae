import type { GraphValue, Resource } from "../../graph/model";
import type { Clock } from "../clock";
import type { Materialisers } from "../service";
import { EVENT_INVOKE_DEFAULTS } from "./asynchronous";
import type { CodeFolders } from "./code";
import { refuseInvalid } from "./limits";
import {
    type EventInvokeConfig,
    type FunctionConfiguration,
    type FunctionReference,
    type Functions,
    whyNotRunnable,
} from "./model";
import { permissionStatement, permit, withdraw } from "./resource-policy";
import { LOG_LEVELS, type LogLevel } from "./runtime/messages";

type Values = Record<string, GraphValue | undefined>;

/**
 * What makes Lambda's resources exist here.
 * @param replaced Is told of each function that has changed or gone. */
export function lambdaMaterialisers(
    functions: Functions,
    code: CodeFolders,
    clock: Clock,
    replaced: (functionName: string) => void,
): Materialisers {
    const found = (reference: GraphValue | undefined, qualifier?: GraphValue): FunctionReference =>
        functions.find(String(reference), text(qualifier));
    const putFunction = (resource: Resource): void => {
        const reserved = resource.inputs["reservedConcurrentExecutions"];
        const reservedConcurrency = typeof reserved === "number" && reserved >= 0 ? reserved : undefined;
        functions.put(configurationOf(resource, code, clock), reservedConcurrency);
        replaced(String(resource.outputs["name"]));
    };
    const putAlias = ({ inputs, outputs }: Resource): void => {
        const name = String(outputs["name"]);
        const { function: fn } = found(inputs["functionName"]);
        fn.aliases.set(name, {
            name,
            arn: String(outputs["arn"]),
            functionVersion: String(inputs["functionVersion"]),
            weights: weightsOf(record(inputs["routingConfig"])["additionalVersionWeights"]),
        });
    };
    return {
        "aws:lambda/function:Function": {
            create: putFunction,
            update: putFunction,
            delete: ({ outputs }) => {
                const name = String(outputs["name"]);
                functions.remove(name);
                replaced(name);
            },
        },
        "aws:lambda/alias:Alias": {
            create: putAlias,
            update: putAlias,
            delete: ({ inputs, outputs }) =>
                void functions.get(inputs["functionName"])?.aliases.delete(String(outputs["name"])),
        },
        "aws:lambda/permission:Permission": {
            create: (resource) => {
                const {
                    function: fn,
                    qualifier,
                    arn,
                } = found(resource.inputs["function"], resource.inputs["qualifier"]);
                permit(fn, qualifier, permissionStatement(statementId(resource), arn, resource.inputs));
            },
            delete: (resource) => {
                const fn = functions.get(resource.inputs["function"]);
                if (fn !== undefined) withdraw(fn, statementId(resource));
            },
        },
        "aws:lambda/functionEventInvokeConfig:FunctionEventInvokeConfig": {
            create: ({ inputs }) => {
                const { function: fn, qualifier } = found(inputs["functionName"], inputs["qualifier"]);
                fn.eventInvokeConfigs.set(qualifier, eventInvokeConfig(inputs));
            },
            delete: ({ inputs }) =>
                void functions.get(inputs["functionName"])?.eventInvokeConfigs.delete(text(inputs["qualifier"]) ?? ""),
        },
        // Environments are warm after their first invocation; there is nothing to provision.
        "aws:lambda/provisionedConcurrencyConfig:ProvisionedConcurrencyConfig": {
            create: () => undefined,
            delete: () => undefined,
        },
    };
}

function statementId({ id, outputs }: Resource): string {
    return String(outputs["statementId"] ?? id);
}

function eventInvokeConfig(inputs: Values): EventInvokeConfig {
    const { onSuccess, onFailure } = record(inputs["destinationConfig"]);
    const { maximumRetryAttempts, maximumEventAgeSeconds } = EVENT_INVOKE_DEFAULTS;
    return {
        maximumRetryAttempts: Number(inputs["maximumRetryAttempts"] ?? maximumRetryAttempts),
        maximumEventAgeSeconds: Number(inputs["maximumEventAgeInSeconds"] ?? maximumEventAgeSeconds),
        onSuccess: text(record(onSuccess)["destination"]),
        onFailure: text(record(onFailure)["destination"]),
    };
}

function configurationOf({ inputs, outputs }: Resource, code: CodeFolders, clock: Clock): FunctionConfiguration {
    const name = String(outputs["name"]);
    const notRunnable = whyNotRunnable({ inputs });
    const logging = record(inputs["loggingConfig"]);
    const environment = record(record(inputs["environment"])["variables"]);
    const architectures = inputs["architectures"];
    const timeoutSeconds = Number(inputs["timeout"] ?? 3);
    const memoryMb = Number(inputs["memorySize"] ?? 128);
    refuseInvalid({ timeoutSeconds, memoryMb, environment });
    return {
        name,
        arn: String(outputs["arn"]),
        version: String(outputs["version"] ?? "$LATEST"),
        taskRoot: notRunnable === undefined ? code.folderOf(inputs["code"]) : "",
        handler: String(inputs["handler"] ?? ""),
        runtime: String(inputs["runtime"] ?? ""),
        architecture: Array.isArray(architectures) ? String(architectures[0]) : "x86_64",
        memoryMb,
        timeoutSeconds,
        environment: Object.fromEntries(Object.entries(environment).map(([key, value]) => [key, String(value)])),
        roleArn: String(inputs["role"] ?? ""),
        logGroupName: text(logging["logGroup"]) ?? `/aws/lambda/${name}`,
        jsonLogs: logging["logFormat"] === "JSON",
        applicationLogLevel: logLevel(logging["applicationLogLevel"]),
        systemLogLevel: logLevel(logging["systemLogLevel"]),
        tracingMode: text(record(inputs["tracingConfig"])["mode"]) ?? "PassThrough",
        deadLetterArn: text(record(inputs["deadLetterConfig"])["targetArn"]),
        description: String(inputs["description"] ?? ""),
        notRunnable,
        lastModified: clock.now(),
    };
}

function weightsOf(value: GraphValue | undefined): Record<string, number> {
    return Object.fromEntries(Object.entries(record(value)).map(([version, weight]) => [version, Number(weight)]));
}

function logLevel(value: GraphValue | undefined): LogLevel | undefined {
    return LOG_LEVELS.find((level) => level === value);
}

function text(value: GraphValue | undefined): string | undefined {
    return typeof value === "string" ? value : undefined;
}

function record(value: GraphValue | undefined): Values {
    return typeof value === "object" && value !== null && !Array.isArray(value) ? value : {};
}
