import { required } from "../environment";
import { callerOf } from "../http/caller";
import { type ApiHandler, apiHandler, type Operation } from "../http/handler";
import { etagOf, etags, header } from "../http/request";
import { visibleOrder } from "./access";
import { representationOf } from "./representation";
import { dynamoDbOrderStore, type OrderStore } from "./store";

export function getOrder(store: OrderStore): Operation {
    return async ({ event }) => {
        const order = await visibleOrder(store, event.pathParameters?.["orderId"], callerOf(event));
        const known = etags(header(event, "if-none-match") ?? "");
        const headers = { ETag: etagOf(order) };
        if (known.includes(etagOf(order)) || known.includes("*")) return { status: 304, headers };
        return { status: 200, headers, body: representationOf(event).show(order) };
    };
}

/** Made once per execution environment. */
export function handler(): ApiHandler {
    return apiHandler(getOrder(dynamoDbOrderStore(required("ORDERS_TABLE"))));
}
