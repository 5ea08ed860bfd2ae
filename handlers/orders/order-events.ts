import { unmarshall } from "@aws-sdk/util-dynamodb";
import type { DynamoDBRecord } from "aws-lambda";

import type { OrderEvent } from "../../schemas/events/orders";
import { type Order, totalOf } from "./order";

/** What a pipe hands on: the change, and what it is told as. */
export type DescribedRecord = DynamoDBRecord & { detail: OrderEvent };

/**
 * Tells changes of orders as events, one for each record. The order is that of the records, and the event of a change is
 * the same however often it is asked for.
 */
export function describeOrderEvents(records: DynamoDBRecord[]): DescribedRecord[] {
    return records.map((record) => ({ ...record, detail: eventOf(record) }));
}

/** @throws Error where the record is of no order: the pipe's filter lets only those through. */
function eventOf({ eventID, dynamodb }: DynamoDBRecord): OrderEvent {
    if (dynamodb?.NewImage === undefined) throw new Error(`The record ${eventID ?? ""} has no new image.`);
    // The types of the event and of the SDK name the same JSON. Only the order store writes these items.
    const order = unmarshall(dynamodb.NewImage as Parameters<typeof unmarshall>[0]) as Order;
    const { id, customerId, status, currency, lines, note, shippingAddress, createdAt, updatedAt, version } = order;
    return {
        id: `${id}-${version}`,
        type: order.lastEvent.type,
        version: 1,
        time: updatedAt,
        correlationId: order.lastEvent.correlationId,
        data: {
            orderId: id,
            customerId,
            status,
            currency,
            total: totalOf(order),
            lines,
            ...(note === undefined ? {} : { note }),
            ...(shippingAddress === undefined ? {} : { shippingAddress }),
            createdAt,
            updatedAt,
            version,
        },
    };
}

/** Made once per execution environment. */
export function handler(): (records: DynamoDBRecord[]) => Promise<DescribedRecord[]> {
    return (records) => Promise.resolve(describeOrderEvents(records));
}
