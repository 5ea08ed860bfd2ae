import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";

import type { Grant, Permission } from "./grant";
import type { Tags } from "./tags";

/** Names of the attributes that make a key; all keys are strings. */
export interface Key {
    hash: string;
    range?: string;
}

export interface TableArgs {
    key: Key;
    /** Global secondary indexes by name, each with all attributes. Default: none. */
    indexes?: Record<string, Key>;
    /** Attribute with the epoch second at which DynamoDB removes an item. Default: none. */
    ttlAttribute?: string;
    /** Tells changes to whoever reads its stream, with the new item. Default false. */
    stream?: boolean;
    /** Refuse deletion of the table, in Pulumi and in AWS. */
    keepData: boolean;
    tags: Tags;
}

export type TableAction = "GetItem" | "PutItem" | "UpdateItem" | "DeleteItem" | "Query" | "ConditionCheckItem";

/** A DynamoDB table, on demand, encrypted, with point-in-time recovery. */
export class Table extends pulumi.ComponentResource {
    readonly name: pulumi.Output<string>;
    readonly arn: pulumi.Output<string>;
    /** Of the stream, where there is one; otherwise empty. */
    readonly streamArn: pulumi.Output<string>;
    readonly nodes: { table: aws.dynamodb.Table };

    constructor(name: string, args: TableArgs, opts?: pulumi.ComponentResourceOptions) {
        super("quintet:building-blocks:Table", name, {}, opts);
        const table = new aws.dynamodb.Table(name, tableArgs(args), { parent: this, protect: args.keepData });
        this.name = table.name;
        this.arn = table.arn;
        this.streamArn = table.streamArn;
        this.nodes = { table };
        this.registerOutputs({ tableName: table.name, tableArn: table.arn });
    }

    /**
     * Lets a function use the table.
     * @param variable Environment variable that gets the table's name.
     * @param actions What it may do on the table itself.
     * @param queries Names of the indexes that it may query.
     */
    grant(variable: string, actions: TableAction[], queries: string[] = []): Grant {
        const allows: Permission[] = [];
        if (actions.length > 0) {
            allows.push({ actions: actions.map((action) => `dynamodb:${action}`), resources: [this.arn] });
        }
        if (queries.length > 0) {
            const resources = queries.map((index) => pulumi.interpolate`${this.arn}/index/${index}`);
            allows.push({ actions: ["dynamodb:Query"], resources });
        }
        return { variable, value: this.name, allows };
    }
}

function tableArgs(args: TableArgs): aws.dynamodb.TableArgs {
    const indexes = Object.entries(args.indexes ?? {});
    const keys = [args.key, ...indexes.map(([, key]) => key)];
    const attributes = [...new Set(keys.flatMap((key) => [key.hash, key.range ?? key.hash]))];
    return {
        hashKey: args.key.hash,
        rangeKey: args.key.range,
        attributes: attributes.map((name) => ({ name, type: "S" })),
        billingMode: "PAY_PER_REQUEST",
        globalSecondaryIndexes: indexes.map(([name, key]) => ({
            name,
            hashKey: key.hash,
            rangeKey: key.range,
            projectionType: "ALL",
        })),
        ttl: args.ttlAttribute === undefined ? undefined : { attributeName: args.ttlAttribute, enabled: true },
        pointInTimeRecovery: { enabled: true },
        ...(args.stream === true ? { streamEnabled: true, streamViewType: "NEW_IMAGE" } : {}),
        deletionProtectionEnabled: args.keepData,
        tags: args.tags,
    };
}
