import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { Context } from "aws-lambda";

import type { Grant } from "../grant";
import { policyDocument, type Statement, trustPolicy } from "../policy";
import type { Tags } from "../tags";
import { bundle } from "./bundler";
import { serializeCallback } from "./serialize";

/** What Lambda calls with each event. */
export type LambdaHandler<Event, Result> = (event: Event, context: Context) => Promise<Result> | Result;

export interface InlineFunctionArgs<Event = unknown, Result = unknown> {
    /** The logic itself. Give this or `factory`. */
    callback?: LambdaHandler<Event, Result>;
    /**
     * Called once, in Lambda's init phase; what it returns handles the events. Import handlers and create clients
     * here: `factory: async () => (await import("../../handlers/orders/place-order")).handler()`.
     */
    factory?: () => LambdaHandler<Event, Result> | Promise<LambdaHandler<Event, Result>>;
    /** What the function reaches. Nothing else is granted to its role. Default: nothing. */
    uses?: Grant[];
    /** Environment variables that name no resource. */
    environment?: Record<string, pulumi.Input<string>>;
    /** MiB, 128 to 10,240. Default 512: less is slower to start, as CPU comes in proportion. */
    memorySize?: number;
    /** Seconds, 1 to 900. Default 10. */
    timeout?: number;
    /** Days that its log group keeps events. Default 14. */
    logRetentionDays?: number;
    /** Concurrent executions kept for it, which it may not exceed. Default: unreserved. */
    reservedConcurrency?: number;
    /** Execution environments kept warm behind the alias `live`. Default 0. */
    provisionedConcurrency?: number;
    /** ARN of a queue that receives events whose asynchronous invocation failed for good. Default: none. */
    deadLetters?: pulumi.Input<string>;
    tags: Tags;
}

const DEFAULTS = { memorySize: 512, timeout: 10, logRetentionDays: 14 };

/** Variables that Lambda sets itself: https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html */
const RESERVED_VARIABLES = /^(AWS_|_HANDLER$|_X_AMZN_|LAMBDA_)/;

/**
 * A Lambda function whose logic is an inline callback, bundled alone to one small file, with a role that may do what
 * `uses` says and nothing more, a log group, tracing, a published version and the alias `live`.
 */
export class InlineFunction<Event = unknown, Result = unknown> extends pulumi.ComponentResource {
    /** What callers should invoke: the current version behind a name that stays. */
    readonly alias: aws.lambda.Alias;
    /** For whoever must change one of the resources inside. */
    readonly nodes: {
        function: aws.lambda.Function;
        role: aws.iam.Role;
        policy: aws.iam.RolePolicy;
        logGroup: aws.cloudwatch.LogGroup;
    };

    /** @param name Unique in the stack and at most 48 characters, as IAM's names end at 64. */
    constructor(name: string, args: InlineFunctionArgs<Event, Result>, opts?: pulumi.ComponentResourceOptions) {
        super("quintet:building-blocks:InlineFunction", name, {}, opts);
        validate(name, args);
        const logGroup = new aws.cloudwatch.LogGroup(
            name,
            {
                name: `/aws/lambda/${pulumi.getProject()}-${pulumi.getStack()}/${name}`,
                retentionInDays: args.logRetentionDays ?? DEFAULTS.logRetentionDays,
                tags: args.tags,
            },
            { parent: this },
        );
        const role = new aws.iam.Role(
            name,
            { assumeRolePolicy: trustPolicy("lambda.amazonaws.com"), tags: args.tags },
            { parent: this },
        );
        const policy = new aws.iam.RolePolicy(
            name,
            { role: role.name, policy: policyDocument(statements(args, logGroup)) },
            { parent: this },
        );
        const fn = new aws.lambda.Function(name, functionArgs(name, args, role, logGroup), {
            parent: this,
            // Without its permissions, a first invocation right after creation would fail.
            dependsOn: [policy],
        });
        this.alias = new aws.lambda.Alias(
            name,
            { name: "live", functionName: fn.name, functionVersion: fn.version },
            { parent: this },
        );
        this.#addInvocationSettings(name, args, fn);
        this.nodes = { function: fn, role, policy, logGroup };
        this.registerOutputs({ functionName: fn.name, aliasArn: this.alias.arn });
    }

