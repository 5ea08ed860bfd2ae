import * as z from "zod/mini";

import {
    currency,
    MAX_LINES,
    MAX_PRICE,
    name,
    note,
    orderId,
    quantity,
    sku,
    status,
    timestamp,
    version,
} from "./common";

const price = z.number().check(z.minimum(0), z.maximum(MAX_PRICE), z.describe("In the order's currency"));

const item = z.strictObject({ sku, name: z.optional(name), quantity, unitPrice: price });
const items = z.array(item).check(z.minLength(1), z.maxLength(MAX_LINES));

/** Body of `POST /v1/orders`. */
export const PlaceOrderV1 = z.strictObject({ currency, items, note: z.optional(note) });

/** Body of `PATCH /v1/orders/{orderId}`: what is absent stays. */
export const UpdateOrderV1 = z.strictObject({ items: z.optional(items), note: z.optional(note) });

/** An order as callers of v1 see it. */
export const OrderV1 = z.strictObject({
    id: orderId,
    customerId: z.string(),
    status,
    items,
    currency,
    total: z.number().check(z.describe("Sum of quantity × unitPrice")),
    note: z.optional(note),
    createdAt: timestamp,
    updatedAt: timestamp,
    version,
});

export const OrderListV1 = z.strictObject({
    orders: z.array(OrderV1),
    nextCursor: z.optional(z.string().check(z.describe("Present where there is more: pass it as cursor"))),
});

export type PlaceOrderV1 = z.infer<typeof PlaceOrderV1>;
export type UpdateOrderV1 = z.infer<typeof UpdateOrderV1>;
export type OrderV1 = z.infer<typeof OrderV1>;
