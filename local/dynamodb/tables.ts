import { isDeepStrictEqual } from "node:util";

import type { Clock } from "../clock";
import { ServiceError } from "../errors";
import type { JsonObject } from "../service";
import { validated } from "./engine";
import type { TableDescription } from "./model";
import { isObject, type Place, requiredText, tableName } from "./names";
import type { Storage } from "./storage";
import type { Streams } from "./streams";
import { Table } from "./table";
import { type CreateTableInput, describeNew, describeSse, describeStream } from "./table-description";
import { readTags, setTags } from "./tags";
import { type UpdateTableInput, updateIndexes, updateThroughput, withIndexThroughput } from "./table-updates";

const DEFAULT_LIST_LIMIT = 100;

/** Operations on tables. A table is ACTIVE as soon as it exists, and gone as soon as it is deleted. */
export class Tables {
    constructor(
        private readonly storage: Storage,
        private readonly streams: Streams,
        private readonly place: Place,
        private readonly clock: Clock,
    ) {}

    has(name: string): boolean {
        return this.storage.tables.has(name);
    }

    /** Ends a table and its streams, whatever protects it. */
    remove(name: string): void {
        const table = this.storage.tables.get(name);
        if (table !== undefined) this.storage.deleteTable(table);
        this.streams.delete(name);
    }

    /** @throws ServiceError `ResourceNotFoundException` */
    find(nameOrArn: string): Table {
        const name = tableName(nameOrArn, this.place);
        const table = this.storage.tables.get(name);
        if (table !== undefined) return table;
        throw new ServiceError("ResourceNotFoundException", `Requested resource not found: Table: ${name} not found`);
    }

