import assert from "node:assert/strict";

import fc from "fast-check";

import { fromCursor, toCursor } from "../../../handlers/orders/cursor";
import { BY_CUSTOMER, BY_STATUS, keysOf } from "../../../handlers/orders/keys";
import { canBecome, changed, type Order, totalOf } from "../../../handlers/orders/order";
import { representationOf } from "../../../handlers/orders/representation";
import { ORDER_STATUSES } from "../../../schemas/orders/common";
import { OrderV1 } from "../../../schemas/orders/v1";
import { OrderV2 } from "../../../schemas/orders/v2";
import { apiEvent } from "../events";

const status = fc.constantFrom(...ORDER_STATUSES);
const line = fc.record(
    {
        sku: fc.stringMatching(/^[A-Z]{3}-\d{3}$/),
        name: fc.string({ minLength: 1, maxLength: 20 }),
        quantity: fc.integer({ min: 1, max: 999 }),
        unitPrice: fc.nat(999_999),
    },
    { requiredKeys: ["sku", "quantity", "unitPrice"] },
);
const order: fc.Arbitrary<Order> = fc.record({
    id: fc.constant("o-0123456789abcdef01234567"),
    customerId: fc.constant("ada"),
    status,
    currency: fc.constantFrom("EUR", "JPY", "KWD"),
    lines: fc.array(line, { minLength: 1, maxLength: 5 }),
    createdAt: fc.constant("2026-01-01T00:00:00.000Z"),
    updatedAt: fc.constant("2026-01-02T00:00:00.000Z"),
    version: fc.integer({ min: 1, max: 9 }),
    requestHash: fc.constant("hash"),
    lastEvent: fc.constant({ type: "OrderPlaced" as const, correlationId: "request-1" }),
});

describe("an order's status", () => {
    it("only goes forward: no way leads back to where it was", () => {
        const reachable = (from: string, seen = new Set<string>()): Set<string> => {
            for (const to of ORDER_STATUSES) {
                if (!canBecome(from as never, to) || seen.has(to)) continue;
                seen.add(to);
                reachable(to, seen);
            }
            return seen;
        };
        for (const each of ORDER_STATUSES) assert.ok(!reachable(each).has(each), each);
        assert.deepEqual([...reachable("placed")].sort(), ORDER_STATUSES.filter((each) => each !== "placed").sort());
    });

    it("ends where it is completed, cancelled or rejected", () => {
        fc.assert(
            fc.property(status, (to) => {
                for (const end of ["completed", "cancelled", "rejected"] as const)
                    assert.equal(canBecome(end, to), false);
            }),
        );
    });

    it("cannot become cancelled once it is shipped", () => {
        assert.equal(canBecome("confirmed", "cancelled"), true);
        assert.equal(canBecome("shipped", "cancelled"), false);
    });
});

describe("an order's representations", () => {
    const show = (version: "v1" | "v2", value: Order): Record<string, unknown> => ({
        ...representationOf(apiEvent({ resource: `/${version}/orders` })).show(value),
    });

    it("fulfil their published schemas and agree on the total", () => {
        fc.assert(
            fc.property(order, (value) => {
                const v1 = show("v1", value);
                const v2 = show("v2", value);
                assert.equal(OrderV1.safeParse(v1).success, true);
                assert.equal(OrderV2.safeParse(v2).success, true);
                assert.equal(Number((v2["total"] as { amount: string }).amount), v1["total"]);
            }),
        );
    });

    it("read back what they show", () => {
        fc.assert(
            fc.property(order, (value) => {
                const v1 = show("v1", value);
                const readV1 = representationOf(apiEvent()).readOrder(
                    apiEvent({ body: { currency: v1["currency"], items: v1["items"] } }),
                    1_000_000,
                );
                const event = apiEvent({ resource: "/v2/orders", body: { lines: show("v2", value)["lines"] } });
                const readV2 = representationOf(event).readOrder(event, 1_000_000);
                assert.deepEqual(readV1, readV2);
                assert.equal(totalOf(readV1), totalOf(value));
            }),
        );
    });

    it("never show what is internal", () => {
        fc.assert(
            fc.property(order, (value) => {
                for (const shown of [show("v1", value), show("v2", value)]) assert.ok(!("requestHash" in shown));
            }),
        );
    });

    it("name a price with too many decimals, and one in another currency", () => {
        const v1 = apiEvent({ body: { currency: "EUR", items: [{ sku: "A", quantity: 1, unitPrice: 0.001 }] } });
        assert.throws(
            () => representationOf(v1).readOrder(v1, 1_000),
            /items\.0\.unitPrice has more decimals than EUR/,
        );
        const price = (currency: string): object => ({ sku: "A", quantity: 1, unitPrice: { amount: "1", currency } });
        const v2 = apiEvent({ resource: "/v2/orders", body: { lines: [price("EUR"), price("USD")] } });
        assert.throws(() => representationOf(v2).readOrder(v2, 1_000), /lines\.1\.unitPrice\.currency must be EUR/);
    });
});

describe("an order's change", () => {
    it("counts versions and keeps the rest", () => {
        fc.assert(
            fc.property(order, (value) => {
                const now = new Date("2026-03-01T00:00:00Z");
                const told = { type: "OrderChanged", correlationId: "request-2" } as const;
                const next = changed(value, { note: "x" }, { ...told, now });
                assert.deepEqual(
                    { ...next, note: undefined },
                    {
                        ...value,
                        note: undefined,
                        version: value.version + 1,
                        updatedAt: now.toISOString(),
                        lastEvent: told,
                    },
                );
            }),
        );
    });
});

describe("a cursor", () => {
    const partition = "CUSTOMER#ada";

    it("comes back as it went", () => {
        fc.assert(
            fc.property(order, (value) => {
                const { pk, sk, customerPk, customerSk } = keysOf(value);
                const key = { pk, sk, customerPk, customerSk };
                assert.deepEqual(fromCursor(toCursor(key), BY_CUSTOMER, partition), key);
            }),
        );
    });

    it("that is made up, of another list or of another customer is refused", () => {
        const key = { pk: "ORDER#1", sk: "ORDER", customerPk: partition, customerSk: "x" };
        const wrong = [
            "nonsense",
            "",
            toCursor({}),
            Buffer.from("[]").toString("base64url"),
            Buffer.from("null").toString("base64url"),
            toCursor({ ...key, customerPk: "CUSTOMER#eve" }),
            toCursor({ ...key, more: "x" }),
            toCursor({ pk: "ORDER#1", sk: "ORDER", statusPk: "STATUS#placed", statusSk: "x" }),
            Buffer.from(JSON.stringify({ ...key, pk: 1 })).toString("base64url"),
        ];
        for (const cursor of wrong) {
            assert.throws(() => fromCursor(cursor, BY_CUSTOMER, partition), { status: 400 }, cursor);
        }
        assert.throws(() => fromCursor(toCursor(key), BY_STATUS, "STATUS#placed"), { status: 400 });
    });

    it("of any text never breaks anything but itself", () => {
        fc.assert(
            fc.property(fc.string(), (text) => {
                assert.throws(() => fromCursor(text, BY_CUSTOMER, partition), { name: "HttpProblem" });
            }),
        );
    });
});
