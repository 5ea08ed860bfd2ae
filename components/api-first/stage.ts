import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";

import { trustPolicy } from "../building-blocks/policy";
import type { Tags } from "../building-blocks/tags";
import type { Throttle } from "./api-first-args";

export interface StageArgs {
    stageName: string;
    restApi: pulumi.Input<string>;
    deployment: pulumi.Input<string>;
    throttle: Throttle;
    /** By `POST /v1/orders`. */
    routeThrottle: Record<string, Throttle>;
    logRetentionDays: number;
    accountLogRole: boolean;
    tags: Tags;
}

/** One line of JSON a request; variables of https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-variables-for-access-logging.html */
const ACCESS_LOG_FORMAT = JSON.stringify({
    requestId: "$context.requestId",
    traceId: "$context.xrayTraceId",
    time: "$context.requestTime",
    sourceIp: "$context.identity.sourceIp",
    method: "$context.httpMethod",
    resource: "$context.resourcePath",
    path: "$context.path",
    status: "$context.status",
    error: "$context.error.responseType",
    responseLength: "$context.responseLength",
    latencyMs: "$context.responseLatency",
    integrationLatencyMs: "$context.integrationLatency",
});

/** The stage that callers reach, with access logs, execution logs of errors, tracing and throttling. */
export class ApiStage extends pulumi.ComponentResource {
    readonly nodes: {
        stage: aws.apigateway.Stage;
        accessLogs: aws.cloudwatch.LogGroup;
        settings: aws.apigateway.MethodSettings[];
    };

    constructor(name: string, args: StageArgs, opts?: pulumi.ComponentResourceOptions) {
        super("quintet:api-first:ApiStage", name, {}, opts);
        const accessLogs = new aws.cloudwatch.LogGroup(
            name,
            {
                name: `/aws/apigateway/${pulumi.getProject()}-${pulumi.getStack()}/${name}`,
                retentionInDays: args.logRetentionDays,
                tags: args.tags,
            },
            { parent: this },
        );
        // API Gateway refuses a stage with logs in a region where the account has given it no role.
        const dependsOn = args.accountLogRole ? [accountLogRole(name, args.tags, this)] : [];
        const stage = new aws.apigateway.Stage(
            name,
            {
                restApi: args.restApi,
                deployment: args.deployment,
                stageName: args.stageName,
                xrayTracingEnabled: true,
                accessLogSettings: { destinationArn: accessLogs.arn, format: ACCESS_LOG_FORMAT },
                tags: args.tags,
            },
            { parent: this, dependsOn },
        );
        const throttles: [string, string, Throttle][] = [
            [name, "*/*", args.throttle],
            ...Object.entries(args.routeThrottle).map(([route, throttle]): [string, string, Throttle] => [
                `${name}-${route.replace(/\W+/g, "-").toLowerCase()}`,
                methodPath(route),
                throttle,
            ]),
        ];
        const settings = throttles.map(
            ([logicalName, path, throttle]) =>
                new aws.apigateway.MethodSettings(
                    logicalName,
                    {
                        restApi: args.restApi,
                        stageName: stage.stageName,
                        methodPath: path,
                        settings: {
                            loggingLevel: "ERROR",
                            dataTraceEnabled: false,
                            metricsEnabled: true,
                            throttlingRateLimit: throttle.rate,
                            throttlingBurstLimit: throttle.burst,
                        },
                    },
                    { parent: this },
                ),
        );
        this.nodes = { stage, accessLogs, settings };
        this.registerOutputs({ invokeUrl: stage.invokeUrl });
    }
}

/** `POST /v1/orders` is `v1/orders/POST` to the provider. */
function methodPath(route: string): string {
    const [method, path] = route.split(" ");
    return `${path?.slice(1)}/${method}`;
}

/**
 * An account has one such role per region, whichever stack sets it; the others go on using it when this stack is
 * destroyed, so both resources are left standing.
 */
function accountLogRole(name: string, tags: Tags, parent: pulumi.Resource): aws.apigateway.Account {
    const opts = { parent, retainOnDelete: true };
    const role = new aws.iam.Role(
        `${name}-logs`,
        {
            assumeRolePolicy: trustPolicy("apigateway.amazonaws.com"),
            managedPolicyArns: ["arn:aws:iam::aws:policy/service-role/AmazonAPIGatewayPushToCloudWatchLogs"],
            tags,
        },
        opts,
    );
    return new aws.apigateway.Account(name, { cloudwatchRoleArn: role.arn }, opts);
}
