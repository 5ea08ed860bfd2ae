import type { Clock } from "../clock";
import { ServiceError } from "../errors";
import type { JsonObject, JsonService, Materialisers, Operation } from "../service";
import { Access } from "./access";
import { ContinuousBackups } from "./continuous-backups";
import { Items } from "./items";
import { materialisers } from "./materialisers";
import type { ItemChangeListener } from "./model";
import type { Place } from "./names";
import { Storage } from "./storage";
import { Tables } from "./tables";
import { Tags } from "./tags";
import { TimeToLiveSweeper } from "./time-to-live";
import { Transactions } from "./transactions";

export interface DynamoDbOptions extends Place {
    clock: Clock;
    /** Where tables are kept; default: in memory only. One process at a time can use a directory. */
    directory?: string;
}

type Run = (input: JsonObject) => JsonObject | Promise<JsonObject>;

/**
 * DynamoDB. Tables and transactions are this folder's own; single items, queries and expressions are dynalite's.
 * https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_Operations_Amazon_DynamoDB.html
 */
export class DynamoDb {
    readonly service: JsonService;
    readonly materialisers: Materialisers;
    readonly #storage: Storage;
    readonly #tables: Tables;
    readonly #sweeper: TimeToLiveSweeper;
    readonly #operations: Record<string, Run>;
    /** Settles when the tables on disk are read; undefined when there are none. */
    #loading: Promise<void> | undefined;

    constructor({ clock, region, account, directory }: DynamoDbOptions) {
        const place = { region, account };
        this.#storage = new Storage({ clock, directory });
        this.#tables = new Tables(this.#storage, place, clock);
        this.#sweeper = new TimeToLiveSweeper(this.#storage, this.#tables, clock);
        this.#operations = this.#operationsAt(place, clock);
        this.service = this.#describeService(new Access(this.#storage, place));
        this.materialisers = materialisers({
            run: (operation, input) => this.run(operation, input),
            createTable: (input, streamLabel) => this.#afterLoading(() => this.#tables.create(input, streamLabel)),
            has: (table) => this.#afterLoading(() => this.#storage.tables.has(table)),
        });
        if (directory !== undefined) this.#loading = this.#load();
    }

    /**
     * Runs an operation as the endpoint would, but without access control. What it returns may be stored objects:
     * read them, never change them.
     * @throws ServiceError as DynamoDB answers it.
     */
    async run(operation: string, input: JsonObject): Promise<JsonObject> {
        if (this.#loading !== undefined) await this.#loading;
        const run = this.#operations[operation];
        if (run === undefined) {
            throw new ServiceError("UnknownOperationException", `DynamoDB has no operation ${operation} here.`);
        }
        return run(input);
    }

    /**
     * Calls the listener after each acknowledged change of an item, also where an update left the item as it was;
     * returns what ends that.
     */
    onChange(listener: ItemChangeListener): () => void {
        return this.#storage.onChange(listener);
    }

    /** Stops the deletion of expired items and closes what is on disk. */
    async close(): Promise<void> {
        await this.#loading;
        this.#sweeper.stop();
        await this.#storage.close();
    }

    async #load(): Promise<void> {
        await this.#storage.load();
        this.#loading = undefined;
        this.#sweeper.schedule();
    }

    async #afterLoading<T>(run: () => T | Promise<T>): Promise<T> {
        if (this.#loading !== undefined) await this.#loading;
        return run();
    }

    #operationsAt(place: Place, clock: Clock): Record<string, Run> {
        const items = new Items(this.#storage, place);
        const transactions = new Transactions(this.#storage, place, clock);
        const tags = new Tags(this.#storage, place);
        const backups = new ContinuousBackups(this.#storage, this.#tables, clock);
        return {
            CreateTable: (input) => this.#tables.create(input),
            DescribeTable: (input) => this.#tables.describe(input),
            ListTables: (input) => this.#tables.list(input),
            UpdateTable: (input) => this.#tables.update(input),
            DeleteTable: async (input) => {
                const output = await this.#tables.delete(input);
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
