import type { JsonObject } from "../../service";
import { invalidParameter } from "../refusals";
import { onUserPool, type Operations, poolOf, type Tools } from "../tools";
import type { User } from "../user-pool";
import { userView } from "../users";
import { asTexts, optionalNumber, optionalText, page } from "../values";

const LIMIT = 60;
const SEARCHABLE = [
    "username",
    "email",
    "phone_number",
    "name",
    "given_name",
    "family_name",
    "preferred_username",
    "cognito:user_status",
    "status",
    "sub",
];

export function userListOperations(tools: Tools): Operations {
    return onUserPool({
        ListUsers: (input) => {
            const pool = poolOf(tools, input);
            const users = pool.users.filter(filterOf(optionalText(input, "Filter")));
            const limit = limitOf(input);
            const { items, next } = page(users, limit, optionalText(input, "PaginationToken"));
            const wanted = Array.isArray(input["AttributesToGet"]) ? asTexts(input["AttributesToGet"]) : undefined;
            return { Users: items.map((user) => userView(user, selected(user, wanted))), PaginationToken: next };
        },
    });
}

/** @throws ServiceError `InvalidParameterException` */
export function limitOf(input: JsonObject, name = "Limit"): number {
    const limit = optionalNumber(input, name) ?? LIMIT;
    if (Number.isInteger(limit) && limit >= 0 && limit <= LIMIT) return limit || LIMIT;
    throw invalidParameter(
        `1 validation error detected: Value '${limit}' at 'limit' failed to satisfy constraint: ` +
            `Member must have value less than or equal to ${LIMIT}`,
    );
}

/** One comparison: https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_ListUsers.html */
function filterOf(filter: string | undefined): (user: User) => boolean {
    if (filter === undefined) return () => true;
    const match = /^\s*"?([\w:]+)"?\s*(=|\^=)\s*"((?:[^"\\]|\\.)*)"\s*$/.exec(filter);
    const [, attribute = "", operator, quoted = ""] = match ?? [];
    if (match === null) throw invalidParameter("Error while parsing filter.");
    if (!SEARCHABLE.includes(attribute)) throw invalidParameter(`Invalid search attribute: ${attribute}`);
    const wanted = quoted.replace(/\\(.)/g, "$1").toLowerCase();
    return (user) => {
        const value = searched(user, attribute).toLowerCase();
        return operator === "=" ? value === wanted : value.startsWith(wanted);
    };
}

function searched(user: User, attribute: string): string {
    if (attribute === "username") return user.username;
    if (attribute === "cognito:user_status") return user.status;
    if (attribute === "status") return user.enabled ? "Enabled" : "Disabled";
    return user.attributes[attribute] ?? "";
}

function selected(user: User, wanted: string[] | undefined): Record<string, string> {
    if (wanted === undefined) return user.attributes;
    return Object.fromEntries(Object.entries(user.attributes).filter(([name]) => wanted.includes(name)));
}
