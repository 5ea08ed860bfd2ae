import type { Clock } from "../clock";
import type { AccessRequest, JsonObject, Operation, RequestContext } from "../service";
import type { Challenges } from "./challenges";
import type { Journal } from "./journal";
import type { Mailbox } from "./mailbox";
import { checkSecretHash } from "./secret-hash";
import type { Tokens } from "./tokens";
import type { Triggers } from "./triggers";
import type { Client, User, UserPool } from "./user-pool";
import type { UserPools } from "./user-pools";
import { getUser } from "./users";
import { optionalText, requiredText } from "./values";

/** What operations work with. */
export interface Tools {
    clock: Clock;
    pools: UserPools;
    triggers: Triggers;
    mailbox: Mailbox;
    tokens: Tokens;
    challenges: Challenges;
    journal: Journal;
}

export type Operations = Record<string, Operation>;
type Run = Operation["run"];

/**
 * Operations that AWS serves unsigned, since the client's id or an access token says who calls:
 * https://docs.aws.amazon.com/cognito/latest/developerguide/authentication-flows-public-server-side.html
 */
export function unsigned(runs: Record<string, Run>): Operations {
    return Object.fromEntries(Object.entries(runs).map(([name, run]) => [name, { access: "public", run }]));
}

/** Operations that IAM guards, by the pool's ARN. */
export function onUserPool(runs: Record<string, Run>): Operations {
    const access =
        (name: string) =>
        (input: JsonObject, { region, account }: RequestContext): AccessRequest[] => [
            {
                action: `cognito-idp:${name}`,
                resource: `arn:aws:cognito-idp:${region}:${account}:userpool/${requiredText(input, "UserPoolId")}`,
            },
        ];
    return Object.fromEntries(Object.entries(runs).map(([name, run]) => [name, { access: access(name), run }]));
}

export function poolOf({ pools }: Tools, input: JsonObject): UserPool {
    return pools.get(requiredText(input, "UserPoolId"));
}

export function userOf(tools: Tools, input: JsonObject): { pool: UserPool; user: User } {
    const pool = poolOf(tools, input);
    return { pool, user: getUser(pool, requiredText(input, "Username")) };
}

/** The app client and the name of a user in a request that proves to come from that client. */
export function clientAndName({ pools }: Tools, input: JsonObject): { client: Client; name: string } {
    const client = pools.client(requiredText(input, "ClientId"));
    const name = requiredText(input, "Username");
    checkSecretHash(client, name, optionalText(input, "SecretHash"));
    return { client, name };
}
