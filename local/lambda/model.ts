import type { Resource } from "../../graph/model";
import { ServiceError } from "../errors";

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
    description: string;
    /** Why it cannot run here; undefined where it can. */
    notRunnable?: string;
    lastModified: number;
    codeSize: number;
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
    permissions: Map<string, object[]>;
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
    /** The version that the qualifier stands for. */
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

    add(configuration: FunctionConfiguration, reservedConcurrency?: number): void {
        this.#byName.set(configuration.name, {
            configuration,
            aliases: new Map(),
            permissions: new Map(),
            eventInvokeConfigs: new Map(),
            reservedConcurrency,
        });
    }

    get all(): LambdaFunction[] {
        return [...this.#byName.values()];
    }

    /**
     * Takes a name, a partial ARN or an ARN, with or without a qualifier:
     * https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html
     * @throws ServiceError ResourceNotFoundException
     */
    find(reference: string, separateQualifier?: string): FunctionReference {
        const match =
            /^(?:arn:aws[\w-]*:lambda:[\w-]+:)?(?:\d{12}:)?(?:function:)?([\w-]+)(?::(\$LATEST|[\w-]+))?$/.exec(
                reference,
            );
        const [, name = "", ownQualifier = ""] = match ?? [];
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

/** Why this machine cannot run a function; undefined where it can. */
export function whyNotRunnable(resource: Pick<Resource, "inputs">): string | undefined {
    const { packageType, runtime } = resource.inputs;
    if (packageType === "Image") return "container images do not run locally";
    const name = typeof runtime === "string" ? runtime : "";
    return name.startsWith("nodejs") ? undefined : `the runtime ${name || "(none)"} does not run locally; Node.js does`;
}
