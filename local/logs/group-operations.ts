import type { Clock } from "../clock";
import { ServiceError } from "../errors";
import type { JsonObject } from "../service";
import type { LogGroup } from "./log-group";
import type { LogGroups } from "./log-groups";
import type { LogGroupSettings } from "./model";
import { invalidMember, invalidParameter, missing } from "./refusals";
import { logGroupName, logGroupOf, nameInArn, optionalText, optionalTexts, page, tags } from "./requests";

/** https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutRetentionPolicy.html */
const RETENTION_DAYS = [
    1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
];
const CLASSES = ["STANDARD", "INFREQUENT_ACCESS", "DELIVERY"];

/** The operations on log groups and their tags. */
export class GroupOperations {
    constructor(
        private readonly groups: LogGroups,
        private readonly clock: Clock,
        /** `arn:aws:logs:<region>:<account>:log-group:` */
        private readonly arnPrefix: string,
    ) {}

    create(input: JsonObject): JsonObject {
        const settings: LogGroupSettings = {
            logGroupName: logGroupName(input),
            kmsKeyId: optionalText(input, "kmsKeyId"),
            logGroupClass: optionalText(input, "logGroupClass"),
            deletionProtectionEnabled: input["deletionProtectionEnabled"] === true,
            tags: tags(input),
        };
        if (settings.logGroupClass !== undefined && !CLASSES.includes(settings.logGroupClass)) {
            const constraint = `Member must satisfy enum value set: [${CLASSES.join(", ")}]`;
            throw invalidMember("logGroupClass", settings.logGroupClass, constraint);
        }
        this.groups.create(settings, this.clock.now());
        return {};
    }

    delete(input: JsonObject): JsonObject {
        const group = this.groups.get(logGroupName(input));
        if (group.deletionProtectionEnabled) {
            throw new ServiceError(
                "ValidationException",
                `The log group ${group.name} has deletion protection. Turn it off to delete the group.`,
            );
        }
        this.groups.delete(group.name);
        return {};
    }

    putDeletionProtection(input: JsonObject): JsonObject {
        const enabled = input["deletionProtectionEnabled"];
        if (typeof enabled !== "boolean") {
            throw invalidMember("deletionProtectionEnabled", undefined, "Member must not be null");
        }
        this.groups.get(logGroupOf(input)).deletionProtectionEnabled = enabled;
        return {};
    }

    describe(input: JsonObject): JsonObject {
        const prefix = optionalText(input, "logGroupNamePrefix");
        const part = optionalText(input, "logGroupNamePattern")?.toLowerCase();
        if (prefix !== undefined && part !== undefined) {
            throw invalidParameter("LogGroup name prefix and LogGroup name pattern are mutually exclusive parameters.");
        }
        const identifiers = optionalTexts(input, "logGroupIdentifiers")?.map(nameInArn);
        const named = this.groups
            .all()
            .filter(({ name }) => name.startsWith(prefix ?? "") && name.toLowerCase().includes(part ?? ""))
            .filter(({ name }) => identifiers === undefined || identifiers.includes(name));
        const { items, nextToken } = page(named, ({ name }) => name, input, 50);
        return { logGroups: items.map((group) => this.#description(group)), nextToken };
    }

    putRetention(input: JsonObject): JsonObject {
        const days = input["retentionInDays"];
        if (typeof days !== "number" || !RETENTION_DAYS.includes(days)) {
            const constraint = `Member must satisfy enum value set: [${RETENTION_DAYS.join(", ")}]`;
            throw invalidMember("retentionInDays", days ?? undefined, constraint);
        }
        this.groups.get(logGroupName(input)).retentionInDays = days;
        return {};
    }

    deleteRetention(input: JsonObject): JsonObject {
        this.groups.get(logGroupName(input)).retentionInDays = undefined;
        return {};
    }

    tag(input: JsonObject): JsonObject {
        const group = this.#tagged(input);
        for (const [key, value] of Object.entries(tags(input))) group.tags.set(key, value);
        return {};
    }

    untag(input: JsonObject): JsonObject {
        const group = this.#tagged(input);
        for (const key of optionalTexts(input, "tagKeys") ?? []) group.tags.delete(key);
        return {};
    }

    listTags(input: JsonObject): JsonObject {
        return { tags: Object.fromEntries(this.#tagged(input).tags) };
    }

    #tagged(input: JsonObject): LogGroup {
        const arn = optionalText(input, "resourceArn") ?? "";
        const group = arn.startsWith(this.arnPrefix) ? this.groups.find(nameInArn(arn)) : undefined;
        if (group === undefined) throw missing("log group");
        return group;
    }

    #description(group: LogGroup): JsonObject {
        // Lets go of what is past its retention, so that its bytes do not count.
        group.events(this.clock.now());
        return {
            logGroupName: group.name,
            creationTime: group.creationTime,
            retentionInDays: group.retentionInDays,
            metricFilterCount: 0,
            arn: `${this.arnPrefix}${group.name}:*`,
            logGroupArn: `${this.arnPrefix}${group.name}`,
            storedBytes: group.storedBytes,
            kmsKeyId: group.kmsKeyId,
            logGroupClass: group.logGroupClass,
            deletionProtectionEnabled: group.deletionProtectionEnabled,
        };
    }
}
