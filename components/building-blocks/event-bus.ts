import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";

import type { Grant } from "./grant";
import type { Tags } from "./tags";

export interface EventBusArgs {
    tags: Tags;
}

/** An EventBridge bus of the stack's own, closed to other accounts. */
export class EventBus extends pulumi.ComponentResource {
    readonly name: pulumi.Output<string>;
    readonly arn: pulumi.Output<string>;
    readonly nodes: { bus: aws.cloudwatch.EventBus };

    constructor(name: string, args: EventBusArgs, opts?: pulumi.ComponentResourceOptions) {
        super("quintet:building-blocks:EventBus", name, {}, opts);
        const bus = new aws.cloudwatch.EventBus(
            name,
            { description: "What happens in the shop", tags: args.tags },
            { parent: this },
        );
        this.name = bus.name;
        this.arn = bus.arn;
        this.nodes = { bus };
        this.registerOutputs({ busName: bus.name, busArn: bus.arn });
    }

    /**
     * Lets a function put events on the bus.
     * @param variable Environment variable that gets the bus's name.
     */
    publish(variable: string): Grant {
        return { variable, value: this.name, allows: [{ actions: ["events:PutEvents"], resources: [this.arn] }] };
    }
}
