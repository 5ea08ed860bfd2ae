import type { Clock } from "../clock";
import { ServiceError } from "../errors";
import type { JsonObject } from "../service";
import { validated } from "./engine";
import type { TableDescription } from "./model";
import { isObject, type Place, requiredText, tableName } from "./names";
import type { Storage } from "./storage";
import { Table } from "./table";
import { type CreateTableInput, describeNew, describeSse, describeStream } from "./table-description";
import { readTags, setTags } from "./tags";
import { type UpdateTableInput, updateIndexes, updateThroughput, withIndexThroughput } from "./table-updates";

const DEFAULT_LIST_LIMIT = 100;

/** Operations on tables. A table is ACTIVE as soon as it exists, and gone as soon as it is deleted. */
export class Tables {
    constructor(
        private readonly storage: Storage,
        private readonly place: Place,
        private readonly clock: Clock,
    ) {}

    /** @throws ServiceError `ResourceNotFoundException` */
    find(nameOrArn: string): Table {
        const name = tableName(nameOrArn, this.place);
        const table = this.storage.tables.get(name);
        if (table !== undefined) return table;
        throw new ServiceError("ResourceNotFoundException", `Requested resource not found: Table: ${name} not found`);
    }

    /** @param streamLabel The time in the stream's ARN; default: now. */
    async create(input: JsonObject, streamLabel?: string): Promise<JsonObject> {
        const shape = validated<CreateTableInput>("CreateTable", input);
        const tags = readTags(input["Tags"] ?? []);
        if (this.storage.tables.has(shape.TableName)) {
            throw new ServiceError("ResourceInUseException", `Table already exists: ${shape.TableName}`);
        }
        const description = describeNew(shape, input, this.place, this.clock.now(), streamLabel);
        const table = new Table(description);
        setTags(table, tags);
        this.storage.tables.set(shape.TableName, table);
        await this.storage.saveTable(table);
        return { TableDescription: this.#describe(table) };
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

    async delete(input: JsonObject): Promise<JsonObject> {
        const table = this.find(requiredText(input, "TableName"));
        if (table.description.DeletionProtectionEnabled) {
            throw new ServiceError(
                "ValidationException",
                "Resource cannot be deleted as it is currently protected against deletion. " +
                    "Disable deletion protection first.",
            );
        }
        await this.storage.deleteTable(table);
        return { TableDescription: { ...this.#describe(table), TableStatus: "DELETING" } };
    }

    async update(input: JsonObject): Promise<JsonObject> {
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
        await this.storage.saveTable(table);
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
