import { ServiceError } from "../errors";
import type { JsonObject } from "../service";
import { MAX_TAGS } from "./limits";
import { isObject, type Place, requiredText, tableName } from "./names";
import type { Storage } from "./storage";
import type { Table } from "./table";

/** Tags of tables: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Tagging.html */
export class Tags {
    constructor(
        private readonly storage: Storage,
        private readonly place: Place,
    ) {}

    add(input: JsonObject): JsonObject {
        const table = this.#find(input);
        setTags(table, readTags(input["Tags"]));
        this.storage.saveTable(table);
        return {};
    }

    remove(input: JsonObject): JsonObject {
        const table = this.#find(input);
        const keys = input["TagKeys"];
        if (!Array.isArray(keys)) throw new ServiceError("ValidationException", "TagKeys must be a list of tag keys");
        for (const key of keys) table.tags.delete(String(key));
        this.storage.saveTable(table);
        return {};
    }

    list(input: JsonObject): JsonObject {
        const { tags } = this.#find(input);
        return { Tags: [...tags].map(([Key, Value]) => ({ Key, Value })) };
    }

    #find(input: JsonObject): Table {
        const arn = requiredText(input, "ResourceArn");
        if (!arn.startsWith("arn:")) {
            throw new ServiceError(
                "ValidationException",
                `Invalid TableArn: Invalid ResourceArn provided as input ${arn}`,
            );
        }
        const table = this.storage.tables.get(tableName(arn, this.place));
        if (table !== undefined) return table;
        throw new ServiceError(
            "ResourceNotFoundException",
            `Requested resource not found: ResourcArn: ${arn} not found`,
        );
    }
}

/** @throws ServiceError `ValidationException` when these are no tags. */
export function readTags(tags: unknown): [string, string][] {
    if (!Array.isArray(tags)) throw new ServiceError("ValidationException", "Tags must be a list of Key and Value");
    return tags.map((tag: unknown) => {
        const { Key: key, Value: value } = isObject(tag) ? tag : {};
        if (typeof key === "string" && key.length >= 1 && key.length <= 128 && typeof value === "string") {
            return [key, value];
        }
        throw new ServiceError("ValidationException", "A tag needs a Key of 1 to 128 characters and a Value");
    });
}

/** @throws ServiceError `ValidationException` when the table would have too many tags; it then keeps those it had. */
export function setTags(table: Table, tags: [string, string][]): void {
    const count = new Set([...table.tags.keys(), ...tags.map(([key]) => key)]).size;
    if (count > MAX_TAGS) {
        throw new ServiceError("ValidationException", `Too many tags: a table can have ${MAX_TAGS} of them`);
    }
    for (const [key, value] of tags) table.tags.set(key, value);
}
