import type { Resource } from "../graph/model";
import type { ServiceError } from "./errors";

/** Who makes a request. */
export interface Caller {
    /**
     * `developer`: any access key that this cloud did not issue; may do everything, like an account's administrator.
     * `role`: a session of an IAM role of the graph. `user`: an IAM user of the graph. `anonymous`: no signature.
     */
    kind: "developer" | "role" | "user" | "anonymous";
    /** `arn:aws:iam::…:user/developer`, `arn:aws:sts::…:assumed-role/<role>/<session>`, …; empty when anonymous. */
    arn: string;
    /** ARN of the role or user whose policies apply; absent for the developer and for anonymous callers. */
    principalArn?: string;
    /** `AIDA…`, or `AROA…:session` for a role; empty when anonymous. */
    userId: string;
    accessKeyId: string;
}

/** What surrounds one request. */
export interface RequestContext {
    caller: Caller;
    requestId: string;
    region: string;
    account: string;
    /** Lower-case names. */
    headers: Record<string, string>;
    sourceIp: string;
    /** Awaits what only the clock can bring about, a long poll's end: meanwhile the request is no activity. */
    waitForClock<T>(promise: Promise<T>): Promise<T>;
}

/** One thing that the caller must be allowed to do. */
export interface AccessRequest {
    /** `dynamodb:PutItem` */
    action: string;
    /** ARN, or `*` where the action has no resource. */
    resource: string;
    /** Condition keys of the service, `dynamodb:LeadingKeys` for instance. */
    conditions?: Record<string, string[]>;
    /** The resource's own policy, which may allow or deny it too. */
    resourcePolicy?: string;
}

export type JsonObject = Record<string, unknown>;

/** One operation of a service's API. */
export interface Operation {
    /**
     * What the caller's policies must allow. `public` marks the operations that AWS serves unsigned
     * (Cognito's `SignUp`, for example).
     */
    access: "public" | ((input: JsonObject, context: RequestContext) => AccessRequest[]);
    run(input: JsonObject, context: RequestContext): JsonObject | Promise<JsonObject>;
}

/** A service whose operations are named by the header `x-amz-target`. */
export interface JsonService {
    protocol: "json";
    /** The service's name in a SigV4 credential scope: `dynamodb`. */
    signingName: string;
    /** `DynamoDB_20120810` in `x-amz-target: DynamoDB_20120810.PutItem`. */
    targetPrefix: string;
    contentType: "application/x-amz-json-1.0" | "application/x-amz-json-1.1";
    operations: Record<string, Operation>;
    /** Headers that say more of an error. Default: none. */
    errorHeaders?: (error: ServiceError) => Record<string, string>;
}

/** A service whose operations are named by the form parameter `Action`; it answers in XML. */
export interface QueryService {
    protocol: "query";
    signingName: string;
    xmlNamespace: string;
    operations: Record<string, Operation>;
}

/** An HTTP request to a service whose operations are named by method and path. */
export interface RestRequest {
    method: string;
    /** Decoded values of the route's `{name}` parts. */
    path: Record<string, string>;
    query: URLSearchParams;
    body: Buffer;
    context: RequestContext;
}

export interface RestResponse {
    status: number;
    headers?: Record<string, string>;
    /** An object is sent as JSON. */
    body?: JsonObject | Buffer;
}

export interface RestRoute {
    method: string;
    /** `/2015-03-31/functions/{FunctionName}/invocations`; a last `{name+}` takes the rest of the path. */
    path: string;
    access(request: RestRequest): AccessRequest[];
    run(request: RestRequest): RestResponse | Promise<RestResponse>;
}

export interface RestService {
    protocol: "rest";
    signingName: string;
    routes: RestRoute[];
}

/** A service with a protocol of its own: S3. */
export interface HttpService {
    protocol: "http";
    signingName: string;
    /** Whether an unsigned request is for it. */
    claims?(request: HttpRequest): boolean;
    /** @param guard Throws a ServiceError when the caller may not do one of these. */
    answer(
        request: HttpRequest,
        context: RequestContext,
        guard: (access: AccessRequest[]) => void,
    ): Promise<HttpResponse>;
}

export type AwsService = JsonService | QueryService | RestService | HttpService;

/** Requests under a path of the endpoint that are no AWS API calls: deployed REST APIs, a user pool's JWKS … */
export interface HttpRequest {
    method: string;
    /** Undecoded path, without the query. */
    path: string;
    /** Undecoded query string without `?`. */
    query: string;
    /** In the order received, names as sent. */
    rawHeaders: string[];
    /** Lower-case names; repeated headers joined by `, `. */
    headers: Record<string, string>;
    body: Buffer;
    sourceIp: string;
}

export interface HttpResponse {
    status: number;
    /** A list of values sends the header several times. */
    headers: Record<string, string | string[]>;
    body: string | Buffer;
}

/** Returns undefined where the request is not for it. */
export type HttpRoute = (request: HttpRequest) => Promise<HttpResponse> | undefined;

/**
 * Makes the resources of one type exist in the local cloud. Its methods throw an Error with a clear message where an
 * input makes no sense.
 */
export interface Materialiser {
    /**
     * What is made belongs to the user from then on, as an item of a table does: where state was kept, it is not made
     * a second time. Default false.
     */
    once?: boolean;
    /**
     * Names what the resource is a part of. Where one part changes, comes or goes, all of them are created anew, in
     * their order: for what makes sense only as a whole and holds no state of its own.
     */
    partOf?(resource: Resource): string;
    /**
     * Called once its dependencies exist. State that was kept for it from an earlier run is taken over, not made anew:
     * the messages of a queue, the items of a table.
     */
    create(resource: Resource): void | Promise<void>;
    /** Applies changed inputs to a resource that keeps its state. Default: it is deleted, then created. */
    update?(resource: Resource, old: Resource): void | Promise<void>;
    /** Ends it and what it holds, kept state included. Called before its dependencies are deleted. */
    delete(resource: Resource): void | Promise<void>;
}

/** By Pulumi type, `aws:dynamodb/table:Table`. */
export type Materialisers = Record<string, Materialiser>;
