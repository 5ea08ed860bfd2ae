import { randomUUID } from "node:crypto";

import type { Graph } from "../graph/model";
import { Activity } from "./activity";
import { type Clock, RealClock, VirtualClock } from "./clock";
import { type Endpoint, startEndpoint } from "./endpoint/server";
import { type FaultRule, Faults } from "./faults";
import { type Applied, type AppliedGraph, applyGraph, type Changes, notRun, type NotRun } from "./materialise";
import { partlyRun } from "./partly-run";
import type { JsonObject } from "./service";
import { Services } from "./services";
import { DiskStore, MEMORY, type Records, type Store } from "./store";

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
    readonly services: Services;
    readonly #options: LocalCloudOptions;
    readonly #store: Store;
    readonly #faults: Faults;
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
        this.#kept = store.records("cloud/graph");
        const { activity } = this;
        const endpoint = (): Endpoint => this.#listening;
        this.services = new Services({ clock, region, account, store, activity, faults: this.#faults, endpoint });
    }

    /** The types of resources that run here. */
    get resourceTypes(): string[] {
        return Object.keys(this.services.materialisers).sort();
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
            unknownManagedPolicies: this.services.iam.unknownManagedPolicies,
            limitationsOf: (restApiId: string) => this.services.apiGateway.limitationsOf(restApiId),
        };
        return { changes, notRun: [...notRun(graph, this.services.materialisers), ...partlyRun(graph, limits)] };
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
        const found = this.services.all.find((each) => each.signingName === service);
        const called = found?.protocol === "json" ? found.operations[operation] : undefined;
        if (called === undefined) throw new Error(`The local cloud has no operation ${operation} of ${service}.`);
        return called.run(input, {
            caller: this.services.iam.developer,
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
        await this.services.close();
        await this.#store.close();
    }

    get #listening(): Endpoint {
        if (this.#endpoint === undefined) throw new Error("The local cloud is not listening.");
        return this.#endpoint;
    }

    async #apply(graph: Graph, directory: string): Promise<Changes> {
        const isFirst = this.#applied === undefined;
        const before = this.#applied ?? this.#fromEarlierRun(graph);
        const { applied, changes } = await applyGraph(graph, directory, this.services.materialisers, before);
        this.#applied = applied;
        this.#keep(applied, before);
        if (isFirst) this.services.resume();
        return changes;
    }

    /**
     * What an earlier run has left of its graph: only what is to be deleted now, or was made once and for all, as the
     * rest is created from this graph.
     */
    #fromEarlierRun(graph: Graph): AppliedGraph {
        const declared = new Set(graph.resources.map(({ urn }) => urn));
        const isLeft = ({ resource }: Applied): boolean =>
            !declared.has(resource.urn) || this.services.materialisers[resource.type]?.once === true;
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
            iam: this.services.iam,
            services: this.services.all,
            routes: this.services.routes,
            store: this.#store,
            activity: this.activity,
            faults: this.#faults,
            clock: this.clock,
            ready: () => this.#applying,
        });
    }
}
