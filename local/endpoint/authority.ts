import type { AccessRequest, Caller, HttpRequest } from "../service";

/** Tells who calls and whether they may; the endpoint asks it before every operation. */
export interface Authority {
    /** Throws a ServiceError when the request is signed, but not rightly. */
    authenticate(request: HttpRequest): Caller;
    /** Throws a ServiceError `AccessDeniedException` when the caller may not. */
    authorize(caller: Caller, access: AccessRequest, resourcePolicy?: string): void;
}

/** Takes every request for the developer's and allows it. */
export const developerOnly: Authority = {
    authenticate: () => ({
        kind: "developer",
        arn: "arn:aws:iam::123456789012:user/developer",
        userId: "AIDADEVELOPER",
        accessKeyId: "developer",
    }),
    authorize: () => undefined,
};
