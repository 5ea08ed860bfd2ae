import { ServiceError } from "../errors";
import type { JsonObject, RestRequest, RestResponse, RestRoute, RestService } from "../service";
import { ACCOUNT_CONCURRENCY } from "./concurrency";
import type { Lambda } from "./lambda";
import type { FunctionConfiguration, FunctionReference } from "./model";
import { resourcePolicyOf } from "./resource-policy";

/** Lambda's API: https://docs.aws.amazon.com/lambda/latest/api/API_Operations.html */
export function lambdaService(lambda: Lambda, place: { region: string; account: string }): RestService {
    const named = (request: RestRequest): FunctionReference =>
        lambda.functions.find(request.path["FunctionName"] ?? "", request.query.get("Qualifier") ?? undefined);
    const prefix = `arn:aws:lambda:${place.region}:${place.account}:function:`;
    /** The ARN that a policy must name, known even where there is no such function. */
    const arnOf = (request: RestRequest): string => {
        const reference = request.path["FunctionName"] ?? "";
        const qualifier = request.query.get("Qualifier");
        const bare = reference.startsWith("arn:")
            ? reference
            : prefix + reference.replace(/^(\d{12}:)?(function:)?/, "");
        return qualifier === null ? bare : `${bare}:${qualifier}`;
    };
    const route = (
        action: string,
        method: string,
        path: string,
        run: (request: RestRequest) => RestResponse | Promise<RestResponse>,
        resource: (request: RestRequest) => string = arnOf,
    ): RestRoute => ({
        method,
        path,
        access: (request) => [{ action: `lambda:${action}`, resource: resource(request) }],
        run,
    });
    const everything = (): string => "*";
    const functionPath = "/2015-03-31/functions/{FunctionName}";
    const ok = (body: JsonObject): RestResponse => ({ status: 200, body });

    return {
        protocol: "rest",
        signingName: "lambda",
        routes: [
            route("InvokeFunction", "POST", `${functionPath}/invocations`, (request) => invoke(lambda, request)),
            route("InvokeAsync", "POST", "/2014-11-13/functions/{FunctionName}/invoke-async", (request) => {
                lambda.invokeAsync({ functionArn: named(request).arn, payload: payloadOf(request) });
                return { status: 202, body: { Status: 202 } };
            }),
            route("GetFunction", "GET", functionPath, (request) => {
                const target = named(request);
                const { reservedConcurrency } = target.function;
                return ok({
                    Configuration: describe(target),
                    Code: { RepositoryType: "local", Location: target.function.configuration.taskRoot },
                    ...(reservedConcurrency === undefined
                        ? {}
                        : { Concurrency: { ReservedConcurrentExecutions: reservedConcurrency } }),
                });
            }),
            route("GetFunctionConfiguration", "GET", `${functionPath}/configuration`, (request) =>
                ok(describe(named(request))),
            ),
            route(
                "ListFunctions",
                "GET",
                "/2015-03-31/functions",
                () => ok({ Functions: lambda.functions.all.map(latest) }),
                everything,
            ),
            route("ListVersionsByFunction", "GET", `${functionPath}/versions`, (request) => {
                const { configuration } = named(request).function;
                const versions = [...new Set(["$LATEST", configuration.version])];
                return ok({ Versions: versions.map((version) => describeVersion(configuration, version)) });
            }),
            route("ListAliases", "GET", `${functionPath}/aliases`, (request) =>
                ok({ Aliases: [...named(request).function.aliases.values()].map(describeAlias) }),
            ),
            route("GetAlias", "GET", `${functionPath}/aliases/{Name}`, (request) => {
                const { function: fn, arn } = named(request);
                const alias = fn.aliases.get(request.path["Name"] ?? "");
                if (alias === undefined) throw notFound(`Cannot find alias arn: ${arn}:${request.path["Name"]}`);
                return ok(describeAlias(alias));
            }),
            route("GetPolicy", "GET", `${functionPath}/policy`, (request) => {
                const { function: fn, qualifier } = named(request);
                const policy = resourcePolicyOf(fn, qualifier);
                if (policy === undefined) throw notFound("The resource you requested does not exist.");
                return ok({ Policy: policy, RevisionId: "1" });
            }),
            route("GetFunctionConcurrency", "GET", "/2019-09-30/functions/{FunctionName}/concurrency", (request) => {
                const { reservedConcurrency } = named(request).function;
                return ok(
                    reservedConcurrency === undefined ? {} : { ReservedConcurrentExecutions: reservedConcurrency },
                );
            }),
            route("PutFunctionConcurrency", "PUT", "/2017-10-31/functions/{FunctionName}/concurrency", (request) => {
                const reserved = reservedIn(request);
                named(request).function.reservedConcurrency = reserved;
                return ok({ ReservedConcurrentExecutions: reserved });
            }),
            route(
                "DeleteFunctionConcurrency",
                "DELETE",
                "/2017-10-31/functions/{FunctionName}/concurrency",
                (request) => {
                    named(request).function.reservedConcurrency = undefined;
                    return { status: 204 };
                },
            ),
            route(
                "GetAccountSettings",
                "GET",
                "/2016-08-19/account-settings",
                () => ok(accountSettings(lambda)),
                everything,
            ),
        ],
    };
}

