/** Why the gateway answers by itself, without or instead of the backend. */
export type ResponseType = keyof typeof RESPONSE_TYPES;

/**
 * Default status and error name of each type.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/supported-gateway-response-types.html
 */
export const RESPONSE_TYPES = {
    ACCESS_DENIED: { status: 403, error: "AccessDeniedException" },
    API_CONFIGURATION_ERROR: { status: 500, error: "InternalServerErrorException" },
    AUTHORIZER_CONFIGURATION_ERROR: { status: 500, error: "AuthorizerConfigurationException" },
    AUTHORIZER_FAILURE: { status: 500, error: "AuthorizerFailureException" },
    BAD_REQUEST_BODY: { status: 400, error: "BadRequestException" },
    BAD_REQUEST_PARAMETERS: { status: 400, error: "BadRequestException" },
    DEFAULT_4XX: { status: 400, error: "BadRequestException" },
    DEFAULT_5XX: { status: 500, error: "InternalServerErrorException" },
    EXPIRED_TOKEN: { status: 403, error: "ExpiredTokenException" },
    INTEGRATION_FAILURE: { status: 504, error: "InternalServerErrorException" },
    INTEGRATION_TIMEOUT: { status: 504, error: "InternalServerErrorException" },
    INVALID_API_KEY: { status: 403, error: "ForbiddenException" },
    INVALID_SIGNATURE: { status: 403, error: "InvalidSignatureException" },
    MISSING_AUTHENTICATION_TOKEN: { status: 403, error: "MissingAuthenticationTokenException" },
    QUOTA_EXCEEDED: { status: 429, error: "LimitExceededException" },
    REQUEST_TOO_LARGE: { status: 413, error: "RequestTooLargeException" },
    RESOURCE_NOT_FOUND: { status: 404, error: "NotFoundException" },
    THROTTLED: { status: 429, error: "TooManyRequestsException" },
    UNAUTHORIZED: { status: 401, error: "UnauthorizedException" },
    UNSUPPORTED_MEDIA_TYPE: { status: 415, error: "UnsupportedMediaTypeException" },
    WAF_FILTERED: { status: 403, error: "ForbiddenException" },
} as const;

/** Ends a request with a gateway response. */
export class GatewayError extends Error {
    readonly status: number;
    readonly validationErrorString?: string;

    /**
     * @param text What the client reads; null where API Gateway gives no reason.
     * @param detail Another status than the type's own, and what the validator found.
     */
    constructor(
        readonly responseType: ResponseType,
        readonly text: string | null,
        detail: { status?: number; validationErrorString?: string } = {},
    ) {
        super(text ?? responseType);
        this.name = RESPONSE_TYPES[responseType].error;
        this.status = detail.status ?? RESPONSE_TYPES[responseType].status;
        this.validationErrorString = detail.validationErrorString;
    }
}

export function isResponseType(name: string): name is ResponseType {
    return Object.hasOwn(RESPONSE_TYPES, name);
}

/** API Gateway's one message for whatever goes wrong behind it. */
export const INTERNAL_ERROR = "Internal server error";
