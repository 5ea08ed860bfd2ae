/** What an API declares, however it was declared: by an OpenAPI body or by single resources. */
export interface ApiDefinition {
    /** Patterns such as `image/png` or `*\/*`. */
    binaryMediaTypes: string[];
    apiKeySource: "HEADER" | "AUTHORIZER";
    /** The resource policy as JSON text. */
    policy?: string;
    /** By path: `/`, `/orders/{orderId}`, `/files/{proxy+}`. */
    resources: Map<string, ResourceDefinition>;
    models: Map<string, ModelDefinition>;
    authorizers: Map<string, AuthorizerDefinition>;
    /** By response type: `THROTTLED`, `DEFAULT_4XX` … */
    gatewayResponses: Map<string, GatewayResponseDefinition>;
}

export interface ResourceDefinition {
    id: string;
    path: string;
    /** By HTTP method or `ANY`. */
    methods: Map<string, MethodDefinition>;
}

export interface ModelDefinition {
    id: string;
    name: string;
    contentType: string;
    description?: string;
    /** JSON Schema draft 4; `#/definitions/<name>` refers to the API's other models. */
    schema: Record<string, unknown>;
}

export type AuthorizationType = "NONE" | "AWS_IAM" | "CUSTOM" | "COGNITO_USER_POOLS";

export interface MethodDefinition {
    authorizationType: AuthorizationType;
    /** Name of the authorizer, for `CUSTOM` and `COGNITO_USER_POOLS`. */
    authorizer?: string;
    authorizationScopes: string[];
    apiKeyRequired: boolean;
    operationName?: string;
    /** `method.request.querystring.limit` → whether it is required. */
    requestParameters: Record<string, boolean>;
    /** Content type, or `$default`, → model name. */
    requestModels: Record<string, string>;
    validateRequestBody: boolean;
    validateRequestParameters: boolean;
    integration?: IntegrationDefinition;
}

export type IntegrationType = "AWS" | "AWS_PROXY" | "HTTP" | "HTTP_PROXY" | "MOCK";

export interface IntegrationDefinition {
    type: IntegrationType;
    /** May hold `{parameter}` and `${stageVariables.name}`. */
    uri: string;
    httpMethod: string;
    /** ARN of the role to call the backend with. */
    credentials?: string;
    passthroughBehavior: "WHEN_NO_MATCH" | "WHEN_NO_TEMPLATES" | "NEVER";
    /** Milliseconds. */
    timeoutInMillis: number;
    /** `integration.request.header.x` → where its value comes from. */
    requestParameters: Record<string, string>;
    /** By content type. */
    requestTemplates: Record<string, string>;
    responses: IntegrationResponseDefinition[];
}

export interface IntegrationResponseDefinition {
    /** A regular expression on the backend's status (or the function's error message); absent for the default. */
    selectionPattern?: string;
    statusCode: number;
    /** `method.response.header.x` → where its value comes from. */
    responseParameters: Record<string, string>;
    /** By content type. */
    responseTemplates: Record<string, string>;
}

export interface AuthorizerDefinition {
    id: string;
    name: string;
    type: "TOKEN" | "REQUEST" | "COGNITO_USER_POOLS";
    /** `method.request.header.Authorization`, … */
    identitySource: string[];
    identityValidationExpression?: string;
    authorizerUri?: string;
    authorizerCredentials?: string;
    /** Seconds that an answer is remembered; 0 for never. */
    authorizerResultTtlInSeconds: number;
    providerArns: string[];
}

export interface GatewayResponseDefinition {
    statusCode?: number;
    /** `gatewayresponse.header.x` → where its value comes from. */
    responseParameters: Record<string, string>;
    /** By content type. */
    responseTemplates: Record<string, string>;
}

/** What AWS uses where nothing is said: https://docs.aws.amazon.com/apigateway/latest/developerguide/limits.html */
export const DEFAULT_INTEGRATION_TIMEOUT_MS = 29_000;
export const DEFAULT_AUTHORIZER_TTL_SECONDS = 300;

/** Identity sources are declared as one text, parted by commas. */
export function asIdentitySources(declared: string): string[] {
    return declared.split(",").map((source) => source.trim());
}

export function emptyDefinition(): ApiDefinition {
    return {
        binaryMediaTypes: [],
        apiKeySource: "HEADER",
        resources: new Map(),
        models: new Map(),
        authorizers: new Map(),
        gatewayResponses: new Map(),
    };
}
