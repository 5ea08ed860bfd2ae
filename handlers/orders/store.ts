import { ConditionalCheckFailedException, DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { DynamoDBDocumentClient, GetCommand, PutCommand, QueryCommand } from "@aws-sdk/lib-dynamodb";

import { type OrderIndex, keysOf, tableKey } from "./keys";
import type { PageKey } from "./cursor";
import type { Order } from "./order";

export interface OrderPage {
    orders: Order[];
    /** Present where there is more. */
    next?: PageKey;
}

export interface PageQuery {
    index: OrderIndex;
    partition: string;
    limit: number;
    newestFirst: boolean;
    after?: PageKey;
}

/** Where orders are kept. */
export interface OrderStore {
    get(orderId: string): Promise<Order | undefined>;
    /** False where an order with this id exists already. */
    insert(order: Order): Promise<boolean>;
    /** False where the stored order has another version than the one before this. */
    replace(order: Order): Promise<boolean>;
    page(query: PageQuery): Promise<OrderPage>;
}

export function dynamoDbOrderStore(tableName: string, client = new DynamoDBClient()): OrderStore {
    const documents = DynamoDBDocumentClient.from(client, { marshallOptions: { removeUndefinedValues: true } });

    const put = async (order: Order, condition: string, values?: Record<string, unknown>): Promise<boolean> => {
        try {
            await documents.send(
                new PutCommand({
                    TableName: tableName,
                    Item: { ...order, ...keysOf(order) },
                    ConditionExpression: condition,
                    ...(values === undefined
                        ? {}
                        : { ExpressionAttributeNames: { "#version": "version" }, ExpressionAttributeValues: values }),
                }),
            );
            return true;
        } catch (error) {
            if (error instanceof ConditionalCheckFailedException) return false;
            throw error;
        }
    };

    return {
        async get(orderId) {
            const { Item } = await documents.send(
                new GetCommand({ TableName: tableName, Key: tableKey(orderId), ConsistentRead: true }),
            );
            return Item === undefined ? undefined : fromItem(Item);
        },
        insert: (order) => put(order, "attribute_not_exists(pk)"),
        replace: (order) => put(order, "#version = :before", { ":before": order.version - 1 }),
        async page({ index, partition, limit, newestFirst, after }) {
            const { Items = [], LastEvaluatedKey } = await documents.send(
                new QueryCommand({
                    TableName: tableName,
                    IndexName: index.name,
                    KeyConditionExpression: "#partition = :partition",
                    ExpressionAttributeNames: { "#partition": index.pk },
                    ExpressionAttributeValues: { ":partition": partition },
                    ScanIndexForward: !newestFirst,
                    Limit: limit,
                    ExclusiveStartKey: after,
                }),
            );
            return { orders: Items.map(fromItem), next: LastEvaluatedKey };
        },
    };
}

const KEYS = new Set(["pk", "sk", "customerPk", "customerSk", "statusPk", "statusSk"]);

/** Only this module writes the table, so what it reads is an order. */
function fromItem(item: Record<string, unknown>): Order {
    return Object.fromEntries(Object.entries(item).filter(([name]) => !KEYS.has(name))) as unknown as Order;
}
