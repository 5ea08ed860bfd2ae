import { ARCHIVE, type Resource } from "../../graph/model";
import { ServiceError } from "../errors";
import type { PermissionStatement } from "./resource-policy";
import type { LogLevel } from "./runtime/messages";

/** One function with its settings; all versions of it run the same code here, as there is no second deployment. */
export interface FunctionConfiguration {
    name: string;
    arn: string;
    /** `$LATEST`, or the number that was published. */
    version: string;
    /** Folder that holds the code. */
    taskRoot: string;
    handler: string;
    runtime: string;
    /** `arm64`, `x86_64` */
    architecture: string;
    memoryMb: number;
    timeoutSeconds: number;
    environment: Record<string, string>;
    roleArn: string;
    logGroupName: string;
    jsonLogs: boolean;
    /** What is less important is not logged; only JSON logs have levels. */
    applicationLogLevel?: LogLevel;
    systemLogLevel?: LogLevel;
    /** `Active`, `PassThrough` */
    tracingMode: string;
    /** Queue or topic for events whose asynchronous invocation failed. */
    deadLetterArn?: string;
    description: string;
    /** Why it cannot run here; undefined where it can. */
    notRunnable?: string;
    lastModified: number;
}

export interface Alias {
    name: string;
    arn: string;
    functionVersion: string;
    /** Shares of the traffic that other versions get. */
    weights: Record<string, number>;
}

/** What becomes of asynchronous invocations. */
export interface EventInvokeConfig {
    /** Default 2. */
    maximumRetryAttempts: number;
    /** Default six hours. */
    maximumEventAgeSeconds: number;
    onSuccess?: string;
    onFailure?: string;
}

/** A function and everything about it, by what refers to it. */
export interface LambdaFunction {
    configuration: FunctionConfiguration;
    aliases: Map<string, Alias>;
    /** Statements of the resource policy by qualifier; "" is the function itself. */
    permissions: Map<string, PermissionStatement[]>;
    /** By qualifier, as well. */
    eventInvokeConfigs: Map<string, EventInvokeConfig>;
    reservedConcurrency?: number;
}

/** A function as it was called: `fn`, `fn:live`, or an ARN of either. */
export interface FunctionReference {
    function: LambdaFunction;
    /** Name of an alias, number of a version, or "" where none was given. */
    qualifier: string;
    /** ARN with the qualifier. */
    arn: string;
    /** The version that the qualifier stands for; see {@link routedVersion} for aliases that stand for several. */
    version: string;
}

export function resourceNotFound(what: string): ServiceError {
    return new ServiceError("ResourceNotFoundException", `Function not found: ${what}`, 404);
}

/** The functions of the account. */
export class Functions {
    readonly #byName = new Map<string, LambdaFunction>();

    constructor(
        private readonly region: string,
        private readonly account: string,
    ) {}

    /** Adds a function, or gives the one of this name another configuration. */
    put(configuration: FunctionConfiguration, reservedConcurrency?: number): void {
        const before = this.#byName.get(configuration.name);
        this.#byName.set(configuration.name, {
            configuration,
            aliases: before?.aliases ?? new Map(),
            permissions: before?.permissions ?? new Map(),
            eventInvokeConfigs: before?.eventInvokeConfigs ?? new Map(),
            reservedConcurrency,
        });
    }

    remove(name: string): void {
        this.#byName.delete(name);
    }

    get all(): LambdaFunction[] {
        return [...this.#byName.values()];
    }

    /** Every function as it is called by its name alone. */
    get latest(): FunctionReference[] {
        return [...this.#byName.keys()].map((name) => this.find(name));
    }

    /** What all functions have reserved. */
    get reservedConcurrency(): number {
        return this.all.reduce((sum, { reservedConcurrency = 0 }) => sum + reservedConcurrency, 0);
    }

    /** The function of a name or ARN; undefined where there is none. */
    get(reference: unknown): LambdaFunction | undefined {
        const name = /^(?:.*:function:)?([\w-]+)/.exec(String(reference))?.[1] ?? "";
        return this.#byName.get(name);
    }

    /**
     * Takes a name, a partial ARN or an ARN, with or without a qualifier:
     * https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html
     * @throws ServiceError ResourceNotFoundException, InvalidParameterValueException
     */
    find(reference: string, separateQualifier?: string): FunctionReference {
        const match =
            /^(?:arn:aws[\w-]*:lambda:[\w-]+:)?(?:\d{12}:)?(?:function:)?([\w-]+)(?::(\$LATEST|[\w-]+))?$/.exec(
                reference,
            );
        const [, name = "", ownQualifier = ""] = match ?? [];
        if (separateQualifier !== undefined && ownQualifier !== "" && separateQualifier !== ownQualifier) {
            throw new ServiceError(
                "InvalidParameterValueException",
                "The derived qualifier from the function name does not match the specified qualifier.",
            );
        }
        const qualifier = separateQualifier ?? ownQualifier;
        const found = this.#byName.get(name);
        const bare = `arn:aws:lambda:${this.region}:${this.account}:function:${name}`;
        const arn = qualifier === "" ? bare : `${bare}:${qualifier}`;
        if (found === undefined) throw resourceNotFound(match === null ? reference : arn);
        const version = versionOf(found, qualifier);
        if (version === undefined) throw resourceNotFound(arn);
        return { function: found, qualifier, arn, version };
    }
}

function versionOf({ configuration, aliases }: LambdaFunction, qualifier: string): string | undefined {
    if (qualifier === "" || qualifier === "$LATEST") return "$LATEST";
    return aliases.get(qualifier)?.functionVersion ?? (qualifier === configuration.version ? qualifier : undefined);
}

/**
 * The version that one invocation runs: an alias sends shares of them to other versions.
 * https://docs.aws.amazon.com/lambda/latest/dg/configuring-alias-routing.html
 * @param chance 0 to 1, evenly distributed.
 */
export function routedVersion({ function: fn, qualifier, version }: FunctionReference, chance: number): string {
    let left = chance;
    for (const [other, weight] of Object.entries(fn.aliases.get(qualifier)?.weights ?? {})) {
        if (left < weight) return other;
        left -= weight;
    }
    return version;
}

/** Why this machine cannot run a function; undefined where it can. */
export function whyNotRunnable({ inputs }: Pick<Resource, "inputs">): string | undefined {
    const { packageType, runtime, s3Bucket, code } = inputs;
    if (packageType === "Image") return "container images do not run locally";
    const name = typeof runtime === "string" ? runtime : "";
    if (!name.startsWith("nodejs")) return `the runtime ${name || "(none)"} does not run locally; Node.js does`;
    if (s3Bucket !== undefined || isRemoteArchive(code)) return "its code is not on this machine";
    return undefined;
}

/** What of a function has no effect here, in words for its user; undefined where it runs as on AWS. */
export function limitationOf(resource: Pick<Resource, "inputs">): string | undefined {
    const { layers } = resource.inputs;
    const hasLayers = Array.isArray(layers) && layers.length > 0;
    return whyNotRunnable(resource) ?? (hasLayers ? "it runs without its layers" : undefined);
}

function isRemoteArchive(code: unknown): boolean {
    return typeof Reflect.get(Object(Reflect.get(Object(code), ARCHIVE)), "uri") === "string";
}
