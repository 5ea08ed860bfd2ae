import { ServiceError } from "../errors";

/** The refusals that several operations share, worded as Cognito words them. */

export function invalidParameter(message: string): ServiceError {
    return new ServiceError("InvalidParameterException", message);
}

export function notAuthorized(message: string): ServiceError {
    return new ServiceError("NotAuthorizedException", message);
}

export function notFound(message: string): ServiceError {
    return new ServiceError("ResourceNotFoundException", message);
}

export function userNotFound(): ServiceError {
    return new ServiceError("UserNotFoundException", "User does not exist.");
}

export function wrongPassword(): ServiceError {
    return notAuthorized("Incorrect username or password.");
}

export function expiredCode(): ServiceError {
    return new ServiceError("ExpiredCodeException", "Invalid code provided, please request a code again.");
}
