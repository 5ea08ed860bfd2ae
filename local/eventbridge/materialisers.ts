import type { Properties, Resource } from "../../graph/model";
import type { Materialiser, Materialisers } from "../service";
import type { Events } from "./events";
import { DEFAULT_BUS, type Rule, type RuleTarget } from "./model";

/** What makes EventBridge's resources exist here. Buses and rules that exist keep what belongs to them. */
export function eventsMaterialisers(events: Events): Materialisers {
    const { buses, scheduler } = events;
    return {
        "aws:cloudwatch/eventBus:EventBus": {
            create: (resource) => void buses.add(nameOf(resource), text(resource.inputs["description"]) ?? ""),
            update: (resource) => void buses.add(nameOf(resource), text(resource.inputs["description"]) ?? ""),
            delete: (resource) => buses.remove(nameOf(resource)),
        },
        "aws:cloudwatch/eventRule:EventRule": always(
            (resource) => scheduler.follow(buses.putRule(ruleSettings(resource))),
            (resource) => {
                const { name, busName } = ruleSettings(resource);
                const rule = buses.get(busName)?.rules.get(name);
                if (rule !== undefined) scheduler.forget(rule.arn);
                buses.get(busName)?.rules.delete(name);
            },
        ),
        "aws:cloudwatch/eventTarget:EventTarget": always(
            ({ id, inputs }) => {
                const rule = buses.rule(inputs["rule"], busOf(inputs));
                const target = ruleTarget(text(inputs["targetId"]) ?? id, inputs);
                rule.targets.set(target.Id, target);
            },
            ({ id, inputs }) => void ruleOf(events, inputs)?.targets.delete(text(inputs["targetId"]) ?? id),
        ),
        "aws:cloudwatch/eventPermission:EventPermission": always(
            ({ inputs }) => {
                const bus = buses.find(busOf(inputs));
                const principal = text(inputs["principal"]) ?? "*";
                const sid = text(inputs["statementId"]) ?? "";
                bus.statements.set(sid, permission(sid, principal, text(inputs["action"]), bus.arn));
            },
            ({ inputs }) => void buses.get(busOf(inputs))?.statements.delete(text(inputs["statementId"]) ?? ""),
        ),
        "aws:cloudwatch/eventBusPolicy:EventBusPolicy": always(
            ({ inputs }) => {
                const bus = buses.find(busOf(inputs));
                const { Statement: statements } = JSON.parse(String(inputs["policy"])) as { Statement: unknown };
                bus.statements.clear();
                for (const [at, statement] of [statements].flat().entries()) {
                    bus.statements.set(
                        String(Reflect.get(Object(statement), "Sid") ?? at),
                        Object(statement) as object,
                    );
                }
            },
            ({ inputs }) => buses.get(busOf(inputs))?.statements.clear(),
        ),
    };
}

/** Creating again what exists is changing it. */
function always(put: (resource: Resource) => void, remove: (resource: Resource) => void): Materialiser {
    return { create: put, update: put, delete: remove };
}

export function permission(sid: string, principal: string, action = "events:PutEvents", busArn: string): object {
    const account = /^\d{12}$/.test(principal) ? `arn:aws:iam::${principal}:root` : principal;
    return {
        Sid: sid,
        Effect: "Allow",
        Principal: principal === "*" ? "*" : { AWS: account },
        Action: action,
        Resource: busArn,
    };
}

function nameOf({ outputs, name }: Resource): string {
    return text(outputs["name"]) ?? name;
}

function busOf(inputs: Properties): string {
    return text(inputs["eventBusName"]) ?? DEFAULT_BUS;
}

function ruleOf({ buses }: Events, inputs: Properties): Rule | undefined {
    return buses.get(busOf(inputs))?.rules.get(String(inputs["rule"]));
}

function ruleSettings(resource: Resource): Parameters<Events["buses"]["putRule"]>[0] {
    const { inputs } = resource;
    const isOff = inputs["isEnabled"] === false || inputs["state"] === "DISABLED";
    return {
        name: nameOf(resource),
        busName: busOf(inputs),
        description: text(inputs["description"]),
        state: isOff ? "DISABLED" : "ENABLED",
        eventPattern: text(inputs["eventPattern"]),
        scheduleExpression: text(inputs["scheduleExpression"]),
        roleArn: text(inputs["roleArn"]),
    };
}

function ruleTarget(id: string, inputs: Properties): RuleTarget {
    const transformer = record(inputs["inputTransformer"]);
    const template = text(transformer["inputTemplate"]);
    const retry = record(inputs["retryPolicy"]);
    return {
        Id: id,
        Arn: String(inputs["arn"]),
        RoleArn: text(inputs["roleArn"]),
        Input: text(inputs["input"]),
        InputPath: text(inputs["inputPath"]),
        ...(template === undefined
            ? {}
            : {
                  InputTransformer: {
                      InputPathsMap: record(transformer["inputPaths"]) as Record<string, string>,
                      InputTemplate: template,
                  },
              }),
        SqsParameters: { MessageGroupId: text(record(inputs["sqsTarget"])["messageGroupId"]) },
        DeadLetterConfig: { Arn: text(record(inputs["deadLetterConfig"])["arn"]) },
        RetryPolicy: {
            MaximumRetryAttempts: number(retry["maximumRetryAttempts"]),
            MaximumEventAgeInSeconds: number(retry["maximumEventAgeInSeconds"]),
        },
    };
}

function text(value: unknown): string | undefined {
    return typeof value === "string" && value !== "" ? value : undefined;
}

function number(value: unknown): number | undefined {
    return typeof value === "number" ? value : undefined;
}

function record(value: unknown): Record<string, unknown> {
    return typeof value === "object" && value !== null && !Array.isArray(value) ? { ...value } : {};
}
