import { randomUUID } from "node:crypto";

import type { Graph } from "../graph/model";
import { ApiGateway } from "./apigateway";
import { type Clock, RealClock } from "./clock";
import { Cognito } from "./cognito";
import { DynamoDb } from "./dynamodb";
import { type Endpoint, startEndpoint } from "./endpoint/server";
import { Iam } from "./iam";
import { Lambda, limitationOf } from "./lambda";
import { Logs } from "./logs";
import { materialise, type NotRun } from "./materialise";
import type { AwsService, JsonObject, Materialisers } from "./service";
import { Sts } from "./sts";
import { triggersOf } from "./triggers";

export interface LocalCloudOptions {
    region: string;
    account: string;
    /** 0 takes any free port. Default 4566. */
    port?: number;
    /** Default: the machine's own time. */
    clock?: Clock;
}

/** Port that local AWS clouds are usually found at. */
export const DEFAULT_PORT = 4566;

/**
 * AWS on this machine, as far as graphs need it: one endpoint for every service's API, empty until a graph is run.
 */
export class LocalCloud {
    readonly clock: Clock;
    readonly logs: Logs;
    readonly iam: Iam;
    readonly dynamoDb: DynamoDb;
    readonly lambda: Lambda;
    readonly cognito: Cognito;
    readonly apiGateway: ApiGateway;
    readonly #options: LocalCloudOptions;
    readonly #sts: Sts;
    readonly #materialisers: Materialisers;
    #endpoint: Endpoint | undefined;

    /** @throws PortError when the port is taken. */
    static async start(options: LocalCloudOptions): Promise<LocalCloud> {
        const cloud = new LocalCloud(options);
        await cloud.#listen();
        return cloud;
    }

    private constructor(options: LocalCloudOptions) {
        this.#options = options;
        this.clock = options.clock ?? new RealClock();
        const shared = { clock: this.clock, region: options.region, account: options.account };
        this.logs = new Logs(shared);
        this.iam = new Iam(shared);
        this.#sts = new Sts({ iam: this.iam, account: options.account });
        this.dynamoDb = new DynamoDb(shared);
        this.lambda = new Lambda({ ...shared, iam: this.iam, logs: this.logs, endpoint: () => this.url });
        this.cognito = new Cognito({ ...shared, functions: triggersOf("cognito-idp.amazonaws.com", this.lambda) });
        this.apiGateway = new ApiGateway({
            ...shared,
            iam: this.iam,
            logs: this.logs,
            functions: this.lambda,
            userPools: this.cognito,
        });
        this.#materialisers = {
            ...this.logs.materialisers,
            ...this.iam.materialisers,
            ...this.dynamoDb.materialisers,
            ...this.lambda.materialisers,
            ...this.cognito.materialisers,
            ...this.apiGateway.materialisers,
        };
    }

    /** `http://127.0.0.1:<port>` */
    get url(): string {
        if (this.#endpoint === undefined) throw new Error("The local cloud is not listening.");
        return this.#endpoint.url;
    }

    get port(): number {
        return Number(new URL(this.url).port);
    }

    /**
     * Creates what a graph declares and returns what it declares but this cloud does not run.
     * @param directory The program's folder, which relative paths of its assets start from.
     */
    async run(graph: Graph, directory: string): Promise<NotRun[]> {
        const missing = await materialise(graph, directory, this.#materialisers);
        return [...missing, ...this.#partlyRun(graph)];
    }

    /** What exists here, but does not do what it does on AWS. */
    #partlyRun(graph: Graph): NotRun[] {
        return graph.resources.flatMap((resource) => {
            if (resource.type === "aws:lambda/function:Function") {
                const reason = limitationOf(resource);
                return reason === undefined ? [] : [{ resource, reason }];
            }
            if (resource.type === "aws:apigateway/stage:Stage") {
                const reasons = this.apiGateway.limitationsOf(String(resource.inputs["restApi"]));
                return reasons.map((reason) => ({ resource, reason }));
            }
            const { policyArn, managedPolicyArns } = resource.inputs;
            const unknown = [policyArn, managedPolicyArns]
                .flat()
                .filter((arn) => typeof arn === "string" && this.iam.unknownManagedPolicies.includes(arn));
            return unknown.map((arn) => ({
                resource,
                reason: `what ${arn} allows is not known here, so it allows nothing`,
            }));
        });
    }

    /**
     * Calls an operation of a service as the account's administrator, without the way over HTTP.
     * @param service Its name in a SigV4 credential scope: `cognito-idp`.
     */
    async call(service: string, operation: string, input: JsonObject): Promise<JsonObject> {
        const found = this.#services().find((each) => each.signingName === service);
        const called = found?.protocol === "json" ? found.operations[operation] : undefined;
        if (called === undefined) throw new Error(`The local cloud has no operation ${operation} of ${service}.`);
        return called.run(input, {
            caller: this.iam.developer,
            requestId: randomUUID(),
            region: this.#options.region,
            account: this.#options.account,
            headers: {},
            sourceIp: "127.0.0.1",
        });
    }

    /** Where the local endpoint serves what AWS serves at this URL; other URLs stay as they are. */
    localUrl(url: string): string {
        const api = /^https:\/\/([a-z0-9]+)\.execute-api\.[^/]+(\/.*)?$/.exec(url);
        return api === null ? url : `${this.url}/_api/${api[1] ?? ""}${api[2] ?? ""}`;
    }

    /** Stops serving, ends running functions and removes temporary files. */
    async close(): Promise<void> {
        await this.#endpoint?.close();
        await this.lambda.close();
        await this.dynamoDb.close();
    }

    async #listen(): Promise<void> {
        this.#endpoint = await startEndpoint({
            port: this.#options.port ?? DEFAULT_PORT,
            region: this.#options.region,
            account: this.#options.account,
            iam: this.iam,
            services: this.#services(),
            routes: [this.apiGateway.route, this.cognito.route],
        });
    }

    #services(): AwsService[] {
        return [
            this.logs.service,
            this.iam.service,
            this.#sts.service,
            this.dynamoDb.service,
            this.lambda.service,
            this.cognito.service,
            this.apiGateway.service,
        ];
    }
}
