import type { Item, TableDescription } from "dynalite/db";

export type {
    AttributeValue,
    BillingModeSummary,
    IndexDescription,
    Item,
    KeySchemaElement,
    Projection,
    ProvisionedThroughput,
    TableDescription,
} from "dynalite/db";

/** One committed change of one item. Its images are the stored items themselves: read them, never change them. */
export interface ItemChange {
    /** The table as it was described when the change was made. */
    table: TableDescription;
    keys: Item;
    /** Absent when the item is new. */
    oldImage?: Item;
    /** Absent when the item was deleted. */
    newImage?: Item;
    /** Grows by one with each change of this run, across all tables, in the order of the commits. */
    sequence: number;
    /** Milliseconds since 1970-01-01 UTC. */
    at: number;
    /** `user` for requests, `ttl` for items that DynamoDB deleted because they had expired. */
    by: "user" | "ttl";
}

export type ItemChangeListener = (change: ItemChange) => void;

/** Time to live as it was switched on. */
export interface TimeToLive {
    attributeName: string;
    enabled: boolean;
}

export interface PointInTimeRecovery {
    /** Milliseconds since 1970-01-01 UTC. */
    enabledAt: number;
    periodInDays: number;
}
