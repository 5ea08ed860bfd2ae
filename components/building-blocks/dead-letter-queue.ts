import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";

import { policyDocument } from "./policy";
import type { Tags } from "./tags";

/** SQS keeps a message for at most 14 days. */
const RETENTION_SECONDS = 14 * 24 * 60 * 60;

export interface DeadLetterQueueArgs {
    tags: Tags;
}

/** The queue where what failed for good is kept, with the reason, until somebody looks at it. */
export class DeadLetterQueue extends pulumi.ComponentResource {
    readonly arn: pulumi.Output<string>;
    readonly nodes: { queue: aws.sqs.Queue; policy: aws.sqs.QueuePolicy };

    constructor(name: string, args: DeadLetterQueueArgs, opts?: pulumi.ComponentResourceOptions) {
        super("quintet:building-blocks:DeadLetterQueue", name, {}, opts);
        const queue = new aws.sqs.Queue(
            name,
            { messageRetentionSeconds: RETENTION_SECONDS, sqsManagedSseEnabled: true, tags: args.tags },
            { parent: this },
        );
        const policy = new aws.sqs.QueuePolicy(
            name,
            {
                queueUrl: queue.url,
                policy: policyDocument([
                    {
                        Sid: "TlsOnly",
                        Effect: "Deny",
                        Principal: "*",
                        Action: "sqs:*",
                        Resource: queue.arn,
                        Condition: { Bool: { "aws:SecureTransport": "false" } },
                    },
                ]),
            },
            { parent: this },
        );
        this.arn = queue.arn;
        this.nodes = { queue, policy };
        this.registerOutputs({ queueUrl: queue.url, queueArn: queue.arn });
    }
}