    #addInvocationSettings(name: string, args: InlineFunctionArgs<Event, Result>, fn: aws.lambda.Function): void {
        if (args.deadLetters !== undefined) {
            new aws.lambda.FunctionEventInvokeConfig(
                name,
                {
                    functionName: fn.name,
                    qualifier: this.alias.name,
                    maximumRetryAttempts: 2,
                    destinationConfig: { onFailure: { destination: args.deadLetters } },
                },
                { parent: this },
            );
        }
        if (args.provisionedConcurrency !== undefined && args.provisionedConcurrency > 0) {
            new aws.lambda.ProvisionedConcurrencyConfig(
                name,
                {
                    functionName: fn.name,
                    qualifier: this.alias.name,
                    provisionedConcurrentExecutions: args.provisionedConcurrency,
                },
                { parent: this },
            );
        }
    }
}

function validate(name: string, args: InlineFunctionArgs<never, unknown>): void {
    const refuse = (problem: string): never => {
        throw new pulumi.RunError(`Function "${name}": ${problem}`);
    };
    if ((args.callback === undefined) === (args.factory === undefined)) {
        refuse("give either callback or factory.");
    }
    if (name.length > 48) refuse(`its name has ${name.length} characters; at most 48 are allowed.`);
    const variables = [...Object.keys(args.environment ?? {}), ...(args.uses ?? []).map((use) => use.variable)];
    for (const variable of variables) {
        if (RESERVED_VARIABLES.test(variable)) refuse(`Lambda reserves the environment variable ${variable}.`);
        if (variables.filter((other) => other === variable).length > 1) {
            refuse(`the environment variable ${variable} is given twice.`);
        }
    }
    for (const use of args.uses ?? []) {
        const named = use.allows.flatMap((permission) => [...permission.actions, ...permission.resources]);
        const broad = named.find((one) => one === "*" || /^[a-z0-9-]+:\*$/.test(String(one)));
        if (broad !== undefined) refuse(`${use.variable} grants ${String(broad)}; name the actions and resources.`);
    }
}

function functionArgs<Event, Result>(
    name: string,
    args: InlineFunctionArgs<Event, Result>,
    role: aws.iam.Role,
    logGroup: aws.cloudwatch.LogGroup,
): aws.lambda.FunctionArgs {
    const used = Object.fromEntries((args.uses ?? []).map((use) => [use.variable, use.value]));
    return {
        role: role.arn,
        code: codeOf(name, args),
        handler: "index.handler",
        runtime: aws.lambda.Runtime.NodeJS24dX,
        architectures: ["arm64"],
        memorySize: args.memorySize ?? DEFAULTS.memorySize,
        timeout: args.timeout ?? DEFAULTS.timeout,
        reservedConcurrentExecutions: args.reservedConcurrency,
        publish: true,
        tracingConfig: { mode: "Active" },
        loggingConfig: { logFormat: "Text", logGroup: logGroup.name },
        environment: { variables: { NODE_OPTIONS: "--enable-source-maps", ...args.environment, ...used } },
        tags: args.tags,
    };
}

function codeOf<Event, Result>(name: string, args: InlineFunctionArgs<Event, Result>): Promise<pulumi.asset.Archive> {
    const callback = args.factory ?? args.callback;
    if (callback === undefined) throw new Error(`Function "${name}" has no callback.`);
    const files = bundle(serializeCallback(name, callback, args.factory !== undefined));
    return files.then(
        (folder) =>
            new pulumi.asset.AssetArchive({
                "index.js": new pulumi.asset.FileAsset(`${folder}/index.js`),
                "index.js.map": new pulumi.asset.FileAsset(`${folder}/index.js.map`),
            }),
    );
}

function statements(args: InlineFunctionArgs<never, unknown>, logGroup: aws.cloudwatch.LogGroup): Statement[] {
    return [
        {
            Effect: "Allow",
            Action: ["logs:CreateLogStream", "logs:PutLogEvents"],
            Resource: pulumi.interpolate`${logGroup.arn}:*`,
        },
        {
            // X-Ray has no resource to name: https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsx-ray.html
            Effect: "Allow",
            Action: ["xray:PutTraceSegments", "xray:PutTelemetryRecords"],
            Resource: "*",
        },
        ...(args.deadLetters === undefined
            ? []
            : [{ Effect: "Allow" as const, Action: "sqs:SendMessage", Resource: args.deadLetters }]),
        ...(args.uses ?? [])
            .flatMap((use) => use.allows)
            .map(({ actions, resources }) => ({ Effect: "Allow" as const, Action: actions, Resource: resources })),
    ];
}
