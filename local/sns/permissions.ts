import type { Topic } from "./model";
import { invalidParameter } from "./refusals";

interface PolicyDocument {
    Statement: { Sid?: string }[];
}

/** https://docs.aws.amazon.com/sns/latest/api/API_AddPermission.html */
export function addPermission(topic: Topic, label: string, accounts: string[], actions: string[]): Topic {
    const document = policyOf(topic);
    if (document.Statement.some(({ Sid }) => Sid === label)) throw invalidParameter("Statement already exists");
    const statement = {
        Sid: label,
        Effect: "Allow",
        Principal: { AWS: accounts.map((account) => `arn:aws:iam::${account}:root`) },
        Action: actions.map((action) => `SNS:${action}`),
        Resource: topic.arn,
    };
    return withPolicy(topic, { ...document, Statement: [...document.Statement, statement] });
}

export function removePermission(topic: Topic, label: string): Topic {
    const document = policyOf(topic);
    return withPolicy(topic, { ...document, Statement: document.Statement.filter(({ Sid }) => Sid !== label) });
}

function policyOf({ attributes }: Topic): PolicyDocument {
    return JSON.parse(attributes["Policy"] ?? '{"Version":"2008-10-17","Statement":[]}') as PolicyDocument;
}

function withPolicy(topic: Topic, document: PolicyDocument): Topic {
    return { ...topic, attributes: { ...topic.attributes, Policy: JSON.stringify(document) } };
}
