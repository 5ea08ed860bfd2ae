import { ORDER_ID } from "../../schemas/orders/common";
import type { Caller } from "../http/caller";
import { HttpProblem } from "../http/problem";
import { etagOf, etags } from "../http/request";
import type { Order } from "./order";
import type { OrderStore } from "./store";

/**
 * An order that the caller may see. Somebody else's is not found, so that nobody learns which ids exist.
 * @throws HttpProblem 404
 */
export async function visibleOrder(store: OrderStore, orderId: string | undefined, caller: Caller): Promise<Order> {
    const order = orderId !== undefined && ORDER_ID.test(orderId) ? await store.get(orderId) : undefined;
    if (order === undefined || (order.customerId !== caller.customerId && !caller.isStaff)) {
        throw new HttpProblem(404, "order-not-found", "There is no such order.");
    }
    return order;
}

/** @throws HttpProblem 412 where the header names another version than the order's. */
export function requireMatch(order: Order, ifMatch: string): void {
    const allowed = etags(ifMatch);
    if (!allowed.includes("*") && !allowed.includes(etagOf(order))) throw changedSince();
}

export function changedSince(): HttpProblem {
    return new HttpProblem(412, "order-changed", "The order has changed since it was read. Read it again.");
}
