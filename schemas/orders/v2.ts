import * as z from "zod/mini";

import { currency, MAX_LINES, name, note, orderId, quantity, sku, status, timestamp, version } from "./common";

/** Text, so that no amount is ever rounded on its way. */
const price = z.strictObject({
    amount: z.string().check(z.regex(/^\d{1,6}(\.\d{1,3})?$/), z.describe("Decimal number as text: 12.50")),
    currency,
});
const total = z.strictObject({
    amount: z.string().check(z.regex(/^\d{1,12}(\.\d{1,3})?$/), z.describe("Sum of quantity × unitPrice")),
    currency,
});

const line = z.strictObject({ sku, name: z.optional(name), quantity, unitPrice: price });
const lines = z
    .array(line)
    .check(z.minLength(1), z.maxLength(MAX_LINES), z.describe("All prices must be in the same currency"));

const text = z.string().check(z.minLength(1), z.maxLength(100));
export const ShippingAddress = z.strictObject({
    name: text,
    street: text,
    postalCode: z.string().check(z.minLength(1), z.maxLength(20)),
    city: text,
    country: z.string().check(z.regex(/^[A-Z]{2}$/), z.describe("ISO 3166-1 alpha-2")),
});

/** Body of `POST /v2/orders`. */
export const PlaceOrderV2 = z.strictObject({
    lines,
    note: z.optional(note),
    shippingAddress: z.optional(ShippingAddress),
});

/** Body of `PATCH /v2/orders/{orderId}`: what is absent stays. */
export const UpdateOrderV2 = z.strictObject({
    lines: z.optional(lines),
    note: z.optional(note),
    shippingAddress: z.optional(ShippingAddress),
});

/** An order as callers of v2 see it. */
export const OrderV2 = z.strictObject({
    id: orderId,
    customerId: z.string(),
    status,
    lines,
    total,
    note: z.optional(note),
    shippingAddress: z.optional(ShippingAddress),
    createdAt: timestamp,
    updatedAt: timestamp,
    version,
});

export const OrderListV2 = z.strictObject({
    orders: z.array(OrderV2),
    nextCursor: z.optional(z.string().check(z.describe("Present where there is more: pass it as cursor"))),
});

export type ShippingAddress = z.infer<typeof ShippingAddress>;
export type PlaceOrderV2 = z.infer<typeof PlaceOrderV2>;
export type UpdateOrderV2 = z.infer<typeof UpdateOrderV2>;
export type OrderV2 = z.infer<typeof OrderV2>;
