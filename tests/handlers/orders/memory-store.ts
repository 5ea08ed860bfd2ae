import type { Order } from "../../../handlers/orders/order";
import type { OrderStore } from "../../../handlers/orders/store";

/** Orders in memory, for tests of the logic around the store. */
export function memoryStore(): OrderStore & { orders: Map<string, Order> } {
    const orders = new Map<string, Order>();
    return {
        orders,
        get: async (id) => orders.get(id),
        insert: async (order) => {
            if (orders.has(order.id)) return false;
            orders.set(order.id, order);
            return true;
        },
        replace: async (order) => {
            if (orders.get(order.id)?.version !== order.version - 1) return false;
            orders.set(order.id, order);
            return true;
        },
        page: async () => ({ orders: [...orders.values()] }),
    };
}
