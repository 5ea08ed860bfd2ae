import { fillTemplate, readPath } from "../input-transform";
import type { BusEvent, Rule, RuleTarget } from "./model";

/** A variable of a template, in its brackets. */
export const VARIABLE = /<([\w.-]+)>/g;

/** What a template can use without a path, and no path can be named. */
export const RESERVED_VARIABLES = [
    "aws.events.rule-arn",
    "aws.events.rule-name",
    "aws.events.event.ingestion-time",
    "aws.events.event",
    "aws.events.event.json",
] as const;

/**
 * What a target gets of an event, as JSON text or text.
 * https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-transform-target-input.html
 * @param ingestedAt Milliseconds since 1970-01-01 UTC.
 */
export function targetInput(target: RuleTarget, rule: Rule, event: BusEvent, ingestedAt: number): string {
    const { Input, InputPath, InputTransformer } = target;
    if (Input !== undefined) return Input;
    if (InputPath !== undefined) return JSON.stringify(readPath(InputPath, event) ?? null);
    if (InputTransformer === undefined) return JSON.stringify(event);
    const withoutDetail = Object.fromEntries(Object.entries(event).filter(([name]) => name !== "detail"));
    const reserved: Record<string, unknown> = {
        "aws.events.rule-arn": rule.arn,
        "aws.events.rule-name": rule.name,
        "aws.events.event.ingestion-time": new Date(ingestedAt).toISOString(),
        "aws.events.event": withoutDetail,
        "aws.events.event.json": event,
    } satisfies Record<(typeof RESERVED_VARIABLES)[number], unknown>;
    const { InputPathsMap: paths = {}, InputTemplate: template } = InputTransformer;
    return fillTemplate(template, VARIABLE, (variable) => {
        const path = paths[variable];
        return path === undefined ? reserved[variable] : readPath(path, event);
    });
}
