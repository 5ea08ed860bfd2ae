import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";

import type { Tags } from "../building-blocks/tags";
import type { Throttle } from "./api-first-args";

export interface ApiKeysArgs {
    /** Names of the keys. */
    keys: string[];
    stage: aws.apigateway.Stage;
    throttle: Throttle;
    quota: { limit: number; period: "DAY" | "WEEK" | "MONTH" };
    tags: Tags;
}

/** API keys, and the usage plan that says how much each of them may use. */
export class ApiKeys extends pulumi.ComponentResource {
    readonly nodes: { plan: aws.apigateway.UsagePlan; keys: Record<string, aws.apigateway.ApiKey> };

    constructor(name: string, args: ApiKeysArgs, opts?: pulumi.ComponentResourceOptions) {
        super("quintet:api-first:ApiKeys", name, {}, opts);
        const plan = new aws.apigateway.UsagePlan(
            name,
            {
                description: `${args.quota.limit} requests a ${args.quota.period.toLowerCase()} and key`,
                apiStages: [{ apiId: args.stage.restApi, stage: args.stage.stageName }],
                throttleSettings: { rateLimit: args.throttle.rate, burstLimit: args.throttle.burst },
                quotaSettings: args.quota,
                tags: args.tags,
            },
            { parent: this },
        );
        const keys: Record<string, aws.apigateway.ApiKey> = {};
        for (const key of args.keys) {
            const apiKey = new aws.apigateway.ApiKey(`${name}-${key}`, { tags: args.tags }, { parent: this });
            new aws.apigateway.UsagePlanKey(
                `${name}-${key}`,
                { keyId: apiKey.id, keyType: "API_KEY", usagePlanId: plan.id },
                { parent: this },
            );
            keys[key] = apiKey;
        }
        this.nodes = { plan, keys };
        this.registerOutputs({ usagePlanId: plan.id });
    }
}
