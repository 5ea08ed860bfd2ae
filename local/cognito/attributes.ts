import { invalidParameter, notAuthorized } from "./refusals";

/** A custom attribute, or a standard one with changed rules. */
export interface AttributeRule {
    type: "String" | "Number" | "DateTime" | "Boolean";
    required: boolean;
    mutable: boolean;
    /** Of the text's length, or of the number. */
    minimum?: number;
    maximum?: number;
}

/** By name, `custom:` included. */
export type AttributeSchema = Map<string, AttributeRule>;

/** https://docs.aws.amazon.com/cognito/latest/developerguide/user-pool-settings-attributes.html */
export const STANDARD_ATTRIBUTES = [
    "address",
    "birthdate",
    "email",
    "email_verified",
    "family_name",
    "gender",
    "given_name",
    "locale",
    "middle_name",
    "name",
    "nickname",
    "phone_number",
    "phone_number_verified",
    "picture",
    "preferred_username",
    "profile",
    "updated_at",
    "website",
    "zoneinfo",
];

const VERIFIED_FLAGS = ["email_verified", "phone_number_verified"];

export function isEmail(text: string): boolean {
    return /^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(text);
}

export function isPhoneNumber(text: string): boolean {
    return /^\+[1-9]\d{1,14}$/.test(text);
}

/** @throws ServiceError `InvalidParameterException` for values that the pool's schema does not admit. */
export function checkAttributes(schema: AttributeSchema, attributes: Record<string, string>): void {
    for (const [name, value] of Object.entries(attributes)) {
        if (name === "sub") throw invalidParameter("Cannot modify the non-mutable attribute sub");
        const rule = schema.get(name);
        if (rule === undefined) {
            if (!STANDARD_ATTRIBUTES.includes(name)) refuse(name, "Attribute does not exist in the schema.");
        } else if (value !== "") {
            checkRule(name, value, rule);
        }
    }
    const { email, phone_number: phone } = attributes;
    if (email !== undefined && email !== "" && !isEmail(email)) throw invalidParameter("Invalid email address format.");
    if (phone !== undefined && phone !== "" && !isPhoneNumber(phone)) {
        throw invalidParameter("Invalid phone number format.");
    }
}

/** @throws ServiceError `InvalidParameterException` */
export function checkRequired(schema: AttributeSchema, attributes: Record<string, string>): void {
    for (const [name, rule] of schema) {
        if (rule.required && (attributes[name] ?? "") === "") refuse(name, "The attribute is required");
    }
}

/** @throws ServiceError `InvalidParameterException` */
export function checkMutable(schema: AttributeSchema, attributes: Record<string, string>): void {
    for (const name of Object.keys(attributes)) {
        if (schema.get(name)?.mutable === false) refuse(name, "Attribute cannot be updated.");
    }
}

/**
 * Clients write what their `writeAttributes` list, and never the flags that mark an address as verified.
 * @throws ServiceError `NotAuthorizedException`
 */
export function checkWritable(writable: string[] | undefined, attributes: Record<string, string>): void {
    for (const name of Object.keys(attributes)) {
        if (VERIFIED_FLAGS.includes(name) || writable?.includes(name) === false) {
            throw notAuthorized("A client attempted to write unauthorized attribute");
        }
    }
}

/** What a client may read, `sub` always. */
export function readable(readAttributes: string[] | undefined, attributes: Record<string, string>) {
    if (readAttributes === undefined) return attributes;
    const names = new Set([...readAttributes, "sub"]);
    return Object.fromEntries(Object.entries(attributes).filter(([name]) => names.has(name)));
}

function checkRule(name: string, value: string, rule: AttributeRule): void {
    const size = rule.type === "Number" ? Number(value) : value.length;
    if (Number.isNaN(size)) refuse(name, "Value must be a number.");
    if (rule.type === "Boolean" && !/^(true|false)$/.test(value)) refuse(name, "Value must be true or false.");
    if (rule.minimum !== undefined && size < rule.minimum) refuse(name, `Minimum is ${rule.minimum}.`);
    if (rule.maximum !== undefined && size > rule.maximum) refuse(name, `Maximum is ${rule.maximum}.`);
}

function refuse(name: string, why: string): never {
    throw invalidParameter(`Attributes did not conform to the schema: ${name}: ${why}\n`);
}