    /** @param streamLabel The time in the stream's ARN; default: now. */
    create(input: JsonObject, streamLabel?: string): JsonObject {
        const shape = validated<CreateTableInput>("CreateTable", input);
        const tags = readTags(input["Tags"] ?? []);
        if (this.storage.tables.has(shape.TableName)) {
            throw new ServiceError("ResourceInUseException", `Table already exists: ${shape.TableName}`);
        }
        const description = describeNew(shape, input, this.place, this.clock.now(), streamLabel);
        const table = new Table(description);
        setTags(table, tags);
        this.storage.tables.set(shape.TableName, table);
        this.storage.saveTable(table);
        this.streams.follow(table.description);
        return { TableDescription: this.#describe(table) };
    }

    /**
     * Creates a table, or gives the one of this name new settings; its items stay unless its key is another one.
     * @param streamLabel The time in the stream's ARN.
     */
    declare(input: JsonObject, streamLabel: string | undefined): void {
        const shape = validated<CreateTableInput>("CreateTable", input);
        const table = new Table(describeNew(shape, input, this.place, this.clock.now(), streamLabel));
        setTags(table, readTags(input["Tags"] ?? []));
        const before = this.storage.tables.get(shape.TableName);
        if (before !== undefined && isDeepStrictEqual(keyTypes(before.description), keyTypes(table.description))) {
            const { TableId, CreationDateTime } = before.description;
            Object.assign(table.description, { TableId, CreationDateTime });
            for (const [key, item] of before.items.range()) table.restore(key, item);
        } else if (before !== undefined) {
            this.storage.deleteTable(before);
        }
        this.storage.tables.set(shape.TableName, table);
        this.storage.saveTable(table);
        this.streams.follow(table.description);
    }

    describe(input: JsonObject): JsonObject {
        return { Table: this.#describe(this.find(requiredText(input, "TableName"))) };
    }

    list(input: JsonObject): JsonObject {
        const shape = validated<{ ExclusiveStartTableName?: string; Limit?: number }>("ListTables", input);
        const { ExclusiveStartTableName: start = "", Limit: limit = DEFAULT_LIST_LIMIT } = shape;
        const names = [...this.storage.tables.keys()].filter((name) => name > start).sort();
        const page = names.slice(0, limit);
        return page.length < names.length
            ? { TableNames: page, LastEvaluatedTableName: page.at(-1) }
            : { TableNames: page };
    }

    delete(input: JsonObject): JsonObject {
        const table = this.find(requiredText(input, "TableName"));
        if (table.description.DeletionProtectionEnabled) {
            throw new ServiceError(
                "ValidationException",
                "Resource cannot be deleted as it is currently protected against deletion. " +
                    "Disable deletion protection first.",
            );
        }
        this.storage.deleteTable(table);
        this.streams.follow({ ...table.description, StreamSpecification: undefined });
        return { TableDescription: { ...this.#describe(table), TableStatus: "DELETING" } };
    }

    update(input: JsonObject): JsonObject {
        const table = this.find(requiredText(input, "TableName"));
        const named = { ...input, TableName: table.description.TableName };
        const before = table.description;
        // Changes that were told of before keep the description they came with.
        table.description = structuredClone(before);
        try {
            this.#applyUpdate(table, named);
        } catch (error) {
            table.description = before;
            throw error;
        }
        this.storage.saveTable(table);
        this.streams.follow(table.description);
        return { TableDescription: this.#describe(table) };
    }

    #applyUpdate(table: Table, input: JsonObject): void {
        const ofThroughputOrIndexes = ["ProvisionedThroughput", "BillingMode", "GlobalSecondaryIndexUpdates"];
        const others = ["StreamSpecification", "SSESpecification", "DeletionProtectionEnabled", "TableClass"];
        const { DeletionProtectionEnabled: protect, StreamSpecification: stream, TableClass: tableClass } = input;
        // dynalite does not know the others, and would find that nothing is to be changed.
        if (
            ofThroughputOrIndexes.some((member) => input[member] !== undefined) ||
            !others.some((name) => name in input)
        ) {
            const shape = validated<UpdateTableInput>("UpdateTable", withIndexThroughput(input));
            updateThroughput(table, shape, this.clock.now());
            updateIndexes(table, shape, input["AttributeDefinitions"], this.place);
        }
        const { description } = table;
        if (typeof protect === "boolean") description.DeletionProtectionEnabled = protect;
        if (typeof tableClass === "string") description.TableClassSummary = { TableClass: tableClass };
        if (isObject(stream)) updateStream(description, stream, this.clock.now());
        if (isObject(input["SSESpecification"])) describeSse(description, input["SSESpecification"], this.place);
    }

    #describe(table: Table): TableDescription & JsonObject {
        const { description } = table;
        const counted = { ...description, ItemCount: table.items.size };
        const withCount = (indexes: TableDescription["LocalSecondaryIndexes"]) =>
            indexes?.map((index) => ({ ...index, ItemCount: table.indexes.get(index.IndexName)?.size ?? 0 }));
        if (description.LocalSecondaryIndexes !== undefined) {
            counted.LocalSecondaryIndexes = withCount(description.LocalSecondaryIndexes);
        }
        if (description.GlobalSecondaryIndexes !== undefined) {
            counted.GlobalSecondaryIndexes = withCount(description.GlobalSecondaryIndexes);
        }
        return counted;
    }
}

function keyTypes({ KeySchema, AttributeDefinitions }: TableDescription): unknown[] {
    return KeySchema.map(({ AttributeName: name, KeyType }) => [
        name,
        KeyType,
        AttributeDefinitions.find((definition) => definition.AttributeName === name)?.AttributeType,
    ]);
}

function updateStream(description: TableDescription, specification: JsonObject, now: number): void {
    const enable = specification["StreamEnabled"] === true;
    const enabled = description.StreamSpecification?.StreamEnabled === true;
    if (enable === enabled) {
        throw new ServiceError(
            "ValidationException",
            enable
                ? "Table already has an enabled stream: TableName: " + description.TableName
                : "Table is already not streaming: TableName: " + description.TableName,
        );
    }
    if (enable) describeStream(description, specification, now);
    // The last stream stays readable for a day, so its ARN stays in the description.
    else delete description.StreamSpecification;
}
