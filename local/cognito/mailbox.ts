import { randomInt } from "node:crypto";

import type { Clock } from "../clock";
import { ServiceError } from "../errors";
import { expiredCode, invalidParameter } from "./refusals";
import { type Occasion, triggerAttributes, type Triggers } from "./triggers";
import type { User, UserPool } from "./user-pool";

/** As `triggerSource` of the `customMessage` trigger names it. */
export type Purpose =
    "SignUp" | "ResendCode" | "ForgotPassword" | "AdminCreateUser" | "VerifyUserAttribute" | "UpdateUserAttribute";

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

type AddressAttribute = "email" | "phone_number";
/** A code that verifies an address has the attribute's name. */
type CodeKey = "SignUp" | "ForgotPassword" | AddressAttribute;

interface Letter {
    purpose: Purpose;
    /** E-mail address or phone number. */
    destination: string;
    /** Or a temporary password. */
    code: string;
    clientMetadata?: Record<string, string>;
}

interface CodeOrder {
    /** What the code is good for; a new one replaces the last. */
    key: CodeKey;
    purpose: Purpose;
    attribute: AddressAttribute;
    /** Default: the user's attribute. */
    destination?: string;
    clientMetadata?: Record<string, string>;
}

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
     * @returns `CodeDeliveryDetails` of the API.
     */
    async sendCode(user: User, occasion: Occasion, order: CodeOrder): Promise<Record<string, string>> {
        const { key, attribute, destination = user.attributes[attribute] ?? "" } = order;
        const code = String(randomInt(1_000_000)).padStart(6, "0");
        const codes = this.#codes.get(user) ?? new Map<CodeKey, Code>();
        this.#codes.set(user, codes.set(key, { code, expiresAt: this.#clock.now() + VALIDITY[key], failures: 0 }));
        await this.send(user, occasion, { ...order, destination, code });
        return deliveryDetails(attribute, destination);
    }

    async send(user: User, occasion: Occasion, letter: Letter): Promise<void> {
        const { purpose, destination, code, clientMetadata } = letter;
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
            // Not replaceAll, which reads a `$` of a password as a pattern.
            text: template.split(CODE_PARAMETER).join(code).split(USERNAME_PARAMETER).join(user.username),
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
            throw new ServiceError("CodeMismatchException", "Invalid verification code provided, please try again.");
        }
        codes?.delete(key);
    }
}

export function deliveryDetails(attribute: string, destination: string): Record<string, string> {
    return {
        Destination: masked(destination),
        DeliveryMedium: attribute === "email" ? "EMAIL" : "SMS",
        AttributeName: attribute,
    };
}

/** Where a sign-up code goes: by SMS before e-mail. */
export function autoVerified(pool: UserPool, attributes: Record<string, string>): AddressAttribute | undefined {
    return (["phone_number", "email"] as const).find(
        (name) => pool.settings.autoVerifiedAttributes.includes(name) && (attributes[name] ?? "") !== "",
    );
}

/** @throws ServiceError `InvalidParameterException` when no address of the user's is verified. */
export function recoveryAttribute(user: User): AddressAttribute {
    const attribute = (["email", "phone_number"] as const).find(
        (name) => user.attributes[`${name}_verified`] === "true",
    );
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
