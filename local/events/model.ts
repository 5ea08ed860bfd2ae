import type { EventPredicate } from "../patterns";
import type { Schedule } from "../schedules";

/** An event as rules and targets see it. */
export interface BusEvent {
    version: string;
    id: string;
    "detail-type": string;
    source: string;
    account: string;
    /** ISO 8601, whole seconds. */
    time: string;
    region: string;
    resources: string[];
    detail: unknown;
    /** Only where a replay has brought it. */
    "replay-name"?: string;
    [member: string]: unknown;
}

/** https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_Target.html */
export interface RuleTarget {
    Id: string;
    Arn: string;
    RoleArn?: string;
    Input?: string;
    InputPath?: string;
    InputTransformer?: { InputPathsMap?: Record<string, string>; InputTemplate: string };
    SqsParameters?: { MessageGroupId?: string };
    DeadLetterConfig?: { Arn?: string };
    RetryPolicy?: { MaximumRetryAttempts?: number; MaximumEventAgeInSeconds?: number };
    /** Parameters of targets that nothing takes deliveries to here are only told again. */
    [parameters: string]: unknown;
}

export const RULE_STATES = ["ENABLED", "DISABLED", "ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS"] as const;

export type RuleState = (typeof RULE_STATES)[number];

/** What a rule is put with. */
export interface RuleSettings {
    name: string;
    /** Name or ARN. */
    busName: string;
    description?: string;
    state?: RuleState;
    /** JSON text. */
    eventPattern?: string;
    scheduleExpression?: string;
    roleArn?: string;
}

export interface Rule extends RuleSettings {
    arn: string;
    state: RuleState;
    fits: EventPredicate;
    schedule?: Schedule;
    /** Milliseconds since 1970-01-01 UTC: rates count from here. */
    createdAt: number;
    targets: Map<string, RuleTarget>;
    tags: Map<string, string>;
}

/** What of a bus can be changed; apart from the description it is only told again. */
export interface BusSettings {
    description?: string;
    kmsKeyIdentifier?: string;
    deadLetterConfig?: object;
    logConfig?: object;
}

export interface EventBus {
    name: string;
    arn: string;
    settings: BusSettings;
    /** Statements of its policy, by their ids. */
    statements: Map<string, object>;
    rules: Map<string, Rule>;
    /** Milliseconds since 1970-01-01 UTC, as `modifiedAt`. */
    createdAt: number;
    modifiedAt: number;
    tags: Map<string, string>;
}

export const DEFAULT_BUS = "default";

/** Names a bus, a rule, an archive or a replay: `arn:aws:events:<region>:<account>:<kind>/<name>`. */
export type ArnOf = (kind: "event-bus" | "rule" | "archive" | "replay", name: string) => string;

export function ruleArn(arnOf: ArnOf, busName: string, name: string): string {
    return arnOf("rule", busName === DEFAULT_BUS ? name : `${busName}/${name}`);
}
