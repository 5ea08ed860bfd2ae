import { required } from "../environment";
import { callerOf } from "../http/caller";
import { type ApiHandler, apiHandler, type Operation } from "../http/handler";
import { HttpProblem } from "../http/problem";
import { etagOf, header } from "../http/request";
import { changedSince, requireMatch, visibleOrder } from "./access";
import { canBecome, changed } from "./order";
import { representationOf } from "./representation";
import { dynamoDbOrderStore, type OrderStore } from "./store";

/** Cancels an order that is not shipped yet; again is the same as once. */
export function cancelOrder(store: OrderStore, now: () => Date = () => new Date()): Operation {
    return async ({ event, correlationId }) => {
        const { show } = representationOf(event);
        const order = await visibleOrder(store, event.pathParameters?.["orderId"], callerOf(event));
        if (order.status === "cancelled") return { status: 200, headers: { ETag: etagOf(order) }, body: show(order) };
        const ifMatch = header(event, "if-match");
        if (ifMatch !== undefined) requireMatch(order, ifMatch);
        if (!canBecome(order.status, "cancelled")) {
            throw new HttpProblem(
                409,
                "order-not-open",
                `The order is ${order.status} and can no longer be cancelled.`,
            );
        }
        const told = { type: "OrderCancelled", correlationId, now: now() } as const;
        const cancelled = changed(order, { status: "cancelled" }, told);
        if (!(await store.replace(cancelled))) throw changedSince();
        return { status: 200, headers: { ETag: etagOf(cancelled) }, body: show(cancelled) };
    };
}

/** Made once per execution environment. */
export function handler(): ApiHandler {
    return apiHandler(cancelOrder(dynamoDbOrderStore(required("ORDERS_TABLE"))));
}
