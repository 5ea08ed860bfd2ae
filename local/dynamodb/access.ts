import { ServiceError } from "../errors";
import type { AccessRequest, JsonObject } from "../service";
import { validated } from "./engine";
import type { TableDescription } from "./model";
import { isObject, type Place, tableArn } from "./names";
import type { Storage } from "./storage";

/** Actions that AWS grants on `*` only. */
const WITHOUT_RESOURCE = new Set(["ListTables", "DescribeLimits", "DescribeEndpoints"]);

/** What each kind of action in a transaction needs: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/transaction-apis-iam.html */
const TRANSACTION_ACTIONS: Record<string, string> = {
    Put: "PutItem",
    Update: "UpdateItem",
    Delete: "DeleteItem",
    ConditionCheck: "ConditionCheckItem",
    Get: "GetItem",
};

const LEADING_KEYS = "dynamodb:LeadingKeys";
const ENCLOSING_OPERATION = "dynamodb:EnclosingOperation";

/**
 * What a caller must be allowed to do:
 * https://docs.aws.amazon.com/service-authorization/latest/reference/list_dynamodb.html
 * Input that makes no sense is judged as far as it does: the operation itself refuses it later.
 */
export class Access {
    constructor(
        private readonly storage: Storage,
        private readonly place: Place,
    ) {}

    of(operation: string, input: JsonObject): AccessRequest[] {
        if (operation === "BatchGetItem" || operation === "BatchWriteItem") return this.#batch(operation, input);
        if (operation === "TransactWriteItems" || operation === "TransactGetItems") {
            return this.#transaction(operation, input);
        }
        const action = `dynamodb:${operation}`;
        if (WITHOUT_RESOURCE.has(operation)) return [{ action, resource: "*" }];
        const table = this.#arn(input["TableName"] ?? input["ResourceArn"]);
        if (operation === "CreateTable" && Array.isArray(input["Tags"])) {
            return [
                { action, resource: table },
                { action: "dynamodb:TagResource", resource: table },
            ];
        }
        const { IndexName: index } = input;
        const resource = typeof index === "string" ? `${table}/index/${index}` : table;
        const keys = operation === "Query" ? this.#queriedKeys(input) : this.#leadingKeys(input["TableName"], [input]);
        return [withKeys({ action, resource }, keys)];
    }

    #batch(operation: string, input: JsonObject): AccessRequest[] {
        const tables = isObject(input["RequestItems"]) ? Object.entries(input["RequestItems"]) : [];
        const requests = tables.map(([name, content]) => {
            const keyed = Array.isArray(content) ? content.flatMap(writeRequests) : keysOf(content);
            const access = { action: `dynamodb:${operation}`, resource: this.#arn(name) };
            return withKeys(access, this.#leadingKeys(name, keyed));
        });
        return requests.length > 0 ? requests : [{ action: `dynamodb:${operation}`, resource: "*" }];
    }

    #transaction(operation: string, input: JsonObject): AccessRequest[] {
        const items = Array.isArray(input["TransactItems"]) ? input["TransactItems"] : [];
        return items.flatMap((item: unknown) =>
            Object.entries(isObject(item) ? item : {}).flatMap(([kind, content]): AccessRequest[] => {
                const action = TRANSACTION_ACTIONS[kind];
                if (action === undefined || !isObject(content)) return [];
                const table = content["TableName"];
                const request = withKeys(
                    { action: `dynamodb:${action}`, resource: this.#arn(table) },
                    this.#leadingKeys(table, [content]),
                );
                return [{ ...request, conditions: { ...request.conditions, [ENCLOSING_OPERATION]: [operation] } }];
            }),
        );
    }

    #arn(nameOrArn: unknown): string {
        const text = typeof nameOrArn === "string" ? nameOrArn : "";
        return text.startsWith("arn:") ? text : tableArn(text, this.place);
    }

    #description(nameOrArn: unknown): TableDescription | undefined {
        return this.storage.tables.get(this.#arn(nameOrArn).replace(/^.*:table\//, ""))?.description;
    }

    /** Partition keys that the requests name in `Key` or `Item`. */
    #leadingKeys(table: unknown, requests: JsonObject[]): string[] {
        const hashKey = this.#description(table)?.KeySchema[0]?.AttributeName;
        if (hashKey === undefined) return [];
        return requests.flatMap((request) => {
            const attributes = request["Key"] ?? request["Item"];
            return isObject(attributes) ? scalar(attributes[hashKey]) : [];
        });
    }

    #queriedKeys(input: JsonObject): string[] {
        const description = this.#description(input["TableName"]);
        const index = [
            ...(description?.GlobalSecondaryIndexes ?? []),
            ...(description?.LocalSecondaryIndexes ?? []),
        ].find(({ IndexName: name }) => name === input["IndexName"]);
        const hashKey = (index ?? description)?.KeySchema[0]?.AttributeName;
        if (hashKey === undefined || description === undefined) return [];
        try {
            const named = { ...input, TableName: description.TableName };
            const { KeyConditions: conditions } = validated<QueryParameters>("Query", named);
            return scalar(conditions?.[hashKey]?.AttributeValueList[0]);
        } catch (error) {
            if (error instanceof ServiceError) return [];
            throw error;
        }
    }
}

/** dynalite turns a key condition expression into this older form. */
interface QueryParameters {
    KeyConditions?: Record<string, { AttributeValueList: unknown[] }>;
}

function withKeys(request: AccessRequest, keys: string[]): AccessRequest {
    return keys.length === 0 ? request : { ...request, conditions: { [LEADING_KEYS]: [...new Set(keys)] } };
}

function writeRequests(request: unknown): JsonObject[] {
    return isObject(request) ? Object.values(request).filter(isObject) : [];
}

function keysOf(request: unknown): JsonObject[] {
    const keys = isObject(request) && Array.isArray(request["Keys"]) ? request["Keys"] : [];
    return keys.map((Key: unknown) => ({ Key }));
}

/** The text of a key's value, whatever its type. */
function scalar(value: unknown): string[] {
    return isObject(value) ? Object.values(value).filter((text) => typeof text === "string") : [];
}
