import { fillTemplate, readPath } from "../input-transform";
import type { BusEvent, Rule, RuleTarget } from "./model";

const VARIABLE = /<([\w.-]+)>/g;

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
    const reserved: Record<string, unknown> = {
        "aws.events.rule-arn": rule.arn,
        "aws.events.rule-name": rule.name,
        "aws.events.event.ingestion-time": new Date(ingestedAt).toISOString(),
        "aws.events.event": event,
        "aws.events.event.json": event,
    };
    const { InputPathsMap: paths = {}, InputTemplate: template } = InputTransformer;
    return fillTemplate(template, VARIABLE, (variable) => {
        const path = paths[variable];
        return path === undefined ? reserved[variable] : readPath(path, event);
    });
}
