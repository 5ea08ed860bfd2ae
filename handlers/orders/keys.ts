import type { OrderStatus } from "../../schemas/orders/common";
import type { Order } from "./order";

/**
 * The table's keys and what they are for. Every access is a GetItem or a Query; nothing scans.
 *
 * | Access pattern                          | Where        | Partition key          | Sort key           |
 * |-----------------------------------------|--------------|------------------------|--------------------|
 * | one order, strongly consistent          | table        | `ORDER#<id>`           | `ORDER`            |
 * | a customer's orders, newest first       | `byCustomer` | `CUSTOMER#<customer>`  | `<createdAt>#<id>` |
 * | orders in a status, longest waiting first | `byStatus` | `STATUS#<status>`      | `<updatedAt>#<id>` |
 *
 * The sort key `ORDER` leaves room for other items of an order beside it. All orders in one status share a partition
 * of `byStatus`, which takes 1,000 writes a second; a shop that comes near it would add a shard number to the key and
 * read the shards side by side.
 */
export interface OrderKeys {
    pk: string;
    sk: string;
    customerPk: string;
    customerSk: string;
    statusPk: string;
    statusSk: string;
}

export const BY_CUSTOMER = { name: "byCustomer", pk: "customerPk", sk: "customerSk" } as const;
export const BY_STATUS = { name: "byStatus", pk: "statusPk", sk: "statusSk" } as const;

export type OrderIndex = typeof BY_CUSTOMER | typeof BY_STATUS;

export function tableKey(orderId: string): Pick<OrderKeys, "pk" | "sk"> {
    return { pk: `ORDER#${orderId}`, sk: "ORDER" };
}

export function customerPartition(customerId: string): string {
    return `CUSTOMER#${customerId}`;
}

export function statusPartition(status: OrderStatus): string {
    return `STATUS#${status}`;
}

export function keysOf(order: Order): OrderKeys {
    return {
        ...tableKey(order.id),
        customerPk: customerPartition(order.customerId),
        customerSk: `${order.createdAt}#${order.id}`,
        statusPk: statusPartition(order.status),
        statusSk: `${order.updatedAt}#${order.id}`,
    };
}
