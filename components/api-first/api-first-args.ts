import * as pulumi from "@pulumi/pulumi";

import type { EventBus } from "../building-blocks/event-bus";
import type { Protection } from "../building-blocks/protection";
import type { Tags } from "../building-blocks/tags";
import type { AuthenticationKind } from "./authentication";

/** Requests per second, and how many may come at once. */
export interface Throttle {
    rate: number;
    burst: number;
}

export interface ApiFirstArgs {
    /** How callers prove who they are. */
    auth: AuthenticationKind;
    /** For `auth: "lambda"`: whose tokens are accepted. Default: those of a user pool made here. */
    authorizer?: { issuer: string; audience?: string };
    /** Limits of the whole stage. */
    throttle: Throttle;
    /** Limits of single routes, by `POST /v1/orders`. */
    routeThrottle: Record<string, Throttle>;
    /** For `auth: "apiKey"`: names of the keys to make. */
    apiKeys: string[];
    /** For `auth: "apiKey"`: how many requests each key may make in a period. */
    quota: { limit: number; period: "DAY" | "WEEK" | "MONTH" };
    /** Origins whose pages may call the API; `*` for all. */
    corsOrigins: string[];
    /** Largest request body, KiB. */
    bodyLimitKiB: number;
    /** Concurrent executions kept for each function. Default: 20 in protected stacks, else unreserved. */
    reservedConcurrency?: number;
    /** Execution environments kept warm for each function; 0 is none. */
    provisionedConcurrency: number;
    /** A domain of your own. Default: none. */
    domain?: { name: string; zoneId: string; certificateArn?: string };
    /** AWS WAF in front of the stage. */
    waf: boolean;
    /** Give API Gateway its role for logs, of which an account has one per region. */
    accountLogRole: boolean;
    /** Where the API tells what happens to orders. */
    bus: EventBus;
    protection: Protection;
    /** Value of the tag `owner`. */
    owner: string;
}

/** What every function of the architecture is made with. */
export interface FunctionDefaults {
    tags: Tags;
    logRetentionDays: number;
    reservedConcurrency?: number;
    provisionedConcurrency?: number;
    deadLetters?: pulumi.Input<string>;
}

/** @throws Error naming the argument that makes no sense, and what is allowed. */
export function validateArgs(name: string, args: ApiFirstArgs, routes: string[]): void {
    const refuse = (problem: string): never => {
        throw new pulumi.RunError(`ApiFirst "${name}": ${problem}`);
    };
    for (const route of Object.keys(args.routeThrottle)) {
        if (!routes.includes(route)) refuse(`routeThrottle names "${route}"; its routes are ${routes.join(", ")}.`);
    }
    if (args.authorizer !== undefined && args.auth !== "lambda") {
        refuse(`authorizer goes with auth "lambda", but auth is "${args.auth}".`);
    }
    if (args.auth === "apiKey" && args.apiKeys.length === 0)
        refuse('auth "apiKey" needs at least one name in apiKeys.');
}
