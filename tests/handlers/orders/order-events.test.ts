import assert from "node:assert/strict";

import { marshall } from "@aws-sdk/util-dynamodb";
import type { AttributeValue, DynamoDBRecord } from "aws-lambda";

import { describeOrderEvents } from "../../../handlers/orders/order-events";
import { changed, type Order } from "../../../handlers/orders/order";
import { keysOf } from "../../../handlers/orders/keys";
import { OrderEvent } from "../../../schemas/events/orders";

const PLACED: Order = {
    id: "o-0123456789abcdef01234567",
    customerId: "ada",
    status: "placed",
    currency: "EUR",
    lines: [{ sku: "TEA", quantity: 2, unitPrice: 450 }],
    createdAt: "2026-01-01T00:00:00.000Z",
    updatedAt: "2026-01-01T00:00:00.000Z",
    version: 1,
    requestHash: "hash",
    lastEvent: { type: "OrderPlaced", correlationId: "request-1" },
};

function record(order: Order, eventID = "1"): DynamoDBRecord {
    const item = marshall({ ...order, ...keysOf(order) }, { removeUndefinedValues: true });
    return { eventID, eventName: "INSERT", dynamodb: { NewImage: item as Record<string, AttributeValue> } };
}

describe("an order's event", () => {
    it("follows the schema and tells the order as it was", () => {
        const [described] = describeOrderEvents([record(PLACED)]);
        const event = OrderEvent.parse(described?.detail);
        assert.deepEqual(event, described?.detail);
        assert.equal(event.type, "OrderPlaced");
        assert.equal(event.correlationId, "request-1");
        assert.equal(event.time, PLACED.updatedAt);
        const { orderId, total, lines } = event.data;
        assert.deepEqual([orderId, total, lines], [PLACED.id, 900, PLACED.lines]);
    });

    it("tells nothing that only the table is to know", () => {
        const [described] = describeOrderEvents([record(PLACED)]);
        const told = JSON.stringify(described?.detail);
        for (const inner of ["requestHash", "hash", "statusPk", "lastEvent"]) assert.ok(!told.includes(inner), inner);
    });

    it("has the same id however often it is told, and another for each version", () => {
        const now = new Date("2026-01-02T00:00:00Z");
        const cancelled = changed(
            PLACED,
            { status: "cancelled" },
            { type: "OrderCancelled", correlationId: "request-2", now },
        );
        const ids = describeOrderEvents([record(PLACED), record(cancelled, "2"), record(PLACED, "3")]).map(
            ({ detail }) => detail.id,
        );
        assert.equal(ids[0], ids[2]);
        assert.notEqual(ids[0], ids[1]);
    });

    it("leaves the record beside it, for the pipe's parameters", () => {
        const given = record(PLACED);
        const [described] = describeOrderEvents([given]);
        assert.deepEqual({ ...described, detail: undefined }, { ...given, detail: undefined });
    });
});
