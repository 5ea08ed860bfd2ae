import { GatewayError } from "../gateway-error";
import { type Invocation, methodArn } from "../invocation";
import type { Guard } from "../ports";
import type { ResourcePolicy } from "../resource-policy";

const INVOKE = "execute-api:Invoke";

/** True when the document allows this very request. */
export function allows(iam: Guard, document: string, invocation: Invocation): boolean {
    const { sourceIp } = invocation.identity;
    return iam.evaluatePolicy(document, { action: INVOKE, resource: methodArn(invocation), sourceIp });
}

/** Without an authorizer, and with a Cognito one, an existing resource policy must allow explicitly. */
export function requireResourcePolicyAllows(iam: Guard, policy: ResourcePolicy, invocation: Invocation): void {
    if (!allows(iam, policy.everybody, invocation)) throw refused(iam, policy, invocation);
}

export function requireNoExplicitDeny(iam: Guard, policy: ResourcePolicy, invocation: Invocation): void {
    if (!allows(iam, policy.exceptDenied, invocation)) throw refused(iam, policy, invocation);
}

function refused(iam: Guard, policy: ResourcePolicy, invocation: Invocation): GatewayError {
    const explicit = allows(iam, policy.exceptDenied, invocation) ? "" : " with an explicit deny";
    return notAuthorized("anonymous", invocation, explicit);
}

/** AWS hides all but the last four digits of the account. */
export function notAuthorized(user: string, invocation: Invocation, suffix: string): GatewayError {
    const arn = methodArn(invocation).replace(
        `:${invocation.account}:`,
        `:${"*".repeat(8)}${invocation.account.slice(-4)}:`,
    );
    return new GatewayError(
        "ACCESS_DENIED",
        `User: ${user} is not authorized to perform: ${INVOKE} on resource: ${arn}${suffix}`,
    );
}
