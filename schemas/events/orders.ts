import * as z from "zod/mini";

import { currency, name, note, orderId, quantity, sku, status, timestamp, version } from "../orders/common";
import { ShippingAddress } from "../orders/v2";
import { envelope } from "./envelope";

const minorUnits = z.int().check(z.describe("In the smallest unit of the order's currency"));

/** An order as it was right after the event, so that nobody has to ask for it. */
export const OrderSnapshot = z.object({
    orderId,
    customerId: z.string(),
    status,
    currency,
    total: minorUnits,
    lines: z.array(z.object({ sku, name: z.optional(name), quantity, unitPrice: minorUnits })),
    note: z.optional(note),
    shippingAddress: z.optional(ShippingAddress),
    createdAt: timestamp,
    updatedAt: timestamp,
    version,
});

export const OrderPlaced = envelope("OrderPlaced", 1, OrderSnapshot);
export const OrderChanged = envelope("OrderChanged", 1, OrderSnapshot);
export const OrderCancelled = envelope("OrderCancelled", 1, OrderSnapshot);

export const OrderEvent = z.discriminatedUnion("type", [OrderPlaced, OrderChanged, OrderCancelled]);

export type OrderEvent = z.infer<typeof OrderEvent>;
export type OrderEventType = OrderEvent["type"];
