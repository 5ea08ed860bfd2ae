import { ServiceError } from "../errors";

export function invalidParameter(reason: string): ServiceError {
    return new ServiceError("InvalidParameter", `Invalid parameter: ${reason}`);
}

export function topicDoesNotExist(): ServiceError {
    return new ServiceError("NotFound", "Topic does not exist", 404);
}

export function subscriptionDoesNotExist(): ServiceError {
    return new ServiceError("NotFound", "Subscription does not exist", 404);
}
