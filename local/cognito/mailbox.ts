import { randomInt } from "node:crypto";

import type { Clock } from "../clock";
import { ServiceError } from "../errors";
import { expiredCode, invalidParameter } from "./refusals";
import { type Occasion, triggerAttributes, type Triggers } from "./triggers";
import type { User, UserPool } from "./user-pool";

/** `VerifyUserAttribute` and `UpdateUserAttribute` codes are for one attribute, which their key names. */
export type Purpose = "SignUp" | "ResendCode" | "ForgotPassword" | "AdminCreateUser" | AttributePurpose;
type AttributePurpose = "VerifyUserAttribute" | "UpdateUserAttribute";

/** What AWS would send by e-mail or SMS. */
export interface Message {
    poolId: string;
    username: string;
    /** E-mail address or phone number. */
    destination: string;
    purpose: Purpose;
    /** The code, or the temporary password of a user that an administrator created. */
    code: string;
    subject: string;
    text: string;
    /** Milliseconds since 1970. */
    at: number;
}

interface Code {
    code: string;
    expiresAt: number;
    failures: number;
}

type CodeKey = "SignUp" | "ForgotPassword" | "email" | "phone_number";

const HOUR = 3_600_000;
/** https://docs.aws.amazon.com/cognito/latest/developerguide/limits.html */
const VALIDITY: Record<CodeKey, number> = {
    SignUp: 24 * HOUR,
    ForgotPassword: HOUR,
    email: 24 * HOUR,
    phone_number: 24 * HOUR,
};
const ATTEMPTS = 5;
const KEPT_MESSAGES = 1000;

/** Stands for the code, and for the username, in the texts of the `customMessage` trigger. */
const CODE_PARAMETER = "{####}";
const USERNAME_PARAMETER = "{username}";

/** Sends confirmation codes to nobody but whoever looks here, and checks them. */
export class Mailbox {
    readonly messages: Message[] = [];
    onMessage: ((message: Message) => void) | undefined;
    readonly #clock: Clock;
    readonly #triggers: Triggers;
    readonly #codes = new WeakMap<User, Map<CodeKey, Code>>();

    constructor(clock: Clock, triggers: Triggers) {
        this.#clock = clock;
        this.#triggers = triggers;
    }

    /**
     * Makes a code and sends it.
     * @param attribute `email` or `phone_number`
     * @returns `CodeDeliveryDetails` of the API.
     */
    async sendCode(
        key: CodeKey,
        purpose: Purpose,
        attribute: string,
        user: User,
        occasion: Occasion,
        clientMetadata?: Record<string, string>,
        destination = user.attributes[attribute] ?? "",
    ): Promise<Record<string, string>> {
        const code = String(randomInt(1_000_000)).padStart(6, "0");
        await this.send(purpose, destination, code, user, occasion, clientMetadata);
        const codes = this.#codes.get(user) ?? new Map<CodeKey, Code>();
        this.#codes.set(user, codes.set(key, { code, expiresAt: this.#clock.now() + VALIDITY[key], failures: 0 }));
        return deliveryDetails(attribute, destination);
    }

    /** @param code Or a temporary password. */
    async send(
        purpose: Purpose,
        destination: string,
        code: string,
        user: User,
        occasion: Occasion,
        clientMetadata?: Record<string, string>,
    ): Promise<void> {
        const custom = await this.#triggers.run(
            "customMessage",
            `CustomMessage_${purpose}`,
            occasion,
            {
                userAttributes: triggerAttributes(user),
                codeParameter: CODE_PARAMETER,
                linkParameter: "{##Click Here##}",
                usernameParameter: purpose === "AdminCreateUser" ? USERNAME_PARAMETER : null,
                clientMetadata,
            },
            { smsMessage: null, emailMessage: null, emailSubject: null },
        );
        const given = custom?.[destination.includes("@") ? "emailMessage" : "smsMessage"];
        const subject = custom?.["emailSubject"];
        const usual = purpose === "AdminCreateUser" ? "Your temporary password is {####}" : "Your code is {####}";
        const template = typeof given === "string" ? given : usual;
        const message: Message = {
            poolId: occasion.pool.id,
            username: user.username,
            destination,
            purpose,
            code,
            subject: typeof subject === "string" ? subject : "Your verification code",
            text: template.replaceAll(CODE_PARAMETER, code).replaceAll(USERNAME_PARAMETER, user.username),
            at: this.#clock.now(),
        };
        this.messages.push(message);
        if (this.messages.length > KEPT_MESSAGES) this.messages.shift();
        this.onMessage?.(message);
    }

    /**
     * Takes a code, which thereby is used up.
     * @throws ServiceError `ExpiredCodeException`, `CodeMismatchException`, `LimitExceededException`
     */
    takeCode(user: User, key: CodeKey, given: string): void {
        const codes = this.#codes.get(user);
        const code = codes?.get(key);
        if (code === undefined || this.#clock.now() >= code.expiresAt) throw expiredCode();
        if (code.failures >= ATTEMPTS) {
            throw new ServiceError("LimitExceededException", "Attempt limit exceeded, please try after some time.");
        }
        if (given !== code.code) {
            code.failures++;
            throw codeMismatch();
        }
        codes?.delete(key);
    }
}

export function codeMismatch(): ServiceError {
    return new ServiceError("CodeMismatchException", "Invalid verification code provided, please try again.");
}

export function deliveryDetails(attribute: string, destination: string): Record<string, string> {
    return {
        Destination: masked(destination),
        DeliveryMedium: attribute === "email" ? "EMAIL" : "SMS",
        AttributeName: attribute,
    };
}

/** Where a sign-up code goes: by SMS before e-mail. */
export function autoVerified(pool: UserPool, attributes: Record<string, string>): string | undefined {
    return ["phone_number", "email"].find(
        (name) => pool.settings.autoVerifiedAttributes.includes(name) && (attributes[name] ?? "") !== "",
    );
}

/** @throws ServiceError `InvalidParameterException` when no address of the user's is verified. */
export function recoveryAttribute(user: User): string {
    const attribute = ["email", "phone_number"].find((name) => user.attributes[`${name}_verified`] === "true");
    if (attribute !== undefined) return attribute;
    throw invalidParameter(
        "Cannot reset password for the user as there is no registered/verified email or phone_number",
    );
}

/** `a***@e***`, `+*******1234` */
function masked(destination: string): string {
    const [local, domain] = destination.split("@");
    if (domain !== undefined) return `${local?.charAt(0) ?? ""}***@${domain.charAt(0)}***`;
    return `+*******${destination.slice(-4)}`;
}