/** https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html */
async function invoke(lambda: Lambda, request: RestRequest): Promise<RestResponse> {
    const { headers } = request.context;
    const target = lambda.functions.find(
        request.path["FunctionName"] ?? "",
        request.query.get("Qualifier") ?? undefined,
    );
    const call = { functionArn: target.arn, payload: payloadOf(request), clientContext: clientContext(headers) };
    switch (headers["x-amz-invocation-type"] ?? "RequestResponse") {
        case "DryRun":
            return { status: 204 };
        case "Event":
            lambda.invokeAsync(call);
            return { status: 202 };
        case "RequestResponse": {
            const { payload, functionError, executedVersion, logTail } = await lambda.invoke(call);
            return {
                status: 200,
                headers: {
                    "x-amz-executed-version": executedVersion,
                    ...(functionError === undefined ? {} : { "x-amz-function-error": functionError }),
                    ...(headers["x-amz-log-type"] === "Tail" ? { "x-amz-log-result": lastLines(logTail) } : {}),
                },
                body: Buffer.from(payload),
            };
        }
        default:
            throw new ServiceError(
                "InvalidParameterValueException",
                "InvocationType must be Event, RequestResponse or DryRun.",
            );
    }
}

function payloadOf({ body }: RestRequest): string {
    if (body.length === 0) return "{}";
    const text = body.toString("utf8");
    try {
        JSON.parse(text);
    } catch {
        throw new ServiceError("InvalidRequestContentException", "Could not parse request body into json.");
    }
    return text;
}

function clientContext(headers: Record<string, string>): string | undefined {
    const encoded = headers["x-amz-client-context"];
    return encoded === undefined ? undefined : Buffer.from(encoded, "base64").toString("utf8");
}

/** The last 4 KB, in base64. */
function lastLines(lines: string[]): string {
    return Buffer.from(lines.map((line) => (line.endsWith("\n") ? line : `${line}\n`)).join(""))
        .subarray(-4096)
        .toString("base64");
}

function describe({ function: fn, qualifier, version }: FunctionReference): JsonObject {
    return describeVersion(fn.configuration, qualifier === "" ? "$LATEST" : version);
}

function latest({ configuration }: { configuration: FunctionConfiguration }): JsonObject {
    return describeVersion(configuration, "$LATEST");
}

function describeVersion(configuration: FunctionConfiguration, version: string): JsonObject {
    return {
        FunctionName: configuration.name,
        FunctionArn: version === "$LATEST" ? configuration.arn : `${configuration.arn}:${version}`,
        Runtime: configuration.runtime,
        Role: configuration.roleArn,
        Handler: configuration.handler,
        CodeSize: configuration.codeSize,
        Description: configuration.description,
        Timeout: configuration.timeoutSeconds,
        MemorySize: configuration.memoryMb,
        LastModified: new Date(configuration.lastModified).toISOString().replace("Z", "+0000"),
        Version: version,
        Environment: { Variables: configuration.environment },
        TracingConfig: { Mode: "Active" },
        State: "Active",
        LastUpdateStatus: "Successful",
        PackageType: "Zip",
        Architectures: [configuration.architecture],
        LoggingConfig: {
            LogFormat: configuration.jsonLogs ? "JSON" : "Text",
            LogGroup: configuration.logGroupName,
        },
    };
}

function describeAlias(alias: {
    name: string;
    arn: string;
    functionVersion: string;
    weights: Record<string, number>;
}): JsonObject {
    return {
        Name: alias.name,
        AliasArn: alias.arn,
        FunctionVersion: alias.functionVersion,
        Description: "",
        ...(Object.keys(alias.weights).length === 0
            ? {}
            : { RoutingConfig: { AdditionalVersionWeights: alias.weights } }),
        RevisionId: "1",
    };
}

function reservedIn({ body }: RestRequest): number {
    const parsed = JSON.parse(body.toString("utf8") || "{}") as { ReservedConcurrentExecutions?: unknown };
    const reserved = Number(parsed.ReservedConcurrentExecutions);
    if (Number.isInteger(reserved) && reserved >= 0 && reserved <= ACCOUNT_CONCURRENCY - 100) return reserved;
    throw new ServiceError(
        "InvalidParameterValueException",
        "ReservedConcurrentExecutions must be 0 to 900: at least 100 of the account's must stay unreserved.",
    );
}

function accountSettings(lambda: Lambda): JsonObject {
    const reserved = lambda.functions.all.reduce((sum, fn) => sum + (fn.reservedConcurrency ?? 0), 0);
    return {
        AccountLimit: {
            ConcurrentExecutions: ACCOUNT_CONCURRENCY,
            UnreservedConcurrentExecutions: ACCOUNT_CONCURRENCY - reserved,
            TotalCodeSize: 80_530_636_800,
        },
        AccountUsage: { FunctionCount: lambda.functions.all.length, TotalCodeSize: 0 },
    };
}

function notFound(message: string): ServiceError {
    return new ServiceError("ResourceNotFoundException", message, 404);
}
