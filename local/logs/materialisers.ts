import type { GraphValue, Resource } from "../../graph/model";
import type { Materialisers } from "../service";
import type { LogGroups } from "./log-groups";

/** Creates log groups and streams as a graph declares them. */
export function materialisers(groups: LogGroups, now: () => number): Materialisers {
    return {
        "aws:cloudwatch/logGroup:LogGroup": {
            create: (resource) => putGroup(groups, resource, now()),
            update: (resource) => putGroup(groups, resource, now()),
            delete: ({ outputs }) => groups.delete(text(outputs["name"])),
        },
        "aws:cloudwatch/logStream:LogStream": {
            create: ({ inputs, outputs }) => {
                const group = groups.get(text(inputs["logGroupName"]));
                const name = text(outputs["name"]);
                if (!group.streams.has(name)) group.createStream(name, now());
            },
            delete: ({ inputs, outputs }) => {
                const group = groups.find(text(inputs["logGroupName"]));
                const name = text(outputs["name"]);
                if (group?.streams.has(name) === true) group.deleteStream(name);
            },
        },
    };
}

/** A group that exists keeps its events. */
function putGroup(groups: LogGroups, { inputs, outputs }: Resource, now: number): void {
    const { retentionInDays, kmsKeyId, logGroupClass, deletionProtectionEnabled, tags } = inputs;
    groups.put(
        {
            logGroupName: text(outputs["name"]),
            // The provider takes 0 for no limit.
            retentionInDays: typeof retentionInDays === "number" && retentionInDays > 0 ? retentionInDays : undefined,
            kmsKeyId: typeof kmsKeyId === "string" ? kmsKeyId : undefined,
            logGroupClass: typeof logGroupClass === "string" ? logGroupClass : undefined,
            deletionProtectionEnabled: deletionProtectionEnabled === true,
            tags: textMap(tags),
        },
        now,
    );
}

function text(value: GraphValue | undefined): string {
    if (typeof value !== "string" || value === "") throw new Error("It has no name, or names no log group.");
    return value;
}

function textMap(value: GraphValue | undefined): Record<string, string> {
    if (typeof value !== "object" || value === null || Array.isArray(value)) return {};
    return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, String(member)]));
}
