import { randomUUID } from "node:crypto";

import type { Clock } from "../clock";
import { ServiceError } from "../errors";
import { isEmail, isPhoneNumber } from "./attributes";
import { checkPassword } from "./password-policy";
import { invalidParameter, userNotFound } from "./refusals";
import { makeVerifier, matches } from "./secure-remote-password";
import type { Group, User, UserPool } from "./user-pool";
import { namedValues, seconds } from "./values";

/**
 * Not yet in its pool. Where users sign in with an e-mail address or phone number, that becomes an attribute and the
 * username is the `sub`: https://docs.aws.amazon.com/cognito/latest/developerguide/user-pool-settings-attributes.html
 * @throws ServiceError `InvalidParameterException`, `UsernameExistsException`
 */
export function newUser(pool: UserPool, name: string, given: Record<string, string>, now: number): User {
    const sub = randomUUID();
    const signInAttribute = signInAttributeFor(pool, name);
    const attributes = { ...given, ...(signInAttribute === undefined ? {} : { [signInAttribute]: name }) };
    refuseTaken(pool, name, attributes);
    return {
        username: signInAttribute === undefined ? name : sub,
        attributes: { ...attributes, sub },
        status: "UNCONFIRMED",
        enabled: true,
        groups: new Set(),
        createdAt: now,
        modifiedAt: now,
        failedSignIns: 0,
        lockedUntil: 0,
    };
}

/**
 * A trigger may have run since the user was made, and another request made the same one.
 * @param name As the request gave it.
 * @throws ServiceError `UsernameExistsException`
 */
export function addUser(pool: UserPool, user: User, name: string): void {
    refuseTaken(pool, name, user.attributes);
    pool.add(user);
}

function signInAttributeFor(pool: UserPool, name: string): string | undefined {
    const { usernameAttributes, aliasAttributes } = pool.settings;
    const byEmail = usernameAttributes.includes("email");
    const byPhone = usernameAttributes.includes("phone_number");
    if (byEmail && isEmail(name)) return "email";
    if (byPhone && isPhoneNumber(name)) return "phone_number";
    if (byEmail && byPhone) throw invalidParameter("Username should be either an email or a phone number.");
    if (byEmail) throw invalidParameter("Username should be an email.");
    if (byPhone) throw invalidParameter("Username should be a phone number.");
    if (aliasAttributes.includes("email") && isEmail(name)) {
        throw invalidParameter("Username cannot be of email format, since user pool is configured for email alias.");
    }
    return undefined;
}

function refuseTaken(pool: UserPool, name: string, attributes: Record<string, string>): void {
    const taken = takenAddress(pool, attributes);
    if (taken !== undefined) {
        throw new ServiceError("UsernameExistsException", `An account with the given ${taken} already exists.`);
    }
    if (pool.find(name) !== undefined) throw new ServiceError("UsernameExistsException", "User already exists");
}

/**
 * Addresses that users sign in with belong to one user each.
 * @throws ServiceError `AliasExistsException`
 */
export function refuseTakenAddresses(pool: UserPool, user: User, changed: Record<string, string>): void {
    const taken = takenAddress(pool, changed, user);
    if (taken === undefined) return;
    throw new ServiceError("AliasExistsException", `An account with the given ${taken} already exists.`);
}

function takenAddress(pool: UserPool, attributes: Record<string, string>, except?: User): string | undefined {
    const taken = pool.settings.usernameAttributes.find((attribute) => {
        const value = attributes[attribute];
        const holder = value === undefined ? undefined : pool.holderOf(attribute, value);
        return holder !== undefined && holder !== except;
    });
    return taken?.replace("_", " ");
}

/**
 * Removes an alias from whoever else holds it when the caller says so.
 * @throws ServiceError `AliasExistsException` when another user has verified the same address.
 */
export function claimAlias(pool: UserPool, user: User, attribute: string, force: boolean): void {
    const value = user.attributes[attribute];
    if (value === undefined || !pool.settings.aliasAttributes.includes(attribute)) return;
    const flag = `${attribute}_verified`;
    const taken = (other: User): boolean =>
        other !== user && other.attributes[attribute] === value && other.attributes[flag] === "true";
    const holder = pool.users.find(taken);
    if (holder === undefined) return;
    if (!force) {
        const message = `An account with the ${attribute === "email" ? "email" : "phone number"} already exists.`;
        throw new ServiceError("AliasExistsException", message);
    }
    holder.attributes[flag] = "false";
}

/** @throws ServiceError `UserNotFoundException` */
export function getUser(pool: UserPool, name: string): User {
    const user = pool.find(name);
    if (user === undefined) throw userNotFound();
    return user;
}

/** @throws ServiceError `InvalidPasswordException` */
export function setPassword(pool: UserPool, user: User, password: string, now: number): void {
    checkPassword(pool.settings.passwordPolicy, password);
    user.password = makeVerifier(pool.identityOf(user), password);
    user.temporarySince = undefined;
    user.failedSignIns = 0;
    user.lockedUntil = 0;
    user.modifiedAt = now;
}

export function passwordMatches(pool: UserPool, user: User, password: string): boolean {
    return user.password !== undefined && matches(user.password, pool.identityOf(user), password);
}

/** Empty values delete attributes. */
export function writeAttributes(user: User, attributes: Record<string, string>, clock: Clock): void {
    const written = Object.entries({ ...user.attributes, ...attributes });
    user.attributes = Object.fromEntries(written.filter(([, value]) => value !== ""));
    user.modifiedAt = clock.now();
}

/** `UserType` of the API. */
export function userView(user: User, attributes = user.attributes): Record<string, unknown> {
    return {
        Username: user.username,
        Attributes: namedValues(attributes),
        UserCreateDate: seconds(user.createdAt),
        UserLastModifiedDate: seconds(user.modifiedAt),
        Enabled: user.enabled,
        UserStatus: user.status,
    };
}

/** `GroupType` of the API. */
export function groupView(group: Group, poolId: string): Record<string, unknown> {
    return {
        GroupName: group.name,
        UserPoolId: poolId,
        Description: group.description,
        RoleArn: group.roleArn,
        Precedence: group.precedence,
        CreationDate: seconds(group.createdAt),
        LastModifiedDate: seconds(group.modifiedAt),
    };
}
