import { ServiceError } from "../errors";
import type { AccessRequest } from "../service";

/** What a poller's role must allow for each kind of source. */
const ACTIONS: Record<string, string[]> = {
    sqs: ["ReceiveMessage", "DeleteMessage", "GetQueueAttributes"],
    dynamodb: ["DescribeStream", "GetRecords", "GetShardIterator"],
    kinesis: ["DescribeStream", "GetRecords", "GetShardIterator"],
};

/**
 * Lambda polls with the function's role and pipes with their own; neither is created where the role may not:
 * https://docs.aws.amazon.com/lambda/latest/dg/with-ddb.html
 * https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-pipes-permissions.html
 * @throws ServiceError InvalidParameterValueException naming the statement that is missing.
 */
export function requirePollingAllowed(
    roleArn: string,
    eventSourceArn: string,
    iam: { roleMay(roleArn: string, access: AccessRequest): { allowed: boolean } },
): void {
    const service = eventSourceArn.split(":")[2] ?? "";
    const missing = (ACTIONS[service] ?? [])
        .map((action) => `${service}:${action}`)
        .filter((action) => !iam.roleMay(roleArn, { action, resource: eventSourceArn }).allowed);
    if (missing.length === 0) return;
    throw new ServiceError(
        "InvalidParameterValueException",
        `The role ${roleArn} may not read ${eventSourceArn}. Its policies lack the statement ` +
            JSON.stringify({ Effect: "Allow", Action: missing, Resource: eventSourceArn }),
    );
}
