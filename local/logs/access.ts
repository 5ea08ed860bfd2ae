import type { AccessRequest, JsonObject } from "../service";
import { nameInArn } from "./requests";

/** What callers must be allowed, operation by operation. */
export type AccessOf = (action: string, input: JsonObject) => AccessRequest[];

/**
 * Resources are named as CloudWatch Logs names them to IAM: a group's ARN goes on with `:log-stream:` and, where the
 * operation has one, the stream. So a policy reaches them by the group's ARN followed by `:*`, except for tags.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/iam-access-control-overview-cwl.html
 */
export function accessAt(region: string, account: string): AccessOf {
    return (action, input) => {
        const tagged = text(input, "resourceArn");
        const group = nameInArn(text(input, "logGroupIdentifier") || text(input, "logGroupName"));
        const resource = `arn:aws:logs:${region}:${account}:log-group:${group}:log-stream:${text(input, "logStreamName")}`;
        return [{ action: `logs:${action}`, resource: tagged === "" ? resource : tagged }];
    };
}

function text(input: JsonObject, member: string): string {
    const value = input[member];
    return typeof value === "string" ? value : "";
}
