import { ServiceError } from "../errors";

export function missing(what: string): ServiceError {
    return new ServiceError("ResourceNotFoundException", `${what} does not exist.`);
}

export function invalid(message: string): ServiceError {
    return new ServiceError("ValidationException", message);
}
