import type { Clock } from "../clock";
import type { HttpRequest, HttpResponse, HttpRoute, Materialisers, RestService } from "../service";
import type { Store } from "../store";
import type { Api, CompiledApi } from "./api";
import { type Backends, compileApi } from "./compile";
import type { Destination } from "./invocation";
import { apiGatewayService } from "./management";
import { apiGatewayMaterialisers } from "./materialisers";
import { Pipeline } from "./pipeline";
import type { AwsServiceInvoker, FunctionInvoker, Guard, LogSink, TokenVerifier } from "./ports";
import { UsagePlans } from "./usage-plans";

export interface ApiGatewayOptions {
    clock: Clock;
    region: string;
    account: string;
    functions: FunctionInvoker;
    userPools: TokenVerifier;
    iam: Guard;
    logs: LogSink;
    /** Keeps what was used of quotas. Default: nothing is kept. */
    store?: Store;
    /** Without it, methods that are integrated with services other than Lambda answer 500. */
    awsServices?: AwsServiceInvoker;
}

const LOCAL_PATH = /^\/_api\/([^/]+)\/([^/]+)(\/.*)?$/;
const EXECUTE_API_HOST = /^([a-z0-9]+)\.execute-api\.[^:]+/i;
const HOSTED_PATH = /^\/([^/]+)(\/.*)?$/;

/** API Gateway's REST APIs: serves what is deployed, and the read operations of its own API. */
export class ApiGateway {
    readonly materialisers: Materialisers;
    readonly service: RestService;
    /** `/_api/<apiId>/<stage>/…` on any host, and `/<stage>/…` on `<apiId>.execute-api.…`. */
    readonly route: HttpRoute;
    readonly apis = new Map<string, Api>();
    readonly usagePlans: UsagePlans;
    readonly #backends: Backends;
    readonly #pipeline: Pipeline;

    constructor(options: ApiGatewayOptions) {
        this.#backends = options;
        this.usagePlans = new UsagePlans(options.clock, options.store);
        this.#pipeline = new Pipeline(options, this.usagePlans, options.logs);
        this.materialisers = apiGatewayMaterialisers(this, options.clock);
        this.service = apiGatewayService(this, options.region);
        this.route = (request) => this.#route(request);
    }

    /**
     * Compiles an API unless that is done already.
     * @throws Error naming what in its definition makes no sense.
     */
    compile(api: Api): CompiledApi {
        api.compiled ??= compileApi(api, this.#backends);
        return api.compiled;
    }

    /**
     * What AWS serves of an API and this gateway does not, a sentence for each method; empty for unknown APIs.
     * @param restApiId Of an API that is created as a whole.
     */
    limitationsOf(restApiId: string): string[] {
        const api = this.apis.get(restApiId);
        return api === undefined ? [] : this.compile(api).limitations;
    }

    #route(request: HttpRequest): Promise<HttpResponse> | undefined {
        const local = LOCAL_PATH.exec(request.path);
        if (local !== null) {
            const [, apiId = "", stage = "", path] = local;
            const domainName = `${apiId}.execute-api.${this.#backends.region}.amazonaws.com`;
            return this.#invoke(request, apiId, stage, path, domainName, `/_api/${apiId}`);
        }
        const host = request.headers["host"] ?? "";
        const apiId = EXECUTE_API_HOST.exec(host)?.[1];
        if (apiId === undefined) return undefined;
        const [, stage = "", path] = HOSTED_PATH.exec(request.path) ?? [];
        const domainName = host.replace(/:\d+$/, "");
        return this.#invoke(request, apiId.toLowerCase(), stage, path, domainName, "");
    }

    #invoke(
        request: HttpRequest,
        apiId: string,
        stageName: string,
        path: string | undefined,
        domainName: string,
        prefix: string,
    ): Promise<HttpResponse> {
        const api = this.apis.get(apiId);
        const stage = api?.stages.get(stageName);
        if (api === undefined || stage === undefined) return Promise.resolve(forbidden());
        const destination: Destination = { api, stage, rawPath: path ?? "/", domainName, prefix };
        return this.#pipeline.run(destination, this.compile(api), request);
    }
}

/** No API, or no such stage: there is no definition whose gateway responses could answer. */
function forbidden(): HttpResponse {
    return {
        status: 403,
        headers: { "Content-Type": "application/json", "x-amzn-ErrorType": "ForbiddenException" },
        body: JSON.stringify({ message: "Forbidden" }),
    };
}
