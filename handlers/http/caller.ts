import type { APIGatewayProxyEvent } from "aws-lambda";

import { HttpProblem } from "./problem";

/** Who calls, as API Gateway found out. */
export interface Caller {
    /** Owner of the orders that the caller places. */
    customerId: string;
    /** May see all orders. */
    isStaff: boolean;
}

const STAFF_SCOPE = "orders/admin";

/**
 * Reads what the gateway's authorizer put into the event: a user pool's claims, a Lambda authorizer's answer, an IAM
 * identity or an API key.
 * @throws HttpProblem 403 where there is none, which means that the route is not guarded as it should be.
 */
export function callerOf(event: APIGatewayProxyEvent): Caller {
    const { authorizer, identity } = event.requestContext;
    const claims = record(authorizer?.["claims"]);
    const subject = text(claims["sub"]) ?? text(authorizer?.["principalId"]);
    if (subject !== undefined) {
        const scope = text(claims["scope"]) ?? text(authorizer?.["scope"]) ?? "";
        return { customerId: subject, isStaff: scope.split(" ").includes(STAFF_SCOPE) };
    }
    // What a signing system may do is set by the routes that its policy names; a key has no scopes to say so.
    const userArn = text(identity.userArn);
    if (userArn !== undefined) return { customerId: userArn, isStaff: true };
    const apiKeyId = text(identity.apiKeyId);
    if (apiKeyId !== undefined) return { customerId: apiKeyId, isStaff: false };
    throw new HttpProblem(403, "caller-unknown", "The caller is not known.");
}

function record(value: unknown): Record<string, unknown> {
    return typeof value === "object" && value !== null ? { ...value } : {};
}

function text(value: unknown): string | undefined {
    return typeof value === "string" && value !== "" ? value : undefined;
}
