/**
 * Ids of what a function says it has not processed; `all` where what it says makes no sense.
 * https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html#services-sqs-batchfailurereporting
 */
export function failedItems(payload: string): "all" | ReadonlySet<string> {
    const answer: unknown = JSON.parse(payload);
    if (answer === null) return new Set();
    if (typeof answer !== "object") return new Set();
    const failures: unknown = Reflect.get(answer, "batchItemFailures");
    if (failures === undefined || failures === null) return new Set();
    if (!Array.isArray(failures)) return "all";
    const ids = failures.map((failure): unknown => Reflect.get(Object(failure), "itemIdentifier"));
    return ids.every((id): id is string => typeof id === "string" && id !== "") ? new Set(ids) : "all";
}
