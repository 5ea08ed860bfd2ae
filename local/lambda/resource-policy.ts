import type { GraphValue } from "../../graph/model";
import type { LambdaFunction } from "./model";

export interface PermissionStatement {
    Sid: string;
    [member: string]: unknown;
}

/** One statement, as AddPermission writes it: https://docs.aws.amazon.com/lambda/latest/dg/access-control-resource-based.html */
export function permissionStatement(
    statementId: string,
    functionArn: string,
    inputs: Record<string, GraphValue | undefined>,
): PermissionStatement {
    const { action, principal, sourceArn, sourceAccount, principalOrgId } = inputs;
    const conditions = {
        ...(sourceArn === undefined ? {} : { ArnLike: { "AWS:SourceArn": sourceArn } }),
        ...(sourceAccount === undefined && principalOrgId === undefined
            ? {}
            : {
                  StringEquals: {
                      ...(sourceAccount === undefined ? {} : { "AWS:SourceAccount": sourceAccount }),
                      ...(principalOrgId === undefined ? {} : { "aws:PrincipalOrgID": principalOrgId }),
                  },
              }),
    };
    return {
        Sid: statementId,
        Effect: "Allow",
        Principal: principalOf(String(principal)),
        Action: action,
        Resource: functionArn,
        ...(Object.keys(conditions).length === 0 ? {} : { Condition: conditions }),
    };
}

function principalOf(principal: string): unknown {
    if (principal === "*") return "*";
    if (principal.endsWith(".amazonaws.com")) return { Service: principal };
    return { AWS: /^\d{12}$/.test(principal) ? `arn:aws:iam::${principal}:root` : principal };
}

/** Adds a statement to the policy of a qualifier, or replaces the one of this id. */
export function permit({ permissions }: LambdaFunction, qualifier: string, statement: PermissionStatement): void {
    const others = (permissions.get(qualifier) ?? []).filter(({ Sid }) => Sid !== statement.Sid);
    permissions.set(qualifier, [...others, statement]);
}

/** Removes a statement from whichever qualifier's policy has it. */
export function withdraw({ permissions }: LambdaFunction, statementId: string): void {
    for (const [qualifier, statements] of permissions) {
        const left = statements.filter(({ Sid }) => Sid !== statementId);
        if (left.length > 0) permissions.set(qualifier, left);
        else permissions.delete(qualifier);
    }
}

/** The policy of one qualifier of a function; undefined where nobody has been permitted anything. */
export function resourcePolicyOf({ permissions }: LambdaFunction, qualifier: string): string | undefined {
    const statements = permissions.get(qualifier);
    if (statements === undefined) return undefined;
    return JSON.stringify({ Version: "2012-10-17", Id: "default", Statement: statements });
}
