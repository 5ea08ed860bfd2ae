import { asList, asRecord } from "./values";

/** An API's resource policy, cut into the texts that the steps of authorization ask about. */
export interface ResourcePolicy {
    /** The whole document, for callers that IAM knows. */
    document: string;
    /** The statements that concern everybody: callers without an IAM identity are judged by these. */
    everybody: string;
    /** Allows all but what the policy denies to everybody: tells an explicit denial from silence. */
    exceptDenied: string;
}

/**
 * @param scope `arn:aws:execute-api:<region>:<account>:<apiId>`; completes resources such as `execute-api:/*`.
 * @throws Error when the text is no JSON.
 */
export function readResourcePolicy(text: string, scope: string): ResourcePolicy {
    const policy = asRecord(JSON.parse(text));
    const version = policy["Version"] ?? "2012-10-17";
    const statements = [policy["Statement"]].flat().map((statement) => withFullArns(asRecord(statement), scope));
    const everybody = statements.filter(concernsEverybody);
    const allowAll = { Effect: "Allow", Principal: "*", Action: "execute-api:*", Resource: "*" };
    const denials = everybody.filter((statement) => statement["Effect"] === "Deny");
    return {
        document: JSON.stringify({ Version: version, Statement: statements }),
        everybody: JSON.stringify({ Version: version, Statement: everybody }),
        exceptDenied: JSON.stringify({ Version: version, Statement: [allowAll, ...denials] }),
    };
}

/** https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-resource-policies-examples.html */
function withFullArns(statement: Record<string, unknown>, scope: string): Record<string, unknown> {
    const resource = statement["Resource"];
    if (resource === undefined) return statement;
    const expanded = [resource].flat().map((one) => String(one).replace(/^execute-api:\//, `${scope}/`));
    return { ...statement, Resource: expanded };
}

function concernsEverybody(statement: Record<string, unknown>): boolean {
    if (statement["NotPrincipal"] !== undefined) return true;
    const principal = statement["Principal"];
    if (principal === "*" || principal === undefined) return true;
    const named = asRecord(principal)["AWS"];
    return named === "*" || asList(named).includes("*");
}
