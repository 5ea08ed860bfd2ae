import { ServiceError } from "../errors";
import type { JsonObject, RestRequest, RestResponse, RestRoute, RestService } from "../service";
import { ACCOUNT_CONCURRENCY, LEAST_UNRESERVED } from "./concurrency";
import { describeAccount, describeAlias, describeFunction, describeVersion } from "./descriptions";
import type { Lambda } from "./lambda";
import type { FunctionReference, Functions } from "./model";
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
            route("InvokeFunction", "POST", `${functionPath}/invocations`, (request) =>
                invoke(lambda, named(request), request),
            ),
            route("InvokeAsync", "POST", "/2014-11-13/functions/{FunctionName}/invoke-async", (request) => {
                lambda.invokeAsync({ functionArn: named(request).arn, payload: payloadOf(request) });
                return { status: 202, body: { Status: 202 } };
            }),
            route("GetFunction", "GET", functionPath, (request) => {
                const target = named(request);
                const { reservedConcurrency } = target.function;
                return ok({
                    Configuration: describeFunction(target),
                    Code: { RepositoryType: "local", Location: target.function.configuration.taskRoot },
                    ...(reservedConcurrency === undefined
                        ? {}
                        : { Concurrency: { ReservedConcurrentExecutions: reservedConcurrency } }),
                });
            }),
            route("GetFunctionConfiguration", "GET", `${functionPath}/configuration`, (request) =>
                ok(describeFunction(named(request))),
            ),
            route(
                "ListFunctions",
                "GET",
                "/2015-03-31/functions",
                () => ok({ Functions: lambda.functions.latest.map(describeFunction) }),
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
                const reserved = reserve(lambda.functions, named(request), request);
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
                () => ok(describeAccount(lambda.functions)),
                everything,
            ),
        ],
    };
}

/** https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html */
async function invoke(lambda: Lambda, { arn }: FunctionReference, request: RestRequest): Promise<RestResponse> {
    const { headers } = request.context;
    const call = {
        functionArn: arn,
        payload: payloadOf(request),
        clientContext: clientContext(headers),
        traceId: headers["x-amzn-trace-id"],
    };
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
            throw invalid("InvocationType must be Event, RequestResponse or DryRun.");
    }
}

function payloadOf({ body }: RestRequest): string {
    if (body.length === 0) return "{}";
    const text = body.toString("utf8");
    parsed(text);
    return text;
}

function parsed(json: string): unknown {
    try {
        return JSON.parse(json);
    } catch (error) {
        const why = error instanceof Error ? error.message : String(error);
        throw new ServiceError("InvalidRequestContentException", `Could not parse request body into json: ${why}`);
    }
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

/** https://docs.aws.amazon.com/lambda/latest/api/API_PutFunctionConcurrency.html */
function reserve(functions: Functions, { function: fn }: FunctionReference, { body }: RestRequest): number {
    const input = parsed(body.toString("utf8"));
    const wanted: unknown = Reflect.get(Object(input), "ReservedConcurrentExecutions");
    if (typeof wanted !== "number" || !Number.isInteger(wanted) || wanted < 0) {
        throw invalid("ReservedConcurrentExecutions must be a whole number, 0 or more.");
    }
    const others = functions.reservedConcurrency - (fn.reservedConcurrency ?? 0);
    if (ACCOUNT_CONCURRENCY - others - wanted < LEAST_UNRESERVED) {
        throw invalid(
            "Specified ReservedConcurrentExecutions for function decreases account's UnreservedConcurrentExecution " +
                `below its minimum value of [${LEAST_UNRESERVED}].`,
        );
    }
    fn.reservedConcurrency = wanted;
    return wanted;
}

function invalid(message: string): ServiceError {
    return new ServiceError("InvalidParameterValueException", message);
}

function notFound(message: string): ServiceError {
    return new ServiceError("ResourceNotFoundException", message, 404);
}
