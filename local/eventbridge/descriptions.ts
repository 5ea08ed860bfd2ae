import type { JsonObject } from "../service";
import { policyOf } from "./buses";
import type { EventBus, Rule } from "./model";

export function describeBus(bus: EventBus): JsonObject {
    return {
        Name: bus.name,
        Arn: bus.arn,
        Description: bus.description,
        Policy: policyOf(bus),
        CreationTime: bus.createdAt / 1000,
        LastModifiedTime: bus.createdAt / 1000,
    };
}

export function describeRule(rule: Rule): JsonObject {
    return {
        Name: rule.name,
        Arn: rule.arn,
        EventPattern: rule.eventPattern,
        ScheduleExpression: rule.scheduleExpression,
        State: rule.state,
        Description: rule.description,
        RoleArn: rule.roleArn,
        EventBusName: rule.busName,
    };
}
