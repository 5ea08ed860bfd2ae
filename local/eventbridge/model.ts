import type { EventPredicate } from "../patterns";
import type { Schedule } from "../schedules";

/** An event as rules and targets see it. */
export interface BusEvent {
    version: "0";
    id: string;
    "detail-type": string;
    source: string;
    account: string;
    /** ISO 8601, whole seconds. */
    time: string;
    region: string;
    resources: string[];
    detail: unknown;
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
}

export interface Rule {
    name: string;
    arn: string;
    busName: string;
    description: string;
    state: "ENABLED" | "DISABLED";
    eventPattern?: string;
    scheduleExpression?: string;
    roleArn?: string;
    fits: EventPredicate;
    schedule?: Schedule;
    /** Milliseconds since 1970-01-01 UTC: rates count from here. */
    createdAt: number;
    targets: Map<string, RuleTarget>;
    tags: Map<string, string>;
}

export interface EventBus {
    name: string;
    arn: string;
    description: string;
    /** Statements of its policy, by their ids. */
    statements: Map<string, object>;
    rules: Map<string, Rule>;
    createdAt: number;
    tags: Map<string, string>;
}

export const DEFAULT_BUS = "default";
