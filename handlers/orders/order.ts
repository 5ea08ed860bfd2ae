import type { OrderEventType } from "../../schemas/events/orders";
import type { CurrencyCode, OrderStatus } from "../../schemas/orders/common";
import type { ShippingAddress } from "../../schemas/orders/v2";

/** One line of an order. */
export interface OrderLine {
    sku: string;
    name?: string;
    quantity: number;
    /** In the smallest unit of the order's currency. */
    unitPrice: number;
}

/** What a customer asks for, whichever version of the API says it. */
export interface OrderRequest {
    currency: CurrencyCode;
    lines: OrderLine[];
    note?: string;
    shippingAddress?: ShippingAddress;
}

/** An order as it is stored, in the shape of no version of the API. */
export interface Order extends OrderRequest {
    id: string;
    customerId: string;
    status: OrderStatus;
    /** ISO 8601, UTC. */
    createdAt: string;
    updatedAt: string;
    /** 1 when it is placed, one more with each change. */
    version: number;
    /** Hash of the request that placed it: tells a repetition from another order with the same key. */
    requestHash: string;
    /**
     * What the last write is told as. It is part of the order, and so of the write: the table's stream makes an event
     * of it, so that no event is lost or invented whatever dies in between.
     */
    lastEvent: { type: OrderEventType; correlationId: string };
}

const NEXT: Record<OrderStatus, OrderStatus[]> = {
    placed: ["confirmed", "cancelled", "rejected"],
    confirmed: ["shipped", "cancelled"],
    shipped: ["completed"],
    completed: [],
    cancelled: [],
    rejected: [],
};

export function canBecome(from: OrderStatus, to: OrderStatus): boolean {
    return NEXT[from].includes(to);
}

/** A newer version of the order, and what it is told as. */
export function changed(
    order: Order,
    changes: Partial<Omit<Order, "lastEvent">>,
    { now, ...lastEvent }: Order["lastEvent"] & { now: Date },
): Order {
    return { ...order, ...changes, updatedAt: now.toISOString(), version: order.version + 1, lastEvent };
}

/** In the smallest unit of its currency. */
export function totalOf(order: OrderRequest): number {
    return order.lines.reduce((sum, line) => sum + line.quantity * line.unitPrice, 0);
}
