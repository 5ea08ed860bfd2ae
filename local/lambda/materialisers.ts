import type { GraphValue, Resource } from "../../graph/model";
import type { Clock } from "../clock";
import type { Materialisers } from "../service";
import type { CodeFolders } from "./code";
import { type FunctionConfiguration, type Functions, type LambdaFunction, whyNotRunnable } from "./model";
import { permissionStatement } from "./resource-policy";

type Values = Record<string, GraphValue | undefined>;

/** What makes Lambda's resources exist here. */
export function lambdaMaterialisers(functions: Functions, code: CodeFolders, clock: Clock): Materialisers {
    const found = (reference: GraphValue | undefined): LambdaFunction => functions.find(String(reference)).function;
    return {
        "aws:lambda/function:Function": {
            create: (resource) => {
                const reserved = resource.inputs["reservedConcurrentExecutions"];
                functions.add(
                    configurationOf(resource, code, clock),
                    typeof reserved === "number" && reserved >= 0 ? reserved : undefined,
                );
            },
        },
        "aws:lambda/alias:Alias": {
            create: ({ inputs, outputs }) => {
                const name = String(outputs["name"]);
                found(inputs["functionName"]).aliases.set(name, {
                    name,
                    arn: String(outputs["arn"]),
                    functionVersion: String(inputs["functionVersion"]),
                    weights: record(record(inputs["routingConfig"])["additionalVersionWeights"]) as Record<
                        string,
                        number
                    >,
                });
            },
        },
        "aws:lambda/permission:Permission": {
            create: ({ id, inputs, outputs }) => {
                const {
                    function: fn,
                    qualifier,
                    arn,
                } = functions.find(
                    String(inputs["function"]),
                    typeof inputs["qualifier"] === "string" ? inputs["qualifier"] : undefined,
                );
                const statement = permissionStatement(String(outputs["statementId"] ?? id), arn, inputs);
                fn.permissions.set(qualifier, [...(fn.permissions.get(qualifier) ?? []), statement]);
            },
        },
        "aws:lambda/functionEventInvokeConfig:FunctionEventInvokeConfig": {
            create: ({ inputs }) => {
                const destinations = record(inputs["destinationConfig"]);
                const destination = (name: string): string | undefined => {
                    const arn = record(destinations[name])["destination"];
                    return typeof arn === "string" ? arn : undefined;
                };
                found(inputs["functionName"]).eventInvokeConfigs.set(String(inputs["qualifier"] ?? ""), {
                    maximumRetryAttempts: Number(inputs["maximumRetryAttempts"] ?? 2),
                    maximumEventAgeSeconds: Number(inputs["maximumEventAgeInSeconds"] ?? 21_600),
                    onSuccess: destination("onSuccess"),
                    onFailure: destination("onFailure"),
                });
            },
        },
        // Environments are warm after their first invocation; there is nothing to provision.
        "aws:lambda/provisionedConcurrencyConfig:ProvisionedConcurrencyConfig": { create: () => undefined },
    };
}

function configurationOf({ inputs, outputs }: Resource, code: CodeFolders, clock: Clock): FunctionConfiguration {
    const name = String(outputs["name"]);
    const notRunnable = whyNotRunnable({ inputs });
    const logging = record(inputs["loggingConfig"]);
    const variables = record(record(inputs["environment"])["variables"]);
    const architectures = inputs["architectures"];
    return {
        name,
        arn: String(outputs["arn"]),
        version: String(outputs["version"] ?? "$LATEST"),
        taskRoot: notRunnable === undefined ? code.folderOf(inputs["code"]) : "",
        handler: String(inputs["handler"] ?? ""),
        runtime: String(inputs["runtime"] ?? ""),
        architecture: Array.isArray(architectures) ? String(architectures[0]) : "x86_64",
        memoryMb: Number(inputs["memorySize"] ?? 128),
        timeoutSeconds: Number(inputs["timeout"] ?? 3),
        environment: Object.fromEntries(Object.entries(variables).map(([key, value]) => [key, String(value)])),
        roleArn: String(inputs["role"] ?? ""),
        logGroupName: String(logging["logGroup"] ?? `/aws/lambda/${name}`),
        jsonLogs: logging["logFormat"] === "JSON",
        description: String(inputs["description"] ?? ""),
        notRunnable,
        lastModified: clock.now(),
        codeSize: 0,
    };
}

function record(value: GraphValue | undefined): Values {
    return typeof value === "object" && value !== null && !Array.isArray(value) ? value : {};
}
