import { compilePatternText, type EventPredicate, PatternError } from "../patterns";
import type { Attributes, MessageAttribute, Notification } from "./model";
import { invalidParameter } from "./refusals";

/**
 * What a subscription wants, by its filter policy. The operators are those of event patterns.
 * https://docs.aws.amazon.com/sns/latest/dg/sns-subscription-filter-policies.html
 * @returns undefined where it wants everything.
 * @throws ServiceError InvalidParameter
 */
export function compileFilter({ FilterPolicy: policy }: Attributes): EventPredicate | undefined {
    if (policy === undefined || policy === "" || policy === "{}") return undefined;
    try {
        return compilePatternText(policy);
    } catch (error) {
        if (!(error instanceof PatternError)) throw error;
        const reason = error.message.replace(/^Event pattern is not valid\. Reason: /, "");
        throw invalidParameter(`FilterPolicy: ${reason}`);
    }
}

/** Whether the subscription gets the message. */
export function isWanted(wants: EventPredicate | undefined, scope: string | undefined, message: Notification): boolean {
    if (wants === undefined) return true;
    if (scope !== "MessageBody") return wants(attributeDocument(message.attributes));
    try {
        return wants(JSON.parse(message.message));
    } catch {
        // A message that is no JSON has nothing that a policy for its body could match.
        return false;
    }
}

/** Attributes as their policies see them; binary ones cannot be matched. */
function attributeDocument(attributes: Record<string, MessageAttribute>): Record<string, unknown> {
    const readable = Object.entries(attributes).filter(([, { DataType }]) => !DataType.startsWith("Binary"));
    return Object.fromEntries(readable.map(([name, attribute]) => [name, valueOf(attribute)]));
}

function valueOf({ DataType, StringValue = "" }: MessageAttribute): unknown {
    if (DataType.startsWith("Number")) return Number(StringValue);
    if (DataType !== "String.Array") return StringValue;
    const values: unknown = JSON.parse(StringValue);
    return values;
}
