import { ServiceError } from "../errors";

export function missing(what: string): ServiceError {
    return new ServiceError("ResourceNotFoundException", `${what} does not exist.`);
}

export function alreadyExists(what: string): ServiceError {
    return new ServiceError("ResourceAlreadyExistsException", `${what} already exists.`);
}

export function invalid(message: string): ServiceError {
    return new ServiceError("ValidationException", message);
}

/** As AWS words a member that breaks its constraint. */
export function invalidMember(member: string, value: unknown, constraint: string): ServiceError {
    const shown = typeof value === "string" ? value : JSON.stringify(value);
    const name = member.charAt(0).toLowerCase() + member.slice(1);
    return invalid(
        `1 validation error detected: Value ${shown === undefined ? "null" : `'${shown}'`} at '${name}' ` +
            `failed to satisfy constraint: ${constraint}`,
    );
}
