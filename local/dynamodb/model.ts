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
