import { randomUUID } from "node:crypto";

import type { Graph } from "../graph/model";
import { Activity } from "./activity";
import { ApiGateway } from "./apigateway";
import { type Clock, RealClock, VirtualClock } from "./clock";
import { Cognito } from "./cognito";
import { DynamoDb } from "./dynamodb";
import { type Endpoint, startEndpoint } from "./endpoint/server";
import { ServiceCalls } from "./endpoint/service-calls";
import { Events } from "./eventbridge";
import { type FaultRule, Faults } from "./faults";
import { Iam } from "./iam";
import { Lambda } from "./lambda";
import { Logs } from "./logs";
import { type Applied, type AppliedGraph, applyGraph, type Changes, notRun, type NotRun } from "./materialise";
import { partlyRun } from "./partly-run";
import { Pipes } from "./pipes";
import { Checkpoints } from "./polling";
import type { AwsService, JsonObject, Materialisers } from "./service";
import { S3 } from "./s3";
import { Sns } from "./sns";
import { Sqs } from "./sqs";
import { DiskStore, MEMORY, type Records, type Store } from "./store";
import { Sts } from "./sts";
import { Targets } from "./targets";
import { triggersOf } from "./triggers";

export interface LocalCloudOptions {
    region: string;
    account: string;
    /** 0 takes any free port. Default 4566. */
    port?: number;
    /** Default: the machine's own time. */
    clock?: Clock;
    /** Where state outlives the cloud; default: in memory only. */
    data?: { directory: string; stack: string };
    /** Default: none. */
    faults?: { rules: FaultRule[]; seed?: number };
}

/** What came of running a graph. */
export interface RunReport {
    changes: Changes;
    /** What the graph declares and this cloud does not run, or not as AWS does. */
    notRun: NotRun[];
}

/** Port that local AWS clouds are usually found at. */
export const DEFAULT_PORT = 4566;

/**
 * AWS on this machine, as far as graphs need it: one endpoint for every service's API, empty until a graph is run.
 */
export class LocalCloud {
    readonly clock: Clock;
    readonly activity = new Activity();
    readonly logs: Logs;
    readonly iam: Iam;
    readonly dynamoDb: DynamoDb;
    readonly s3: S3;
    readonly sns: Sns;
    readonly sqs: Sqs;
    readonly lambda: Lambda;
    readonly events: Events;
    readonly pipes: Pipes;
    readonly cognito: Cognito;
    readonly apiGateway: ApiGateway;
    readonly #options: LocalCloudOptions;
    readonly #store: Store;
    readonly #faults: Faults;
    readonly #sts: Sts;
    readonly #materialisers: Materialisers;
    readonly #kept: Records<Applied>;
    #applied: AppliedGraph | undefined;
    /** Settles when the graph that is being applied is applied. */
    #applying: Promise<unknown> | undefined;
    #endpoint: Endpoint | undefined;

    /**
     * @throws PortError when the port is taken.
     * @throws DataDirectoryError when the directory cannot be used.
     */
    static async start(options: LocalCloudOptions): Promise<LocalCloud> {
        const { data, account, region } = options;
        const store =
            data === undefined ? MEMORY : await DiskStore.open(data.directory, { stack: data.stack, account, region });
        const cloud = new LocalCloud(options, store);
        try {
            await cloud.#listen();
        } catch (error) {
            await cloud.close();
            throw error;
        }
        return cloud;
    }

