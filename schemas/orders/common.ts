import * as z from "zod/mini";

/** ISO 4217 codes that the shop sells in, with the number of their decimals. */
export const CURRENCY_DECIMALS = { CHF: 2, EUR: 2, GBP: 2, JPY: 0, KWD: 3, SEK: 2, USD: 2 } as const;

export type CurrencyCode = keyof typeof CURRENCY_DECIMALS;

/** Every state that an order can be in. */
export const ORDER_STATUSES = ["placed", "confirmed", "shipped", "completed", "cancelled", "rejected"] as const;

export type OrderStatus = (typeof ORDER_STATUSES)[number];

/** What the names of orders look like; they are made by the service. */
export const ORDER_ID = /^o-[0-9a-f]{24}$/;

export const currency = z.enum(Object.keys(CURRENCY_DECIMALS) as CurrencyCode[]);
export const status = z.enum(ORDER_STATUSES);
export const orderId = z.string().check(z.regex(ORDER_ID), z.describe("Made by the service"));
export const sku = z
    .string()
    .check(z.regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/), z.describe("Stock-keeping unit: letters, digits and . _ -"));
export const name = z.string().check(z.minLength(1), z.maxLength(200), z.describe("What the customer sees"));
export const quantity = z.int().check(z.minimum(1), z.maximum(999));
export const note = z.string().check(z.maxLength(500), z.describe("From the customer; empty removes it"));
export const timestamp = z.string().check(z.describe("ISO 8601, UTC"));
export const version = z.int().check(z.minimum(1), z.describe("Counts the changes; the ETag is made of it"));

export const MAX_LINES = 50;

/** Of one piece, in its currency. Version 2 writes prices as text, which must have no more digits than this. */
export const MAX_PRICE = 999_999.999;
