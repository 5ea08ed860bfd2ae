import { ServiceError } from "../errors";
import type { Caller } from "../service";
import { evaluate, type Requester } from "./evaluate";
import type { Identity } from "./identities";
import { parsePolicy, type Policy } from "./policy";
import type { ConditionContext } from "./wildcard";

const SHORTEST_SECONDS = 900;
const LONGEST_CHAINED_SECONDS = 3600;
const LONGEST_USER_SESSION_SECONDS = 129_600;

/**
 * Whether a role's trust policy admits someone: by itself, or as one of an account, which leaves it to the account's own
 * policies.
 */
export function trusts(
    role: Identity,
    requester: Requester,
    context: ConditionContext,
): "by itself" | "by its account" | "not" {
    if (role.trustPolicy === undefined) return "not";
    const trust = parsePolicy(role.trustPolicy);
    const admits = (resourcePolicy: Policy): boolean =>
        evaluate({
            requester,
            action: "sts:AssumeRole",
            resource: role.arn,
            context,
            identityPolicies: [],
            resourcePolicy,
        }).allowed;
    if (admits(trust)) return "by itself";
    return admits(withAccountsAdmitted(trust)) ? "by its account" : "not";
}

function withAccountsAdmitted(policy: Policy): Policy {
    return {
        statements: policy.statements.map((statement) => ({
            ...statement,
            principals: statement.principals?.map((principal) => ({ ...principal, account: false })),
        })),
    };
}

/**
 * Length of a role's session: https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html
 * @throws ServiceError ValidationError
 */
export function roleSessionSeconds(caller: Caller, role: Identity, wanted = 3600): number {
    const seconds = atLeastShortest(wanted);
    if (caller.kind === "role" && seconds > LONGEST_CHAINED_SECONDS) {
        throw invalid(
            "The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining.",
        );
    }
    if (seconds > role.maxSessionSeconds) {
        throw invalid("The requested DurationSeconds exceeds the MaxSessionDuration set for this role.");
    }
    return seconds;
}

/** @throws ServiceError ValidationError */
export function userSessionSeconds(wanted = 43_200): number {
    const seconds = atLeastShortest(wanted);
    if (seconds <= LONGEST_USER_SESSION_SECONDS) return seconds;
    throw invalid(constraint(seconds, `less than or equal to ${LONGEST_USER_SESSION_SECONDS}`));
}

function atLeastShortest(seconds: number): number {
    if (Number.isInteger(seconds) && seconds >= SHORTEST_SECONDS) return seconds;
    throw invalid(constraint(seconds, `greater than or equal to ${SHORTEST_SECONDS}`));
}

function constraint(seconds: number, bound: string): string {
    return (
        `1 validation error detected: Value '${seconds}' at 'durationSeconds' failed to satisfy constraint: ` +
        `Member must have value ${bound}`
    );
}

function invalid(message: string): ServiceError {
    return new ServiceError("ValidationError", message);
}
