import { ServiceError } from "../errors";
import type { JsonObject } from "../service";
import type { Queue } from "./queue";

interface PolicyDocument {
    Version: string;
    Statement: { Sid?: string }[];
}

/** https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_AddPermission.html */
export function addPermission(queue: Queue, { Label, AWSAccountIds, Actions }: JsonObject): JsonObject {
    const document = policyOf(queue);
    const sid = String(Label);
    if (document.Statement.some(({ Sid }) => Sid === sid)) {
        throw new ServiceError(
            "InvalidParameterValue",
            `Value ${sid} for parameter Label is invalid. Reason: Already exists.`,
        );
    }
    const accounts = Array.isArray(AWSAccountIds) ? AWSAccountIds.map(String) : [];
    const actions = Array.isArray(Actions) ? Actions.map((action) => `sqs:${String(action)}`) : [];
    const statement = {
        Sid: sid,
        Effect: "Allow",
        Principal: { AWS: accounts.map((account) => `arn:aws:iam::${account}:root`) },
        Action: actions,
        Resource: queue.arn,
    };
    queue.attributes = {
        ...queue.attributes,
        Policy: JSON.stringify({ ...document, Statement: [...document.Statement, statement] }),
    };
    return {};
}

export function removePermission(queue: Queue, label: string): JsonObject {
    const document = policyOf(queue);
    const left = document.Statement.filter(({ Sid }) => Sid !== label);
    if (left.length === document.Statement.length) {
        throw new ServiceError(
            "InvalidParameterValue",
            `Value ${label} for parameter Label is invalid. Reason: can't find label.`,
        );
    }
    const Policy = left.length === 0 ? "" : JSON.stringify({ ...document, Statement: left });
    queue.attributes = { ...queue.attributes, Policy };
    return {};
}

function policyOf({ attributes, arn }: Queue): PolicyDocument {
    const text = attributes["Policy"];
    if (text === undefined || text === "") {
        return { Version: "2012-10-17", Id: `${arn}/SQSDefaultPolicy`, Statement: [] } as PolicyDocument;
    }
    return JSON.parse(text) as PolicyDocument;
}
