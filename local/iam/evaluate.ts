import type { Policy, Principal, Statement } from "./policy";
import type { ConditionContext } from "./wildcard";

/** Whoever asks, by the names that a resource's policy may call it. */
export interface Requester {
    type: "AWS" | "Service";
    /** ARN of the session or user, or the service's host name. */
    name: string;
    /** ARN of the role behind a session. */
    roleArn?: string;
}

export interface Question {
    requester: Requester;
    action: string;
    resource: string;
    context: ConditionContext;
    /** Those of the requester; a service has none. */
    identityPolicies: Policy[];
    resourcePolicy?: Policy;
    /** Limits what the identity policies may allow. */
    boundary?: Policy;
    /** Given when the role was assumed; limits as well. */
    sessionPolicy?: Policy;
}

type PolicyType = "identity-based policy" | "resource-based policy" | "permissions boundary" | "session policy";

export interface Decision {
    allowed: boolean;
    /** A statement decided; otherwise silence did. */
    explicit: boolean;
    /** The type of policy that allowed, denied, or should have allowed. */
    by: PolicyType;
    statement?: Statement;
}

/**
 * Decides for one account, in the order that AWS describes:
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic_policy-eval-basics.html
 */
export function evaluate(question: Question): Decision {
    const denial = explicitDenial(question);
    if (denial !== undefined) return denial;

    const { resourcePolicy, boundary, sessionPolicy, requester } = question;
    const shared = resourcePolicy === undefined ? undefined : findShared(resourcePolicy, question);
    const by = shared !== undefined || requester.type === "Service" ? "resource-based policy" : "identity-based policy";
    const statement = shared ?? findOwn(question);
    if (statement === undefined) return { allowed: false, explicit: false, by };
    if (shared === undefined || !needsNoMore(shared, requester)) {
        if (boundary !== undefined && find(boundary, "Allow", question) === undefined) {
            return { allowed: false, explicit: false, by: "permissions boundary" };
        }
        if (sessionPolicy !== undefined && find(sessionPolicy, "Allow", question) === undefined) {
            return { allowed: false, explicit: false, by: "session policy" };
        }
    }
    return { allowed: true, explicit: true, by, statement };
}

function findOwn(question: Question): Statement | undefined {
    for (const policy of question.identityPolicies) {
        const statement = find(policy, "Allow", question);
        if (statement !== undefined) return statement;
    }
    return undefined;
}

function explicitDenial(question: Question): Decision | undefined {
    const { identityPolicies, resourcePolicy, boundary, sessionPolicy } = question;
    const kinds: [PolicyType, Policy[], boolean][] = [
        ["identity-based policy", identityPolicies, false],
        ["resource-based policy", resourcePolicy === undefined ? [] : [resourcePolicy], true],
        ["permissions boundary", boundary === undefined ? [] : [boundary], false],
        ["session policy", sessionPolicy === undefined ? [] : [sessionPolicy], false],
    ];
    for (const [by, policies, named] of kinds) {
        for (const policy of policies) {
            const statement = find(policy, "Deny", question, named);
            if (statement !== undefined) return { allowed: false, explicit: true, by, statement };
        }
    }
    return undefined;
}

/** A statement that admits the requester by itself: naming its account alone leaves it to the identity policies. */
function findShared(policy: Policy, question: Question): Statement | undefined {
    const { requester } = question;
    const admitting = policy.statements.filter(
        ({ principals = [], notPrincipal }) =>
            notPrincipal || principals.some((principal) => !principal.account && isMeant(principal, requester)),
    );
    return find({ statements: admitting }, "Allow", question, true);
}

/** The first statement of this effect that concerns the question; with `named`, only those that speak of the requester. */
function find(policy: Policy, effect: Statement["effect"], question: Question, named = false): Statement | undefined {
    return policy.statements.find(
        (statement) =>
            statement.effect === effect &&
            statement.action(question.action, question.context) &&
            (statement.resource?.(question.resource, question.context) ?? true) &&
            (!named || speaksOf(statement, question.requester)) &&
            statement.conditions.every((condition) => condition(question.context)),
    );
}

/** True when the statement's Principal is the requester, or its NotPrincipal is somebody else. */
function speaksOf(statement: Statement, requester: Requester): boolean {
    const { principals = [], notPrincipal } = statement;
    return principals.some((principal) => isMeant(principal, requester)) !== notPrincipal;
}

function isMeant(principal: Principal, { type, name, roleArn }: Requester): boolean {
    // The bare "*" includes services, too.
    if (principal.everybody && principal.type === "AWS") return true;
    if (principal.type !== type) return false;
    return principal.matches(name) || (roleArn !== undefined && principal.matches(roleArn));
}

/**
 * In one account, a resource's policy that names the session or user itself is enough; where it names the role, the
 * session's limits count still:
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic_policy-eval-denyallow.html
 */
function needsNoMore(statement: Statement, { type, name }: Requester): boolean {
    if (type === "Service") return true;
    return (statement.principals ?? []).some((principal) => !principal.everybody && principal.matches(name));
}
