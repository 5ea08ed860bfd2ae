import type { Clock } from "../../clock";
import type { Invocation } from "../invocation";
import type { FunctionInvoker, Guard, TokenVerifier } from "../ports";
import type { ResourcePolicy } from "../resource-policy";

/**
 * Lets a request pass and notes in the invocation who makes it.
 * Throws a GatewayError, or answers a promise rejected by one, when it may not pass.
 */
export type Authorize = (invocation: Invocation) => Promise<void> | void;

/** What authorizers are made with. */
export interface AuthorizerTools {
    clock: Clock;
    region: string;
    account: string;
    functions: FunctionInvoker;
    userPools: TokenVerifier;
    iam: Guard;
    /** Of the API that the authorizer guards. */
    resourcePolicy?: ResourcePolicy;
}
