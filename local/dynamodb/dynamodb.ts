import type { Clock } from "../clock";
import { ServiceError } from "../errors";
import type { JsonObject, JsonService, Materialisers, Operation } from "../service";
import { MEMORY, type Store } from "../store";
import { Access } from "./access";
import { ContinuousBackups } from "./continuous-backups";
import { Items } from "./items";
import { materialisers } from "./materialisers";
import type { Place } from "./names";
import { Storage } from "./storage";
import { lambdaRecord, Streams, streamsService, sequenceText } from "./streams";
import { Tables } from "./tables";
import { Tags } from "./tags";
import { TimeToLiveSweeper } from "./time-to-live";
import { Transactions } from "./transactions";

export interface DynamoDbOptions extends Place {
    clock: Clock;
    /** Default: nothing is kept. */
    store?: Store;
}

/** One record of a stream, ready for a function's event. */
export interface StreamEvent {
    /** Grows with each record of the stream. */
    sequence: number;
    sequenceNumber: string;
    /** Milliseconds since 1970-01-01 UTC. */
    at: number;
    /** Tells items apart. */
    key: string;
    /** About as many as the record's JSON has. */
    bytes: number;
    record: JsonObject;
}

/** For services that read streams. */
export interface StreamSource {
    /** The records that follow a sequence number; 0 begins with the oldest. Empty where there is no such stream. */
    read(streamArn: string, after: number, limit: number): StreamEvent[];
    /** Sequence number after which only records follow that are yet to be written. */
    latest(): number;
    /** Calls the listener after each new record; returns what ends that. */
    onRecord(streamArn: string, listener: () => void): () => void;
}

/** What a record has besides its images, and what JSON adds to those. */
const RECORD_OVERHEAD_BYTES = 600;

type Run = (input: JsonObject) => JsonObject;

/**
 * DynamoDB and DynamoDB Streams. Tables, transactions and streams are this folder's own; single items, queries and
 * expressions are dynalite's.
 * https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_Operations_Amazon_DynamoDB.html
 */
export class DynamoDb {
    readonly service: JsonService;
    readonly streamsService: JsonService;
    readonly materialisers: Materialisers;
    readonly streamSource: StreamSource;
    readonly #region: string;
    readonly #storage: Storage;
    readonly #streams: Streams;
    readonly #tables: Tables;
    readonly #sweeper: TimeToLiveSweeper;
    readonly #operations: Record<string, Run>;

    constructor({ clock, region, account, store = MEMORY }: DynamoDbOptions) {
        const place = { region, account };
        this.#region = region;
        this.#streams = new Streams(store, clock);
        this.#storage = new Storage(store, (write, by) => this.#streams.append(write, by));
        this.#tables = new Tables(this.#storage, this.#streams, place, clock);
        this.#sweeper = new TimeToLiveSweeper(this.#storage, this.#tables, clock);
        this.#sweeper.schedule();
        this.#operations = this.#operationsAt(place, clock, store);
        this.service = this.#describeService(new Access(this.#storage, place));
        this.streamsService = streamsService(this.#streams, place, clock);
        this.streamSource = {
            read: (streamArn, after, limit) => this.#read(streamArn, after, limit),
            latest: () => this.#streams.latestSequence,
            onRecord: (streamArn, listener) => this.#streams.onAppend(streamArn, listener),
        };
        this.materialisers = materialisers(this.#tables, (operation, input) => this.#run(operation, input));
    }

    /**
     * Runs an operation as the endpoint would, but without access control. What it returns may be stored objects:
     * read them, never change them.
     * @throws ServiceError as DynamoDB answers it.
     */
    async run(operation: string, input: JsonObject): Promise<JsonObject> {
        return this.#run(operation, input);
    }

    #run(operation: string, input: JsonObject): JsonObject {
        const run = this.#operations[operation];
        if (run === undefined) {
            throw new ServiceError("UnknownOperationException", `DynamoDB has no operation ${operation} here.`);
        }
        return run(input);
    }

    #read(streamArn: string, after: number, limit: number): StreamEvent[] {
        const stream = this.#streams.find(streamArn);
        if (stream === undefined) return [];
        return stream.after(after, limit).map((record) => ({
            sequence: record.sequence,
            sequenceNumber: sequenceText(record.sequence),
            at: record.at,
            key: JSON.stringify(record.keys),
            bytes: 2 * record.sizeBytes + RECORD_OVERHEAD_BYTES,
            record: lambdaRecord(record, stream.settings, this.#region),
        }));
    }

    /** Stops the deletion of expired items. */
    close(): void {
        this.#sweeper.stop();
    }

    #operationsAt(place: Place, clock: Clock, store: Store): Record<string, Run> {
        const items = new Items(this.#storage, place);
        const transactions = new Transactions(this.#storage, place, clock, store);
        const tags = new Tags(this.#storage, place);
        const backups = new ContinuousBackups(this.#storage, this.#tables, clock);
        return {
            CreateTable: (input) => this.#tables.create(input),
            DescribeTable: (input) => this.#tables.describe(input),
            ListTables: (input) => this.#tables.list(input),
            UpdateTable: (input) => this.#tables.update(input),
            DeleteTable: (input) => {
                const output = this.#tables.delete(input);
                this.#sweeper.schedule();
                return output;
            },
            PutItem: (input) => items.write("PutItem", input),
            UpdateItem: (input) => items.write("UpdateItem", input),
            DeleteItem: (input) => items.write("DeleteItem", input),
            GetItem: (input) => items.get(input),
            Query: (input) => items.query(input),
            Scan: (input) => items.scan(input),
            BatchGetItem: (input) => items.batchGet(input),
            BatchWriteItem: (input) => items.batchWrite(input),
            TransactWriteItems: (input) => transactions.write(input),
            TransactGetItems: (input) => transactions.get(input),
            UpdateTimeToLive: (input) => this.#sweeper.update(input),
            DescribeTimeToLive: (input) => this.#sweeper.describe(input),
            TagResource: (input) => tags.add(input),
            UntagResource: (input) => tags.remove(input),
            ListTagsOfResource: (input) => tags.list(input),
            DescribeContinuousBackups: (input) => backups.describe(input),
            UpdateContinuousBackups: (input) => backups.update(input),
            DescribeLimits: () => ACCOUNT_LIMITS,
            DescribeEndpoints: () => ({
                Endpoints: [{ Address: `dynamodb.${place.region}.amazonaws.com`, CachePeriodInMinutes: 1440 }],
            }),
        };
    }

    #describeService(access: Access): JsonService {
        const operations = Object.keys(this.#operations).map((name): [string, Operation] => [
            name,
            { access: (input) => access.of(name, input), run: (input) => this.run(name, input) },
        ]);
        return {
            protocol: "json",
            signingName: "dynamodb",
            targetPrefix: "DynamoDB_20120810",
            contentType: "application/x-amz-json-1.0",
            operations: Object.fromEntries(operations),
        };
    }
}

/** Defaults of an account: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/ServiceQuotas.html */
const ACCOUNT_LIMITS = {
    AccountMaxReadCapacityUnits: 80_000,
    AccountMaxWriteCapacityUnits: 80_000,
    TableMaxReadCapacityUnits: 40_000,
    TableMaxWriteCapacityUnits: 40_000,
};
