import { required } from "../environment";
import { callerOf } from "../http/caller";
import { type ApiHandler, apiHandler, type Operation } from "../http/handler";
import { BY_CUSTOMER, customerPartition } from "./keys";
import { pageOf } from "./page";
import { dynamoDbOrderStore, type OrderStore } from "./store";

/** The caller's own orders, newest first. */
export function listOrders(store: OrderStore): Operation {
    return async ({ event }) =>
        pageOf(store, event, {
            index: BY_CUSTOMER,
            partition: customerPartition(callerOf(event).customerId),
            newestFirst: true,
        });
}

/** Made once per execution environment. */
export function handler(): ApiHandler {
    return apiHandler(listOrders(dynamoDbOrderStore(required("ORDERS_TABLE"))));
}
