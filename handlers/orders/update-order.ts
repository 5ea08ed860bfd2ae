import { numeric, required } from "../environment";
import { callerOf } from "../http/caller";
import { type ApiHandler, apiHandler, type Operation } from "../http/handler";
import { HttpProblem, invalidFields } from "../http/problem";
import { etagOf, header } from "../http/request";
import { changedSince, requireMatch, visibleOrder } from "./access";
import { changed, type Order } from "./order";
import { type OrderChange, representationOf } from "./representation";
import { dynamoDbOrderStore, type OrderStore } from "./store";

export interface UpdateOrderOptions {
    store: OrderStore;
    bodyLimitBytes: number;
    now?: () => Date;
}

/** Changes a placed order that nobody else has changed meanwhile. */
export function updateOrder({ store, bodyLimitBytes, now = () => new Date() }: UpdateOrderOptions): Operation {
    return async ({ event, correlationId }) => {
        const representation = representationOf(event);
        const order = await visibleOrder(store, event.pathParameters?.["orderId"], callerOf(event));
        const ifMatch = header(event, "if-match");
        if (ifMatch === undefined) {
            throw new HttpProblem(428, "if-match-required", "Send the order's ETag as If-Match.");
        }
        const change = representation.readChange(event, bodyLimitBytes, order.currency);
        if (Object.keys(change).length === 0) {
            throw invalidFields([{ field: "body", message: "must change something" }]);
        }
        requireMatch(order, ifMatch);
        if (order.status !== "placed") {
            throw new HttpProblem(
                409,
                "order-not-open",
                `The order is ${order.status}; only placed ones can be changed.`,
            );
        }
        const told = { type: "OrderChanged", correlationId, now: now() } as const;
        const updated = changed(order, withoutEmptyNote(change), told);
        if (!(await store.replace(updated))) throw changedSince();
        return { status: 200, headers: { ETag: etagOf(updated) }, body: representation.show(updated) };
    };
}

function withoutEmptyNote(change: OrderChange): Partial<Order> {
    return change.note === "" ? { ...change, note: undefined } : change;
}

/** Made once per execution environment. */
export function handler(): ApiHandler {
    return apiHandler(
        updateOrder({
            store: dynamoDbOrderStore(required("ORDERS_TABLE")),
            bodyLimitBytes: numeric("BODY_LIMIT_BYTES", 64 * 1024),
        }),
    );
}
