import type { Graph, Resource } from "../graph/model";
import { limitationOf } from "./lambda";
import type { NotRun } from "./materialise";

/** What the services know of what they do not do. */
export interface Limits {
    /** ARNs of AWS's own policies whose content is not known here. */
    unknownManagedPolicies: string[];
    /** A sentence for each method of an API that does not do what it does on AWS. */
    limitationsOf(restApiId: string): string[];
}

/** What exists in the local cloud, but does not do what it does on AWS. */
export function partlyRun(graph: Graph, limits: Limits): NotRun[] {
    return graph.resources.flatMap((resource) => reasonsFor(resource, limits).map((reason) => ({ resource, reason })));
}

function reasonsFor({ type, inputs }: Resource, limits: Limits): string[] {
    if (type === "aws:lambda/function:Function") {
        const reason = limitationOf({ inputs });
        return reason === undefined ? [] : [reason];
    }
    if (type === "aws:apigateway/stage:Stage") return limits.limitationsOf(String(inputs["restApi"]));
    return [inputs["policyArn"], inputs["managedPolicyArns"]]
        .flat()
        .filter((arn) => typeof arn === "string" && limits.unknownManagedPolicies.includes(arn))
        .map((arn) => `what ${String(arn)} allows is not known here, so it allows nothing`);
}
