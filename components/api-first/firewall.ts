import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";

import type { Tags } from "../building-blocks/tags";

export interface FirewallArgs {
    /** ARN of the stage. */
    stage: pulumi.Input<string>;
    tags: Tags;
}

/** AWS's own rules, in the order in which they are tried. */
const MANAGED_RULES = [
    "AWSManagedRulesAmazonIpReputationList",
    "AWSManagedRulesCommonRuleSet",
    "AWSManagedRulesKnownBadInputsRuleSet",
];

/** Requests that one address may make in five minutes. */
const REQUESTS_PER_ADDRESS = 2_000;

/** AWS WAF in front of a stage: AWS's managed rules and a limit per source address. */
export class Firewall extends pulumi.ComponentResource {
    readonly nodes: { acl: aws.wafv2.WebAcl };

    constructor(name: string, args: FirewallArgs, opts?: pulumi.ComponentResourceOptions) {
        super("quintet:api-first:Firewall", name, {}, opts);
        const acl = new aws.wafv2.WebAcl(
            name,
            {
                scope: "REGIONAL",
                defaultAction: { allow: {} },
                rules: [...MANAGED_RULES.map(managedRule), rateRule(MANAGED_RULES.length)],
                visibilityConfig: visibility(name),
                tags: args.tags,
            },
            { parent: this },
        );
        new aws.wafv2.WebAclAssociation(name, { resourceArn: args.stage, webAclArn: acl.arn }, { parent: this });
        this.nodes = { acl };
        this.registerOutputs({ webAclArn: acl.arn });
    }
}

function visibility(metricName: string): aws.types.input.wafv2.WebAclVisibilityConfig {
    return { metricName, cloudwatchMetricsEnabled: true, sampledRequestsEnabled: true };
}

function managedRule(name: string, priority: number): aws.types.input.wafv2.WebAclRule {
    return {
        name,
        priority,
        overrideAction: { none: {} },
        statement: { managedRuleGroupStatement: { vendorName: "AWS", name } },
        visibilityConfig: visibility(name),
    };
}

function rateRule(priority: number): aws.types.input.wafv2.WebAclRule {
    return {
        name: "rate-per-address",
        priority,
        action: { block: {} },
        statement: { rateBasedStatement: { limit: REQUESTS_PER_ADDRESS, aggregateKeyType: "IP" } },
        visibilityConfig: visibility("rate-per-address"),
    };
}
