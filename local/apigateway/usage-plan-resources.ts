import type { Resource } from "../../graph/model";
import type { Clock } from "../clock";
import type { Materialisers } from "../service";
import type { Registry } from "./registry";
import type { Throttle } from "./throttle";
import type { PlanStage, Quota } from "./usage-plans";
import { asNumber, asRecord, asRecords, asText, asTextMap } from "./values";

const PLANS = "apigateway/usage plans";

/** Materialisers of API keys, usage plans and what ties them together. */
export function usagePlanMaterialisers({ usagePlans }: Registry, clock: Clock): Materialisers {
    return {
        "aws:apigateway/apiKey:ApiKey": {
            partOf: () => PLANS,
            delete: ({ id }) => usagePlans.removeKey(id),
            create: ({ id, name, inputs, outputs }) =>
                usagePlans.addKey({
                    id,
                    name: asText(inputs["name"]) ?? asText(outputs["name"]) ?? name,
                    value: asText(inputs["value"]) ?? asText(outputs["value"]) ?? "",
                    enabled: inputs["enabled"] !== false,
                    description: asText(inputs["description"]),
                    customerId: asText(inputs["customerId"]),
                    createdAt: clock.now(),
                    tags: asTextMap(outputs["tagsAll"] ?? inputs["tags"]),
                }),
        },
        "aws:apigateway/usagePlan:UsagePlan": {
            partOf: () => PLANS,
            delete: ({ id }) => void usagePlans.plans.delete(id),
            create: (resource) => {
                const { id, name, inputs, outputs } = resource;
                const throttle = asRecord(inputs["throttleSettings"]);
                usagePlans.plans.set(id, {
                    id,
                    name: asText(inputs["name"]) ?? asText(outputs["name"]) ?? name,
                    description: asText(inputs["description"]),
                    stages: asRecords(inputs["apiStages"]).map(planStage),
                    throttle: readThrottle(throttle["rateLimit"], throttle["burstLimit"]),
                    quota: readQuota(resource),
                    keyIds: new Set(),
                    createdAt: usagePlans.plans.get(id)?.createdAt ?? clock.now(),
                    tags: asTextMap(outputs["tagsAll"] ?? inputs["tags"]),
                });
            },
        },
        "aws:apigateway/usagePlanKey:UsagePlanKey": {
            partOf: () => PLANS,
            // The plan is made anew, without it.
            delete: () => undefined,
            create: ({ name, inputs }) => {
                const planId = asText(inputs["usagePlanId"]) ?? "";
                const plan = usagePlans.plans.get(planId);
                if (plan === undefined) throw new Error(`${name}: there is no usage plan "${planId}".`);
                plan.keyIds.add(asText(inputs["keyId"]) ?? "");
            },
        },
    };
}

/** Undefined where no limit is set; the provider says "not set" by -1. One limit alone sets the other one too. */
export function readThrottle(rate: unknown, burst: unknown): Throttle | undefined {
    const rateLimit = notNegative(rate);
    const burstLimit = notNegative(burst);
    const known = rateLimit ?? burstLimit;
    if (known === undefined) return undefined;
    return { rateLimit: rateLimit ?? known, burstLimit: burstLimit ?? Math.ceil(known) };
}

function notNegative(value: unknown): number | undefined {
    const number = asNumber(value);
    return number === undefined || number < 0 ? undefined : number;
}

function planStage(stage: Record<string, unknown>): PlanStage {
    const throttles = new Map<string, Throttle>();
    for (const { path, rateLimit, burstLimit } of asRecords(stage["throttles"])) {
        const throttle = readThrottle(rateLimit, burstLimit);
        if (throttle !== undefined) throttles.set(asText(path) ?? "", throttle);
    }
    return { apiId: asText(stage["apiId"]) ?? "", stage: asText(stage["stage"]) ?? "", throttles };
}

function readQuota({ name, inputs }: Resource): Quota | undefined {
    const settings = asRecord(inputs["quotaSettings"]);
    const limit = asNumber(settings["limit"]);
    if (limit === undefined) return undefined;
    const { period } = settings;
    if (period !== "DAY" && period !== "WEEK" && period !== "MONTH") {
        throw new Error(`${name}: the quota's period ${JSON.stringify(period)} must be DAY, WEEK or MONTH.`);
    }
    return { limit, offset: asNumber(settings["offset"]) ?? 0, period };
}
