import { ServiceError } from "../errors";
import type { JsonObject } from "../service";

/** Where this DynamoDB is. */
export interface Place {
    region: string;
    account: string;
}

export function tableArn(name: string, { region, account }: Place): string {
    return `arn:aws:dynamodb:${region}:${account}:table/${name}`;
}

/**
 * The name of a table that a request gives by name or by ARN.
 * @throws ServiceError when the ARN is of another account or region: there is none here.
 */
export function tableName(nameOrArn: string, place: Place): string {
    if (!nameOrArn.startsWith("arn:")) return nameOrArn;
    const name = /^arn:aws[a-z-]*:dynamodb:[^:]+:\d+:table\/([a-zA-Z0-9_.-]+)/.exec(nameOrArn)?.[1];
    if (name === undefined) throw new ServiceError("ValidationException", `Invalid TableArn: ${nameOrArn}`);
    if (!nameOrArn.startsWith(tableArn(name, place))) {
        throw new ServiceError("ResourceNotFoundException", "Requested resource not found");
    }
    return name;
}

/** The input with its table's name where it gives an ARN. */
export function withTableName(input: JsonObject, place: Place): JsonObject {
    const { TableName: given } = input;
    if (typeof given !== "string" || !given.startsWith("arn:")) return input;
    return { ...input, TableName: tableName(given, place) };
}

export function isObject(value: unknown): value is JsonObject {
    return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** @throws ServiceError `ValidationException` when the member is not there. */
export function requiredText(input: JsonObject, member: string): string {
    const value = input[member];
    if (typeof value === "string" && value !== "") return value;
    const path = `${member.charAt(0).toLowerCase()}${member.slice(1)}`;
    throw new ServiceError(
        "ValidationException",
        `1 validation error detected: Value null at '${path}' failed to satisfy constraint: Member must not be null`,
    );
}
