import { randomInt } from "node:crypto";

import { ServiceError } from "../errors";

/** https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_PasswordPolicyType.html */
export interface PasswordPolicy {
    minimumLength: number;
    requireLowercase: boolean;
    requireUppercase: boolean;
    requireNumbers: boolean;
    requireSymbols: boolean;
    temporaryPasswordValidityDays: number;
}

/** What counts as a symbol, with a space inside the password besides: the list in the developer guide. */
const SYMBOLS = /[\^$*.[\]{}()?"!@#%&/\\,><':;|_~`=+-]|\S \S/;

/** @throws ServiceError `InvalidPasswordException` */
export function checkPassword(policy: PasswordPolicy, password: string): void {
    const refuse = (why: string): never => {
        throw new ServiceError("InvalidPasswordException", `Password did not conform with policy: ${why}`);
    };
    if (password.length < policy.minimumLength) refuse("Password not long enough");
    if (password.length > 256) refuse("Password too long");
    if (policy.requireUppercase && !/[A-Z]/.test(password)) refuse("Password must have uppercase characters");
    if (policy.requireLowercase && !/[a-z]/.test(password)) refuse("Password must have lowercase characters");
    if (policy.requireNumbers && !/[0-9]/.test(password)) refuse("Password must have numeric characters");
    if (policy.requireSymbols && !SYMBOLS.test(password)) refuse("Password must have symbol characters");
}

const LOWERCASE = "abcdefghijkmnpqrstuvwxyz";
const ALPHABETS = [LOWERCASE, LOWERCASE.toUpperCase(), "23456789", "!#%+-.=@_"];

/** A password that meets any policy of its length, for users that an administrator creates without one. */
export function temporaryPassword(policy: PasswordPolicy): string {
    const length = Math.max(policy.minimumLength, 8);
    return Array.from({ length }, (_, at) => {
        const alphabet = ALPHABETS[at % ALPHABETS.length] ?? LOWERCASE;
        return alphabet[randomInt(alphabet.length)];
    }).join("");
}
