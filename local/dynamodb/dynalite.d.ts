/** What this folder uses of dynalite, which ships no types. */
declare module "dynalite/db" {
    export interface AttributeValue {
        S?: string;
        N?: string;
        /** Base64. */
        B?: string;
        BOOL?: boolean;
        NULL?: boolean;
        SS?: string[];
        NS?: string[];
        BS?: string[];
        L?: AttributeValue[];
        M?: Item;
    }

    export type Item = { [attribute: string]: AttributeValue };

    export interface KeySchemaElement {
        AttributeName: string;
        KeyType: "HASH" | "RANGE";
    }

    export interface Projection {
        ProjectionType: "ALL" | "INCLUDE" | "KEYS_ONLY";
        NonKeyAttributes?: string[];
    }

    export interface ProvisionedThroughput {
        ReadCapacityUnits: number;
        WriteCapacityUnits: number;
        NumberOfDecreasesToday?: number;
        LastIncreaseDateTime?: number;
        LastDecreaseDateTime?: number;
    }

    export interface BillingModeSummary {
        BillingMode: "PROVISIONED" | "PAY_PER_REQUEST";
        LastUpdateToPayPerRequestDateTime?: number;
    }

    export interface IndexDescription {
        IndexName: string;
        IndexArn: string;
        KeySchema: KeySchemaElement[];
        Projection: Projection;
        IndexSizeBytes: number;
        ItemCount: number;
        /** Global indexes only, like the throughput. */
        IndexStatus?: "ACTIVE";
        ProvisionedThroughput?: ProvisionedThroughput;
    }

    export interface TableDescription {
        TableName: string;
        TableArn: string;
        TableId: string;
        TableStatus: "ACTIVE" | "DELETING";
        /** Seconds since 1970-01-01 UTC. */
        CreationDateTime: number;
        AttributeDefinitions: { AttributeName: string; AttributeType: "S" | "N" | "B" }[];
        KeySchema: KeySchemaElement[];
        ItemCount: number;
        TableSizeBytes: number;
        ProvisionedThroughput: ProvisionedThroughput;
        BillingModeSummary?: BillingModeSummary;
        LocalSecondaryIndexes?: IndexDescription[];
        GlobalSecondaryIndexes?: IndexDescription[];
        DeletionProtectionEnabled: boolean;
        StreamSpecification?: { StreamEnabled: boolean; StreamViewType?: string };
        LatestStreamArn?: string;
        LatestStreamLabel?: string;
        TableClassSummary?: { TableClass: string };
        SSEDescription?: { Status: string; SSEType: string; KMSMasterKeyArn?: string };
        OnDemandThroughput?: unknown;
    }

    export type Callback<T> = (error?: unknown, value?: T) => void;

    /** One sorted range of rows: a table's items, or an index. */
    export interface RowDb {
        lock(key: string, run: (release: <F>(callback: F) => F) => void): void;
        get(key: string, callback: Callback<Item>): void;
        put(key: string, item: Item, callback: Callback<void>): void;
        del(key: string, callback: Callback<void>): void;
        createValueStream(range: RowRange): NodeJS.EventEmitter;
    }

    export interface RowRange {
        gt?: string;
        gte?: string;
        lt?: string;
        lte?: string;
        reverse?: boolean;
        /** -1: no limit. */
        limit?: number;
    }

    /** What dynalite's actions read from and write to. */
    export interface Store {
        options: { maxItemSize: number };
        getTable(name: string, callback: Callback<TableDescription>): void;
        getItemDb(table: string): RowDb;
        getIndexDb(type: string, table: string, index: string): RowDb;
    }

    export interface RootDb {
        open(): Promise<void>;
        close(): Promise<void>;
        batch(
            operations: ({ type: "put"; key: string; value: unknown } | { type: "del"; key: string })[],
        ): Promise<void>;
        iterator(range: { gte: string; lt: string }): AsyncIterable<[string, unknown]>;
    }

    export function create(options: { path?: string }): { db: RootDb };
    export function createKey(item: Item, table: TableDescription): string;
    export function validateKey(key: Item, table: TableDescription): Error | undefined | null;
    export function getIndexActions(
        indexes: IndexDescription[],
        oldItem: Item | undefined,
        newItem: Item | undefined,
        table: TableDescription,
    ): { puts: { index: string; key: string; item: Item }[]; deletes: { index: string; key: string }[] };
    export function mapPath(path: (string | number)[], item: Item): AttributeValue | undefined | null;
    export function itemSize(item: Item): number;
    export function capacityUnits(item: Item | undefined, isRead: boolean, isConsistent: boolean): number;
}

declare module "dynalite/validations" {
    export interface Validation {
        types: Record<string, unknown>;
        custom?: (data: unknown, store: { options: { maxItemSize: number } }) => string | undefined;
    }
    /** Removes unknown members from `data` itself, and returns a checked copy. */
    export function checkTypes(data: Record<string, unknown>, types: Record<string, unknown>): Record<string, unknown>;
    /** Adds the parsed expressions (`_condition` …) to `data`. */
    export function checkValidations(
        data: Record<string, unknown>,
        types: Record<string, unknown>,
        custom: Validation["custom"],
        store: { options: { maxItemSize: number } },
    ): void;
}

declare module "dynalite/validations/*" {
    import type { Validation } from "dynalite/validations";
    const validation: Validation;
    export = validation;
}

declare module "dynalite/actions/*" {
    import type { Callback, Store } from "dynalite/db";
    const action: (store: Store, data: Record<string, unknown>, callback: Callback<Record<string, unknown>>) => void;
    export = action;
}

declare module "dynalite/db/parser" {
    import type { AttributeValue } from "dynalite/db";
    export interface ParserContext {
        attrNames?: Record<string, string>;
        attrVals?: Record<string, AttributeValue>;
        /** The parser deletes from these what the expression uses. */
        unusedAttrNames: Record<string, unknown>;
        unusedAttrVals: Record<string, unknown>;
        isKeyCondition?: boolean;
    }
    export interface Parser {
        /** @returns the syntax tree, which has the values themselves, or a text that says what is wrong. */
        parse(expression: string, options: { context: ParserContext }): unknown;
    }
}

declare module "dynalite/db/conditionParser" {
    import type { Parser } from "dynalite/db/parser";
    const parser: Parser;
    export = parser;
}

declare module "dynalite/db/projectionParser" {
    import type { Parser } from "dynalite/db/parser";
    const parser: Parser;
    export = parser;
}

declare module "dynalite/db/updateParser" {
    import type { Parser } from "dynalite/db/parser";
    const parser: Parser;
    export = parser;
}
