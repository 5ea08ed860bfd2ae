/** How much a stack's data and deployments are guarded: `none` for dev, `standard` for staging, `strict` for prod. */
export type Protection = "none" | "standard" | "strict";

/** Defaults that follow from a stack's protection. */
export interface ProtectionDefaults {
    /** Days that log groups keep events. */
    logRetentionDays: number;
    /** Whether stateful resources refuse deletion, in Pulumi (`protect`) and in AWS (`deletionProtectionEnabled`). */
    keepData: boolean;
    /** Concurrent executions kept for each function; absent means unreserved. */
    reservedConcurrency?: number;
}

const DEFAULTS: Record<Protection, ProtectionDefaults> = {
    // A new AWS account has 10 concurrent executions in all, so a dev stack reserves none.
    none: { logRetentionDays: 14, keepData: false },
    standard: { logRetentionDays: 30, keepData: true, reservedConcurrency: 20 },
    strict: { logRetentionDays: 365, keepData: true, reservedConcurrency: 20 },
};

export function defaultsFor(protection: Protection): ProtectionDefaults {
    return DEFAULTS[protection];
}
