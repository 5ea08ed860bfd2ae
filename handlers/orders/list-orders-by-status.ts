import { ORDER_STATUSES } from "../../schemas/orders/common";
import { required } from "../environment";
import { callerOf } from "../http/caller";
import { type ApiHandler, apiHandler, type Operation } from "../http/handler";
import { HttpProblem, invalidFields } from "../http/problem";
import { BY_STATUS, statusPartition } from "./keys";
import { pageOf } from "./page";
import { dynamoDbOrderStore, type OrderStore } from "./store";

/** Everybody's orders in one status, for staff: the longest unchanged first. */
export function listOrdersByStatus(store: OrderStore): Operation {
    return async ({ event }) => {
        if (!callerOf(event).isStaff) throw new HttpProblem(403, "staff-only", "This is for staff.");
        const status = ORDER_STATUSES.find((each) => each === event.pathParameters?.["status"]);
        if (status === undefined) {
            throw invalidFields([{ field: "status", message: `must be one of ${ORDER_STATUSES.join(", ")}` }]);
        }
        return pageOf(store, event, { index: BY_STATUS, partition: statusPartition(status), newestFirst: false });
    };
}

/** Made once per execution environment. */
export function handler(): ApiHandler {
    return apiHandler(listOrdersByStatus(dynamoDbOrderStore(required("ORDERS_TABLE"))));
}
