import type { HttpResponse } from "../service";
import type { Authorize } from "./authorizers/authorizer";
import type { ApiDefinition, MethodDefinition } from "./definition";
import type { GatewayResponder } from "./gateway-responses";
import type { Invocation } from "./invocation";
import type { ResourcePolicy } from "./resource-policy";
import type { Router } from "./router";
import type { TextTemplate } from "./text-template";
import type { Throttle } from "./throttle";
import type { RequestValidator } from "./validation";

/** A REST API and its stages. */
export interface Api {
    id: string;
    name: string;
    description?: string;
    rootResourceId: string;
    createdAt: number;
    tags: Record<string, string>;
    disableExecuteApiEndpoint: boolean;
    endpointTypes: string[];
    definition: ApiDefinition;
    deployments: Map<string, Deployment>;
    stages: Map<string, Stage>;
    /** Made from the definition for the first request; dropped when the definition changes. */
    compiled?: CompiledApi;
}

export interface Deployment {
    id: string;
    description?: string;
    createdAt: number;
}

export interface Stage {
    name: string;
    deploymentId: string;
    description?: string;
    variables: Record<string, string>;
    tracing: boolean;
    accessLog?: AccessLog;
    /** By `/orders/{orderId}/GET` (upper-case method), or the `*` + `/*` of the whole stage. */
    methodSettings: Map<string, MethodSettings>;
    /** As declared; traffic is not split, because both deployments are made of the same definition. */
    canarySettings?: Record<string, unknown>;
    createdAt: number;
    tags: Record<string, string>;
}

export interface AccessLog {
    destinationArn: string;
    format: string;
    logGroup: string;
    stream: string;
    line: TextTemplate;
}

export interface MethodSettings {
    /** Absent where the account's limits apply. */
    throttle?: Throttle;
    metricsEnabled: boolean;
    dataTraceEnabled: boolean;
    loggingLevel: string;
}

/** One method of one resource, ready to run. */
export interface Route {
    resourceId: string;
    resourcePath: string;
    method: MethodDefinition;
    /** Undefined for methods that are open to everybody. */
    authorize?: Authorize;
    validate?: RequestValidator;
    integrate: Integrate;
}

/** Asks the backend and answers for it. Throws a GatewayError. */
export type Integrate = (invocation: Invocation) => Promise<HttpResponse>;

export interface CompiledApi {
    /** By HTTP method or `ANY`. */
    router: Router<Map<string, Route>>;
    gatewayResponses: GatewayResponder;
    resourcePolicy?: ResourcePolicy;
    /** What AWS serves and this gateway does not, a sentence for each method. */
    limitations: string[];
}
