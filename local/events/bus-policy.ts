import { invalid, missing } from "./refusals";
import type { EventBus } from "./model";
import { members } from "./requests";

/** One permission as PutPermission gives it. */
export interface Permission {
    statementId: string;
    /** Account id, or `*`. */
    principal: string;
    /** Default `events:PutEvents`. */
    action?: string;
    /** `{ Type: "StringEquals", Key: "aws:PrincipalOrgID", Value }` */
    condition?: { Type: string; Key: string; Value: string };
}

/** A bus's policy as JSON text; undefined where nobody has been permitted anything. */
export function policyOf({ statements }: EventBus): string | undefined {
    if (statements.size === 0) return undefined;
    return JSON.stringify({ Version: "2012-10-17", Statement: [...statements.values()] });
}

/** Adds a statement, or replaces the one of this id. */
export function permit(bus: EventBus, permission: Permission): void {
    const { statementId, principal, action = "events:PutEvents", condition } = permission;
    bus.statements.set(statementId, {
        Sid: statementId,
        Effect: "Allow",
        Principal: principal === "*" ? "*" : { AWS: accountArn(principal) },
        Action: action,
        Resource: bus.arn,
        ...(condition === undefined ? {} : { Condition: { [condition.Type]: { [condition.Key]: condition.Value } } }),
    });
}

/** @throws ServiceError ResourceNotFoundException when there is no such statement. */
export function withdraw({ statements }: EventBus, statementId: string): void {
    if (statements.size === 0) throw missing("EventBus policy");
    if (!statements.delete(statementId)) throw missing("Statement with the provided id");
}

/**
 * Puts a whole policy in place of the bus's own.
 * @throws ServiceError ValidationException where it is no policy.
 */
export function replacePolicy(bus: EventBus, policy: string): void {
    let document: unknown;
    try {
        document = JSON.parse(policy);
    } catch {
        throw invalid("This policy contains invalid Json");
    }
    const { Statement } = members(document);
    const statements = [Statement].flat().filter((statement) => typeof statement === "object" && statement !== null);
    if (statements.length === 0) throw invalid("This policy contains no statement.");
    bus.statements.clear();
    for (const [at, statement] of statements.entries()) {
        const { Sid } = members(statement);
        bus.statements.set(typeof Sid === "string" ? Sid : `#${at}`, members(statement));
    }
}

function accountArn(principal: string): string {
    return /^\d{12}$/.test(principal) ? `arn:aws:iam::${principal}:root` : principal;
}
