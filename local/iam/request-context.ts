import type { Clock } from "../clock";
import type { Identity } from "./identities";
import type { ConditionContext } from "./wildcard";

/** Where requests are made. */
export interface Surroundings {
    clock: Clock;
    account: string;
    /** Absent where policies are asked without one; then `aws:RequestedRegion` is. */
    region?: string;
}

/** Who asks, as far as condition keys tell. */
export interface Asking {
    identity?: Identity;
    /** ARN for `aws:PrincipalArn` where there is no identity. */
    arn?: string;
    userId?: string;
}

/**
 * The global condition keys of a request, and those that are its own.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
 */
export function requestContext(
    { clock, account, region }: Surroundings,
    own: Record<string, string[]>,
    asking?: Asking,
): ConditionContext {
    const now = clock.now();
    const context = new Map<string, readonly string[]>([
        ["aws:currenttime", [new Date(now).toISOString()]],
        ["aws:epochtime", [String(Math.floor(now / 1000))]],
        // Loopback stands in for TLS: nothing here leaves the machine.
        ["aws:securetransport", ["true"]],
        ["aws:resourceaccount", [account]],
        ["aws:viaawsservice", ["false"]],
        ["aws:principalisawsservice", [asking === undefined ? "true" : "false"]],
    ]);
    if (region !== undefined) context.set("aws:requestedregion", [region]);
    if (asking !== undefined) addPrincipal(context, account, asking);
    for (const key of Object.keys(own)) context.set(key.toLowerCase(), own[key] ?? []);
    return context;
}

function addPrincipal(
    context: Map<string, readonly string[]>,
    account: string,
    { identity, arn, userId }: Asking,
): void {
    const principalArn = identity?.arn ?? arn;
    if (principalArn === undefined) {
        context.set("aws:principaltype", ["Anonymous"]);
        return;
    }
    context.set("aws:principalarn", [principalArn]);
    context.set("aws:principalaccount", [account]);
    context.set("aws:principaltype", [identity?.kind === "role" ? "AssumedRole" : "User"]);
    context.set("aws:userid", [userId ?? identity?.uniqueId ?? ""]);
    if (identity?.kind === "user") context.set("aws:username", [identity.name]);
    for (const [key, value] of Object.entries(identity?.tags ?? {})) {
        context.set(`aws:principaltag/${key.toLowerCase()}`, [value]);
    }
}
