import type { GraphValue, Properties } from "./model";
import { ACCOUNT } from "./physical";

type Invoke = (args: Properties, region: string) => Properties;

function list(value: GraphValue | undefined): GraphValue[] {
    return Array.isArray(value) ? value : [];
}

function record(value: GraphValue): Properties {
    return typeof value === "object" && value !== null && !Array.isArray(value) ? value : {};
}

/** `getPolicyDocument` only rearranges its arguments, so the provider's own answer can be given here. */
function policyDocument(args: Properties): Properties {
    const statements = list(args["statements"]).map((item) => {
        const statement = record(item);
        const principals: { [kind: string]: GraphValue } = {};
        for (const principal of list(statement["principals"]).map(record)) {
            principals[String(principal["type"])] = principal["identifiers"] ?? [];
        }
        const conditions: { [test: string]: Properties } = {};
        for (const condition of list(statement["conditions"]).map(record)) {
            const test = String(condition["test"]);
            conditions[test] = { ...conditions[test], [String(condition["variable"])]: condition["values"] ?? [] };
        }
        return {
            ...(statement["sid"] === undefined ? {} : { Sid: statement["sid"] }),
            Effect: statement["effect"] ?? "Allow",
            ...(statement["actions"] === undefined ? {} : { Action: statement["actions"] }),
            ...(statement["notActions"] === undefined ? {} : { NotAction: statement["notActions"] }),
            ...(statement["resources"] === undefined ? {} : { Resource: statement["resources"] }),
            ...(statement["notResources"] === undefined ? {} : { NotResource: statement["notResources"] }),
            ...(Object.keys(principals).length === 0 ? {} : { Principal: principals }),
            ...(Object.keys(conditions).length === 0 ? {} : { Condition: conditions }),
        };
    });
    const json = JSON.stringify({ Version: "2012-10-17", Statement: statements });
    return { id: "policy-document", json, minifiedJson: json };
}

const invokes: Record<string, Invoke> = {
    "aws:index/getCallerIdentity:getCallerIdentity": () => ({
        id: ACCOUNT,
        accountId: ACCOUNT,
        arn: `arn:aws:iam::${ACCOUNT}:user/developer`,
        userId: "AIDADEVELOPER",
    }),
    "aws:index/getRegion:getRegion": (args, region) => {
        const name = args["region"] ?? args["name"] ?? region;
        return { id: name, name, region: name, endpoint: `ec2.${String(name)}.amazonaws.com` };
    },
    "aws:index/getPartition:getPartition": () => ({
        id: "aws",
        partition: "aws",
        dnsSuffix: "amazonaws.com",
        reverseDnsPrefix: "com.amazonaws",
    }),
    "aws:index/getAvailabilityZones:getAvailabilityZones": (_args, region) => ({
        id: region,
        names: ["a", "b", "c"].map((zone) => region + zone),
        zoneIds: ["az1", "az2", "az3"],
    }),
    "aws:iam/getPolicyDocument:getPolicyDocument": policyDocument,
};

/**
 * Answers a provider function without AWS.
 * @throws Error naming the function when its answer would have to come from an account.
 */
export function answerInvoke(token: string, args: Properties, region: string): Properties {
    const invoke = invokes[token];
    if (invoke === undefined) {
        throw new Error(
            `The program asks AWS for ${token}, which cannot be answered without an account. ` +
                `Answered here: ${Object.keys(invokes).join(", ")}.`,
        );
    }
    return invoke(args, region);
}
