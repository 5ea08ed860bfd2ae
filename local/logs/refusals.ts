import { ServiceError } from "../errors";

export function invalidParameter(message: string): ServiceError {
    return new ServiceError("InvalidParameterException", message);
}

/** As AWS words a member that breaks its constraint. */
export function invalidMember(member: string, value: unknown, constraint: string): ServiceError {
    const shown = typeof value === "string" ? value : JSON.stringify(value);
    return invalidParameter(
        `1 validation error detected: Value ${value === undefined ? "null" : `'${shown}'`} at '${member}' ` +
            `failed to satisfy constraint: ${constraint}`,
    );
}

export function missing(what: "log group" | "log stream"): ServiceError {
    return new ServiceError("ResourceNotFoundException", `The specified ${what} does not exist.`);
}

export function alreadyExists(what: "log group" | "log stream"): ServiceError {
    return new ServiceError("ResourceAlreadyExistsException", `The specified ${what} already exists`);
}
