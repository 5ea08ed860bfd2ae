import { ServiceError } from "../../errors";
import type { JsonObject } from "../../service";
import { notFound } from "../refusals";
import { onUserPool, type Operations, poolOf, type Tools, userOf } from "../tools";
import type { Group, UserPool } from "../user-pool";
import { groupView, userView } from "../users";
import { optionalNumber, optionalText, page, requiredText } from "../values";
import { limitOf } from "./user-lists";

export function groupOperations(tools: Tools): Operations {
    return onUserPool({
        CreateGroup: (input) => {
            const pool = poolOf(tools, input);
            const name = requiredText(input, "GroupName");
            if (pool.groups.has(name)) {
                throw new ServiceError("GroupExistsException", "A group with the name already exists.");
            }
            const now = tools.clock.now();
            const group: Group = { name, ...groupInput(input), createdAt: now, modifiedAt: now };
            pool.groups.set(name, group);
            return { Group: groupView(group, pool.id) };
        },
        UpdateGroup: (input) => {
            const { pool, group } = groupOf(tools, input);
            const given = Object.entries(groupInput(input)).filter(([, value]) => value !== undefined);
            Object.assign(group, Object.fromEntries(given), { modifiedAt: tools.clock.now() });
            return { Group: groupView(group, pool.id) };
        },
        DeleteGroup: (input) => {
            const { pool, group } = groupOf(tools, input);
            pool.groups.delete(group.name);
            for (const user of pool.users) user.groups.delete(group.name);
            return {};
        },
        GetGroup: (input) => {
            const { pool, group } = groupOf(tools, input);
            return { Group: groupView(group, pool.id) };
        },
        ListGroups: (input) => {
            const pool = poolOf(tools, input);
            return listGroups(pool, [...pool.groups.values()], input);
        },
        ListUsersInGroup: (input) => {
            const { pool, group } = groupOf(tools, input);
            const members = pool.users.filter((user) => user.groups.has(group.name));
            const { items, next } = page(members, limitOf(input), optionalText(input, "NextToken"));
            return { Users: items.map((user) => userView(user)), NextToken: next };
        },
        AdminAddUserToGroup: (input) => {
            const { user } = userOf(tools, input);
            user.groups.add(groupOf(tools, input).group.name);
            return {};
        },
        AdminRemoveUserFromGroup: (input) => {
            const { user } = userOf(tools, input);
            user.groups.delete(groupOf(tools, input).group.name);
            return {};
        },
        AdminListGroupsForUser: (input) => {
            const { pool, user } = userOf(tools, input);
            return listGroups(pool, pool.groupsOf(user), input);
        },
    });
}

function groupInput(input: JsonObject): Pick<Group, "description" | "roleArn" | "precedence"> {
    return {
        description: optionalText(input, "Description"),
        roleArn: optionalText(input, "RoleArn"),
        precedence: optionalNumber(input, "Precedence"),
    };
}

function groupOf(tools: Tools, input: JsonObject): { pool: UserPool; group: Group } {
    const pool = poolOf(tools, input);
    const group = pool.groups.get(requiredText(input, "GroupName"));
    if (group === undefined) throw notFound("Group not found.");
    return { pool, group };
}

function listGroups(pool: UserPool, groups: Group[], input: JsonObject): JsonObject {
    const { items, next } = page(groups, limitOf(input), optionalText(input, "NextToken"));
    return { Groups: items.map((group) => groupView(group, pool.id)), NextToken: next };
}
