import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";

import type { EventBus } from "./event-bus";
import type { InlineFunction } from "./inline-function";
import { policyDocument, trustPolicy } from "./policy";
import type { Table } from "./table";
import type { Tags } from "./tags";

export interface OutboxArgs {
    /** The table whose changes are told; it has a stream. */
    table: Table;
    /** Event pattern of the stream records that are told. */
    pattern: object;
    /** Gets a batch of records and gives each of them its event, as a member `detail`. */
    describe: InlineFunction;
    /** JSON path of an event's type in its stream record: `$.dynamodb.NewImage.type.S`. */
    typePath: string;
    /** Who the events come from. */
    source: string;
    bus: EventBus;
    /** ARN of the queue that is told which records could not be delivered. */
    deadLetters: pulumi.Input<string>;
    logRetentionDays: number;
    tags: Tags;
}

/** A record that fails is tried again this often, and no longer than the stream keeps it. */
const RETRIES = { maximumRetryAttempts: 10, maximumRecordAgeInSeconds: 23 * 60 * 60 };

/**
 * Tells a table's changes on a bus. What is told was written with the item itself, so that no event is lost, and none is
 * told of a write that failed: https://docs.aws.amazon.com/prescriptive-guidance/latest/cloud-design-patterns/transactional-outbox.html
 */
export class Outbox extends pulumi.ComponentResource {
    readonly nodes: { pipe: aws.pipes.Pipe; role: aws.iam.Role; logGroup: aws.cloudwatch.LogGroup };

    constructor(name: string, args: OutboxArgs, opts?: pulumi.ComponentResourceOptions) {
        super("quintet:building-blocks:Outbox", name, {}, opts);
        const inside = { parent: this };
        const role = new aws.iam.Role(
            name,
            { assumeRolePolicy: trustPolicy("pipes.amazonaws.com"), tags: args.tags },
            inside,
        );
        const policy = new aws.iam.RolePolicy(name, { role: role.name, policy: permissions(args) }, inside);
        const logGroup = new aws.cloudwatch.LogGroup(
            name,
            {
                // The prefix spares the log group a resource policy of its own.
                name: `/aws/vendedlogs/pipes/${pulumi.getProject()}-${pulumi.getStack()}/${name}`,
                retentionInDays: args.logRetentionDays,
                tags: args.tags,
            },
            inside,
        );
        // A pipe reads its source as soon as it exists, so its role must be complete by then.
        const pipe = new aws.pipes.Pipe(name, pipeArgs(args, role, logGroup), { ...inside, dependsOn: [policy] });
        this.nodes = { pipe, role, logGroup };
        this.registerOutputs({ pipeArn: pipe.arn });
    }
}

function pipeArgs(args: OutboxArgs, role: aws.iam.Role, logGroup: aws.cloudwatch.LogGroup): aws.pipes.PipeArgs {
    return {
        roleArn: role.arn,
        source: args.table.streamArn,
        sourceParameters: {
            filterCriteria: { filters: [{ pattern: JSON.stringify(args.pattern) }] },
            dynamodbStreamParameters: {
                startingPosition: "TRIM_HORIZON",
                batchSize: 10,
                ...RETRIES,
                onPartialBatchItemFailure: "AUTOMATIC_BISECT",
                deadLetterConfig: { arn: args.deadLetters },
            },
        },
        enrichment: args.describe.alias.arn,
        target: args.bus.arn,
        targetParameters: {
            inputTemplate: "<$.detail>",
            eventbridgeEventBusParameters: { source: args.source, detailType: args.typePath },
        },
        logConfiguration: {
            level: "ERROR",
            cloudwatchLogsLogDestination: { logGroupArn: logGroup.arn },
        },
        tags: args.tags,
    };
}

/** https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-pipes-permissions.html */
function permissions({ table, describe, bus, deadLetters }: OutboxArgs): pulumi.Output<string> {
    return policyDocument([
        {
            Effect: "Allow",
            Action: [
                "dynamodb:DescribeStream",
                "dynamodb:GetRecords",
                "dynamodb:GetShardIterator",
                "dynamodb:ListStreams",
            ],
            Resource: table.streamArn,
        },
        { Effect: "Allow", Action: "lambda:InvokeFunction", Resource: describe.alias.arn },
        { Effect: "Allow", Action: "events:PutEvents", Resource: bus.arn },
        { Effect: "Allow", Action: "sqs:SendMessage", Resource: deadLetters },
    ]);
}