    private constructor(options: LocalCloudOptions, store: Store) {
        const { clock = new RealClock(), region, account, faults } = options;
        this.#options = options;
        this.#store = store;
        this.clock = clock;
        this.#faults = new Faults(faults?.rules, faults?.seed);
        const { activity } = this;
        const targets = new Targets(clock, activity, this.#faults);
        const checkpoints = new Checkpoints(store);
        const shared = { clock, region, account, store, activity, targets, faults: this.#faults };
        this.#kept = store.records("cloud/graph");
        this.logs = new Logs(shared);
        this.iam = new Iam(shared);
        this.#sts = new Sts({ iam: this.iam, account });
        this.dynamoDb = new DynamoDb(shared);
        this.sqs = new Sqs({ ...shared, iam: this.iam, endpoint: () => this.url });
        const sources = { streams: { dynamodb: this.dynamoDb.streamSource }, queues: this.sqs.source };
        this.lambda = new Lambda({
            ...shared,
            iam: this.iam,
            logs: this.logs,
            sources,
            checkpoints,
            endpoint: () => this.#listening,
        });
        this.events = new Events({ ...shared, iam: this.iam, logs: this.logs });
        this.sns = new Sns({ ...shared, iam: this.iam, logs: this.logs, endpoint: () => this.url });
        this.s3 = new S3({ ...shared, logs: this.logs });
        this.pipes = new Pipes({ ...shared, iam: this.iam, logs: this.logs, sources, checkpoints });
        this.cognito = new Cognito({ ...shared, functions: triggersOf("cognito-idp.amazonaws.com", this.lambda) });
        this.apiGateway = new ApiGateway({
            ...shared,
            iam: this.iam,
            logs: this.logs,
            functions: this.lambda,
            userPools: this.cognito,
            awsServices: new ServiceCalls({
                principal: "apigateway.amazonaws.com",
                iam: this.iam,
                region,
                account,
                services: () => this.#services(),
            }),
        });
        targets.register("lambda", this.lambda.target);
        targets.register("events", this.events.target);
        targets.register("sqs", this.sqs.target);
        targets.register("sns", this.sns.target);
        this.#materialisers = {
            ...this.logs.materialisers,
            ...this.iam.materialisers,
            ...this.dynamoDb.materialisers,
            ...this.sqs.materialisers,
            ...this.s3.materialisers,
            ...this.sns.materialisers,
            ...this.lambda.materialisers,
            ...this.events.materialisers,
            ...this.pipes.materialisers,
            ...this.cognito.materialisers,
            ...this.apiGateway.materialisers,
        };
    }

    /** `http://127.0.0.1:<port>` */
    get url(): string {
        return this.#listening.url;
    }

    get port(): number {
        return Number(new URL(this.url).port);
    }

    /**
     * Makes what exists be what a graph declares. Called again, it applies the differences, and what has not changed
     * keeps its state; requests wait meanwhile.
     * @param directory The program's folder, which relative paths of its assets start from.
     */
    async run(graph: Graph, directory: string): Promise<RunReport> {
        const applying = this.activity.during(this.#apply(graph, directory));
        this.#applying = applying.catch(() => undefined);
        let changes: Changes;
        try {
            changes = await applying;
        } finally {
            this.#applying = undefined;
        }
        const limits = {
            unknownManagedPolicies: this.iam.unknownManagedPolicies,
            limitationsOf: (restApiId: string) => this.apiGateway.limitationsOf(restApiId),
        };
        return { changes, notRun: [...notRun(graph, this.#materialisers), ...partlyRun(graph, limits)] };
    }

    /**
     * Lets time pass: runs all that falls due, and goes on each time the cloud is quiet. Quiet means that no request,
     * invocation or delivery is under way, other than those that wait for the clock themselves.
     * @throws Error unless the cloud has a {@link VirtualClock}.
     */
    async advance(ms: number): Promise<void> {
        if (!(this.clock instanceof VirtualClock)) throw new Error("Only a virtual clock can be advanced.");
        await this.clock.advance(ms, () => this.activity.quiet());
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
            waitForClock: (promise) => promise,
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
        this.pipes.close();
        this.events.close();
        await this.lambda.close();
        this.s3.close();
        this.sns.close();
        this.sqs.close();
        this.dynamoDb.close();
        await this.#store.close();
    }

    get #listening(): Endpoint {
        if (this.#endpoint === undefined) throw new Error("The local cloud is not listening.");
        return this.#endpoint;
    }

    async #apply(graph: Graph, directory: string): Promise<Changes> {
        const isFirst = this.#applied === undefined;
        const before = this.#applied ?? this.#fromEarlierRun(graph);
        const { applied, changes } = await applyGraph(graph, directory, this.#materialisers, before);
        this.#applied = applied;
        this.#keep(applied, before);
        if (isFirst) this.#resume();
        return changes;
    }

    /** Goes on with what was on its way when an earlier run ended. */
    #resume(): void {
        this.cognito.resume();
        this.lambda.resume();
        this.events.resume();
        this.sns.resume();
        this.s3.resume();
    }

    /**
     * What an earlier run has left of its graph: only what is to be deleted now, or was made once and for all, as the
     * rest is created from this graph.
     */
    #fromEarlierRun(graph: Graph): AppliedGraph {
        const declared = new Set(graph.resources.map(({ urn }) => urn));
        const isLeft = ({ resource }: Applied): boolean =>
            !declared.has(resource.urn) || this.#materialisers[resource.type]?.once === true;
        return new Map(this.#kept.load().filter(([, applied]) => isLeft(applied)));
    }

    #keep(applied: AppliedGraph, before: AppliedGraph): void {
        for (const urn of before.keys()) if (!applied.has(urn)) this.#kept.delete(urn);
        for (const [urn, each] of applied) if (before.get(urn) !== each) this.#kept.put(urn, each);
    }

    async #listen(): Promise<void> {
        this.#endpoint = await startEndpoint({
            port: this.#options.port ?? DEFAULT_PORT,
            region: this.#options.region,
            account: this.#options.account,
            iam: this.iam,
            services: this.#services(),
            routes: [this.apiGateway.route, this.cognito.route, this.sns.route],
            store: this.#store,
            activity: this.activity,
            faults: this.#faults,
            clock: this.clock,
            ready: () => this.#applying,
        });
    }

    #services(): AwsService[] {
        return [
            this.logs.service,
            this.iam.service,
            this.#sts.service,
            this.dynamoDb.service,
            this.dynamoDb.streamsService,
            this.sqs.service,
            this.s3.service,
            this.sns.service,
            this.lambda.service,
            this.events.service,
            this.pipes.service,
            this.cognito.service,
            this.apiGateway.service,
        ];
    }
}
