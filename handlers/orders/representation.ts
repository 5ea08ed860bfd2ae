import type { APIGatewayProxyEvent } from "aws-lambda";

import type { CurrencyCode } from "../../schemas/orders/common";
import { type OrderV1, PlaceOrderV1, UpdateOrderV1 } from "../../schemas/orders/v1";
import { type OrderV2, PlaceOrderV2, UpdateOrderV2 } from "../../schemas/orders/v2";
import { type FieldError, invalidFields } from "../http/problem";
import { parseBody } from "../http/request";
import { toMinor, toNumber, toText } from "./money";
import { type Order, type OrderLine, type OrderRequest, totalOf } from "./order";

/** What a change may say; what is absent stays as it is. */
export type OrderChange = Partial<Pick<OrderRequest, "lines" | "note" | "shippingAddress">>;

/** How one version of the API reads and shows orders. */
export interface Representation {
    readOrder(event: APIGatewayProxyEvent, limitBytes: number): OrderRequest;
    readChange(event: APIGatewayProxyEvent, limitBytes: number, currency: CurrencyCode): OrderChange;
    show(order: Order): object;
}

/** The version that the caller's route belongs to. */
export function representationOf(event: APIGatewayProxyEvent): Representation {
    return event.resource.startsWith("/v1/") ? v1 : v2;
}

const v1: Representation = {
    readOrder(event, limitBytes) {
        const { currency, items, note } = parseBody(event, PlaceOrderV1, limitBytes);
        return { currency, lines: linesOfV1(items, currency), ...given({ note }) };
    },
    readChange(event, limitBytes, currency) {
        const { items, note } = parseBody(event, UpdateOrderV1, limitBytes);
        return given({ lines: items && linesOfV1(items, currency), note });
    },
    show(order): OrderV1 {
        const price = (minor: number): number => toNumber(minor, order.currency);
        return {
            id: order.id,
            customerId: order.customerId,
            status: order.status,
            items: order.lines.map((line) => ({ ...line, unitPrice: price(line.unitPrice) })),
            currency: order.currency,
            total: price(totalOf(order)),
            ...given({ note: order.note }),
            createdAt: order.createdAt,
            updatedAt: order.updatedAt,
            version: order.version,
        };
    },
};

const v2: Representation = {
    readOrder(event, limitBytes) {
        const { lines, note, shippingAddress } = parseBody(event, PlaceOrderV2, limitBytes);
        const currency = lines[0]?.unitPrice.currency ?? "EUR";
        return { currency, lines: linesOfV2(lines, currency), ...given({ note, shippingAddress }) };
    },
    readChange(event, limitBytes, currency) {
        const { lines, note, shippingAddress } = parseBody(event, UpdateOrderV2, limitBytes);
        return given({ lines: lines && linesOfV2(lines, currency), note, shippingAddress });
    },
    show(order): OrderV2 {
        const money = (minor: number): OrderV2["total"] => ({
            amount: toText(minor, order.currency),
            currency: order.currency,
        });
        return {
            id: order.id,
            customerId: order.customerId,
            status: order.status,
            lines: order.lines.map((line) => ({ ...line, unitPrice: money(line.unitPrice) })),
            total: money(totalOf(order)),
            ...given({ note: order.note, shippingAddress: order.shippingAddress }),
            createdAt: order.createdAt,
            updatedAt: order.updatedAt,
            version: order.version,
        };
    },
};

function linesOfV1(items: PlaceOrderV1["items"], currency: CurrencyCode): OrderLine[] {
    return priced(items, (item) => item.unitPrice, currency, "items");
}

function linesOfV2(lines: PlaceOrderV2["lines"], currency: CurrencyCode): OrderLine[] {
    const foreign = lines.flatMap(({ unitPrice }, at): FieldError[] =>
        unitPrice.currency === currency
            ? []
            : [
                  {
                      field: `lines.${at}.unitPrice.currency`,
                      message: `must be ${currency}, like the order's other prices`,
                  },
              ],
    );
    if (foreign.length > 0) throw invalidFields(foreign);
    return priced(lines, (line) => line.unitPrice.amount, currency, "lines", ".amount");
}

/** @throws HttpProblem 400 naming each price with more decimals than the currency has. */
function priced<T extends Omit<OrderLine, "unitPrice">>(
    lines: T[],
    amountOf: (line: T) => string | number,
    currency: CurrencyCode,
    list: string,
    member = "",
): OrderLine[] {
    const errors: FieldError[] = [];
    const result = lines.map((line, at): OrderLine => {
        const unitPrice = toMinor(amountOf(line), currency);
        if (unitPrice === undefined) {
            errors.push({
                field: `${list}.${at}.unitPrice${member}`,
                message: `has more decimals than ${currency} has`,
            });
        }
        return { sku: line.sku, ...given({ name: line.name }), quantity: line.quantity, unitPrice: unitPrice ?? 0 };
    });
    if (errors.length > 0) throw invalidFields(errors);
    return result;
}

/** Only the members that have a value, so that an absent one is no change. */
function given<T extends object>(members: T): Partial<T> {
    return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined)) as Partial<T>;
}
