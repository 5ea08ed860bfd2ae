import type { Clock } from "../clock";
import type { JsonObject, JsonService, Materialisers, Operation } from "../service";
import type { Store } from "../store";
import { accessAt } from "./access";
import { EventOperations } from "./event-operations";
import { GroupOperations } from "./group-operations";
import type { LogGroup } from "./log-group";
import { LogGroups } from "./log-groups";
import { materialisers } from "./materialisers";
import type { LogEventListener, LogStream, NewLogEvent } from "./model";
import { StreamOperations } from "./stream-operations";

export interface LogsOptions {
    clock: Clock;
    region: string;
    account: string;
    /** Default: nothing is kept. */
    store?: Store;
}

export interface PutOptions {
    /** Whether a missing group is created, as Lambda does where its role may. Default false. */
    createGroup?: boolean;
}

/**
 * CloudWatch Logs. Each group keeps its newest 100,000 events, up to 64 MiB of them.
 * https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/Welcome.html
 */
export class Logs {
    readonly service: JsonService;
    readonly materialisers: Materialisers;
    readonly #clock: Clock;
    readonly #groups: LogGroups;
    readonly #listeners = new Set<LogEventListener>();

    constructor({ clock, region, account, store }: LogsOptions) {
        this.#groups = new LogGroups(store);
        this.#clock = clock;
        this.service = {
            protocol: "json",
            signingName: "logs",
            targetPrefix: "Logs_20140328",
            contentType: "application/x-amz-json-1.1",
            operations: this.#operationsAt(region, account),
        };
        this.materialisers = materialisers(this.#groups, () => clock.now());
    }

    /**
     * Writes messages of this moment, or events of their own times, and creates the stream when it is missing.
     * Empty messages are left out. Returns false, and keeps nothing, when there is no such group.
     */
    put(
        logGroupName: string,
        streamName: string,
        messages: (string | NewLogEvent)[],
        { createGroup = false }: PutOptions = {},
    ): boolean {
        const now = this.#clock.now();
        const group =
            this.#groups.find(logGroupName) ?? (createGroup ? this.#groups.create({ logGroupName }, now) : undefined);
        if (group === undefined) return false;
        const stream = group.streams.get(streamName) ?? group.createStream(streamName, now);
        const events = messages.map((message) => (typeof message === "string" ? { timestamp: now, message } : message));
        this.#append(
            group,
            stream,
            events.filter(({ message }) => message !== ""),
        );
        return true;
    }

    /** Calls the listener after each event that is kept; returns what ends that. */
    onEvent(listener: LogEventListener): () => void {
        this.#listeners.add(listener);
        return () => void this.#listeners.delete(listener);
    }

    #append(group: LogGroup, stream: LogStream, events: NewLogEvent[]): void {
        for (const event of group.append(stream, events, this.#clock.now())) {
            for (const listener of this.#listeners) listener({ ...event, logGroupName: group.name });
        }
    }

    #operationsAt(region: string, account: string): Record<string, Operation> {
        const arnPrefix = `arn:aws:logs:${region}:${account}:log-group:`;
        const groups = new GroupOperations(this.#groups, this.#clock, arnPrefix);
        const streams = new StreamOperations(this.#groups, this.#clock, arnPrefix);
        const events = new EventOperations(this.#groups, this.#clock, (...added) => this.#append(...added));
        const accessOf = accessAt(region, account);
        const runs: Record<string, (input: JsonObject) => JsonObject> = {
            CreateLogGroup: (input) => groups.create(input),
            DeleteLogGroup: (input) => groups.delete(input),
            PutLogGroupDeletionProtection: (input) => groups.putDeletionProtection(input),
            DescribeLogGroups: (input) => groups.describe(input),
            PutRetentionPolicy: (input) => groups.putRetention(input),
            DeleteRetentionPolicy: (input) => groups.deleteRetention(input),
            TagResource: (input) => groups.tag(input),
            UntagResource: (input) => groups.untag(input),
            ListTagsForResource: (input) => groups.listTags(input),
            CreateLogStream: (input) => streams.create(input),
            DeleteLogStream: (input) => streams.delete(input),
            DescribeLogStreams: (input) => streams.describe(input),
            PutLogEvents: (input) => events.put(input),
            GetLogEvents: (input) => events.get(input),
            FilterLogEvents: (input) => events.filter(input),
        };
        const operations = Object.entries(runs).map(([name, run]): [string, Operation] => [
            name,
            { access: (input) => accessOf(name, input), run },
        ]);
        return Object.fromEntries(operations);
    }
}
