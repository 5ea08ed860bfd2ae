import { compilePattern, PatternError } from "../patterns";
import { ServiceError } from "../errors";
import type { AccessRequest, JsonObject, JsonService, Operation } from "../service";
import { policyOf } from "./buses";
import { describeBus, describeRule } from "./descriptions";
import type { Events } from "./events";
import { permission } from "./materialisers";
import { DEFAULT_BUS, type EventBus, type Rule, type RuleTarget } from "./model";
import { invalid } from "./refusals";

type Run = (input: JsonObject) => JsonObject;

/** https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_Operations.html */
export function eventsService(events: Events, place: { region: string; account: string }): JsonService {
    const { buses, scheduler } = events;
    const ruleArn = (name: unknown, bus: unknown): string => {
        const busName = String(bus ?? DEFAULT_BUS).replace(/^.*\//, "");
        return buses.arnOf("rule", busName === DEFAULT_BUS ? String(name) : `${busName}/${String(name)}`);
    };
    const onBus = (name: string, run: Run, member = "Name"): [string, Operation] => [
        name,
        { access: (input) => [busAccess(events, `events:${name}`, input[member])], run },
    ];
    const onRule = (name: string, run: Run, member = "Name"): [string, Operation] => [
        name,
        {
            access: (input) => [{ action: `events:${name}`, resource: ruleArn(input[member], input["EventBusName"]) }],
            run,
        },
    ];
    const rule = (input: JsonObject, member = "Name"): Rule => buses.rule(input[member], input["EventBusName"]);
    const onTagged = (name: string, run: (tags: Map<string, string>, input: JsonObject) => JsonObject) =>
        [
            name,
            {
                access: (input: JsonObject) => [{ action: `events:${name}`, resource: String(input["ResourceARN"]) }],
                run: (input: JsonObject) => run(tagsOf(events, String(input["ResourceARN"])), input),
            },
        ] as [string, Operation];
    return {
        protocol: "json",
        signingName: "events",
        targetPrefix: "AWSEvents",
        contentType: "application/x-amz-json-1.1",
        operations: Object.fromEntries([
            [
                "PutEvents",
                { access: (input) => putEventsAccess(events, input), run: (input) => events.putEvents(input) },
            ],
            onBus("CreateEventBus", ({ Name, Description }) => {
                if (buses.get(String(Name)) !== undefined) {
                    throw new ServiceError(
                        "ResourceAlreadyExistsException",
                        `Event bus ${String(Name)} already exists.`,
                    );
                }
                return { EventBusArn: buses.add(String(Name), text(Description) ?? "").arn };
            }),
            onBus("DescribeEventBus", ({ Name }) => describeBus(buses.find(Name))),
            onBus("DeleteEventBus", ({ Name }) => {
                if (Name === DEFAULT_BUS) throw invalid("Cannot delete event bus default.");
                buses.remove(String(Name));
                return {};
            }),
            onBus("ListEventBuses", ({ NamePrefix }) => ({
                EventBuses: buses.all.filter(({ name }) => name.startsWith(text(NamePrefix) ?? "")).map(describeBus),
            })),
            onBus(
                "PutPermission",
                (input) => {
                    const bus = buses.find(input["EventBusName"]);
                    putPermission(bus, input);
                    return {};
                },
                "EventBusName",
            ),
            onBus(
                "RemovePermission",
                (input) => {
                    const { statements } = buses.find(input["EventBusName"]);
                    if (input["RemoveAllPermissions"] === true) statements.clear();
                    else statements.delete(String(input["StatementId"]));
                    return {};
                },
                "EventBusName",
            ),
            onRule("PutRule", (input) => {
                const put = buses.putRule({
                    name: String(input["Name"]),
                    busName: text(input["EventBusName"]) ?? DEFAULT_BUS,
                    description: text(input["Description"]),
                    state: text(input["State"]),
                    eventPattern: text(input["EventPattern"]),
                    scheduleExpression: text(input["ScheduleExpression"]),
                    roleArn: text(input["RoleArn"]),
                });
                scheduler.follow(put);
                return { RuleArn: put.arn };
            }),
            onRule("DescribeRule", (input) => describeRule(rule(input))),
            onRule("DeleteRule", (input) => deleteRule(events, input)),
            onRule("EnableRule", (input) => switchRule(events, rule(input), "ENABLED")),
            onRule("DisableRule", (input) => switchRule(events, rule(input), "DISABLED")),
            onBus(
                "ListRules",
                ({ EventBusName, NamePrefix }) => ({
                    Rules: [...buses.find(EventBusName).rules.values()]
                        .filter(({ name }) => name.startsWith(text(NamePrefix) ?? ""))
                        .map(describeRule),
                }),
                "EventBusName",
            ),
            onBus(
                "ListRuleNamesByTarget",
                ({ EventBusName, TargetArn }) => ({
                    RuleNames: [...buses.find(EventBusName).rules.values()]
                        .filter(({ targets }) => [...targets.values()].some(({ Arn }) => Arn === TargetArn))
                        .map(({ name }) => name),
                }),
                "EventBusName",
            ),
            onRule("PutTargets", (input) => putTargets(rule(input, "Rule"), input), "Rule"),
            onRule(
                "RemoveTargets",
                (input) => {
                    const { targets } = rule(input, "Rule");
                    for (const id of list(input["Ids"])) targets.delete(String(id));
                    return { FailedEntryCount: 0, FailedEntries: [] };
                },
                "Rule",
            ),
            onRule("ListTargetsByRule", (input) => ({ Targets: [...rule(input, "Rule").targets.values()] }), "Rule"),
            [
                "TestEventPattern",
                { access: () => [{ action: "events:TestEventPattern", resource: "*" }], run: testPattern },
            ],
            onTagged("TagResource", (tags, input) => {
                for (const tag of list(input["Tags"])) {
                    tags.set(String(Reflect.get(Object(tag), "Key")), String(Reflect.get(Object(tag), "Value")));
                }
                return {};
            }),
            onTagged("UntagResource", (tags, input) => {
                for (const key of list(input["TagKeys"])) tags.delete(String(key));
                return {};
            }),
            onTagged("ListTagsForResource", (tags) => ({ Tags: [...tags].map(([Key, Value]) => ({ Key, Value })) })),
        ] satisfies [string, Operation][]),
    };

    function busAccess({ buses: all }: Events, action: string, name: unknown): AccessRequest {
        const bus = all.get(String(name ?? DEFAULT_BUS));
        const resource = bus?.arn ?? `arn:aws:events:${place.region}:${place.account}:event-bus/${String(name)}`;
        return { action, resource, resourcePolicy: bus && policyOf(bus) };
    }

    function putEventsAccess(all: Events, input: JsonObject): AccessRequest[] {
        return list(input["Entries"]).map((entry) => {
            const { EventBusName, Source, DetailType } = { ...Object(entry) } as JsonObject;
            return {
                ...busAccess(all, "events:PutEvents", EventBusName),
                conditions: { "events:source": [String(Source)], "events:detail-type": [String(DetailType)] },
            };
        });
    }
}

function putPermission(bus: EventBus, input: JsonObject): void {
    const policy = text(input["Policy"]);
    if (policy === undefined) {
        const sid = String(input["StatementId"]);
        bus.statements.set(sid, permission(sid, String(input["Principal"]), text(input["Action"]), bus.arn));
        return;
    }
    bus.statements.clear();
    for (const [at, statement] of list(Reflect.get(Object(JSON.parse(policy)), "Statement")).entries()) {
        bus.statements.set(String(Reflect.get(Object(statement), "Sid") ?? at), Object(statement) as object);
    }
}

function deleteRule({ buses, scheduler }: Events, input: JsonObject): JsonObject {
    const bus = buses.find(input["EventBusName"]);
    const rule = bus.rules.get(String(input["Name"]));
    if (rule === undefined) return {};
    if (rule.targets.size > 0) throw invalid("Rule can't be deleted since it has targets.");
    scheduler.forget(rule.arn);
    bus.rules.delete(rule.name);
    return {};
}

function switchRule({ scheduler }: Events, rule: Rule, state: Rule["state"]): JsonObject {
    rule.state = state;
    scheduler.follow(rule);
    return {};
}

/** https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutTargets.html */
function putTargets(rule: Rule, input: JsonObject): JsonObject {
    const targets = list(input["Targets"]) as RuleTarget[];
    const ids = new Set([...rule.targets.keys(), ...targets.map(({ Id }) => Id)]);
    if (ids.size > MOST_TARGETS) {
        throw new ServiceError("LimitExceededException", "The requested resource exceeds the maximum number allowed.");
    }
    for (const target of targets) rule.targets.set(target.Id, target);
    return { FailedEntryCount: 0, FailedEntries: [] };
}

const MOST_TARGETS = 5;

function testPattern(input: JsonObject): JsonObject {
    try {
        const fits = compilePattern(JSON.parse(String(input["EventPattern"])));
        return { Result: fits(JSON.parse(String(input["Event"]))) };
    } catch (error) {
        const message = error instanceof Error ? error.message : String(error);
        throw new ServiceError(
            "InvalidEventPatternException",
            error instanceof PatternError ? message : `Event pattern is not valid. Reason: ${message}`,
        );
    }
}

function tagsOf({ buses }: Events, arn: string): Map<string, string> {
    for (const bus of buses.all) {
        if (bus.arn === arn) return bus.tags;
        for (const rule of bus.rules.values()) if (rule.arn === arn) return rule.tags;
    }
    throw new ServiceError("ResourceNotFoundException", `${arn} does not exist.`);
}

function list(value: unknown): unknown[] {
    return Array.isArray(value) ? value : value === undefined ? [] : [value];
}

function text(value: unknown): string | undefined {
    return typeof value === "string" && value !== "" ? value : undefined;
}
