import type { BusWatch } from "./bus-watch";
import { OrdersClient } from "./orders-client";
import type { SignIn } from "./sign-in";
import { DemoError, expectEqual, expectTrue, type Step } from "./step";

const ORDER = { currency: "EUR", items: [{ sku: "TEA-EARL-GREY", quantity: 2, unitPrice: 4.5 }] };

/** More than the stage of stack dev lets through at once. */
const BURST = 400;

/** One day at the shop: each step tells what it saw. */
export function ordersScenario(baseUrl: string, signIn: SignIn, bus: BusWatch): Step[] {
    const anonymous = new OrdersClient(baseUrl);
    let customer = anonymous;
    let stranger = anonymous;
    let staff = anonymous;
    let path = "";
    let etag = "";

    const place = (key: string, body: object = ORDER) =>
        customer.call("/v1/orders", { method: "POST", headers: { "idempotency-key": key }, body });

    return [
        [
            "Sign up and sign in",
            async () => {
                await bus.start();
                customer = new OrdersClient(baseUrl, await signIn.newUser("ada@example.com"));
                stranger = new OrdersClient(baseUrl, await signIn.newUser("eve@example.com"));
                staff = new OrdersClient(baseUrl, await signIn.newUser("grace@example.com", "staff"));
                return "two customers and one of the staff have their tokens";
            },
        ],
        [
            "Place an order",
            async () => {
                const { status, body, headers } = await place("demo-order-0001");
                expectEqual(status, 201, "status");
                expectEqual(body["total"], 9, "total");
                path = `/v1/orders/${String(body["id"])}`;
                etag = headers.get("etag") ?? "";
                return `201, ${String(body["id"])} for 9 EUR`;
            },
        ],
        [
            "Repeat the same request",
            async () => {
                const { status, body } = await place("demo-order-0001");
                expectEqual(status, 201, "status");
                expectEqual(`/v1/orders/${String(body["id"])}`, path, "the order");
                return "201, the same order and no second one";
            },
        ],
        [
            "Use its key for another order",
            async () => {
                const { status } = await place("demo-order-0001", { ...ORDER, note: "gift" });
                expectEqual(status, 422, "status");
                return "422";
            },
        ],
        [
            "Send a wrong order",
            async () => {
                const wrong = { currency: "EUR", items: [{ sku: "TEA-EARL-GREY", quantity: "two", unitPrice: 4.5 }] };
                const { status, body, headers } = await place("demo-order-0002", wrong);
                expectEqual(status, 400, "status");
                expectEqual(headers.get("content-type")?.split(";")[0], "application/problem+json", "content type");
                expectTrue(JSON.stringify(body).includes("quantity"), "The answer does not name the field.");
                return "400, and the answer names the field";
            },
        ],
        [
            "Read it",
            async () => {
                const { headers } = await customer.expect(200, path);
                etag = headers.get("etag") ?? "";
                await customer.expect(304, path, { headers: { "if-none-match": etag } });
                const { body } = await customer.expect(200, path.replace("v1", "v2"));
                expectTrue(Array.isArray(body["lines"]), "v2 has no lines.");
                return `200 with ETag ${etag}, 304 when unchanged, and in the shape of v2`;
            },
        ],
        [
            "List orders",
            async () => {
                await place("demo-order-0003");
                const first = await customer.expect(200, "/v1/orders?limit=1");
                const cursor = String(first.body["nextCursor"]);
                const second = await customer.expect(200, `/v1/orders?limit=1&cursor=${encodeURIComponent(cursor)}`);
                const ids = [first, second]
                    .flatMap(({ body }) => body["orders"] as { id: string }[])
                    .map(({ id }) => id);
                expectEqual(new Set(ids).size, 2, "orders on two pages");
                return "two, one a page, newest first";
            },
        ],
        [
            "Update it",
            async () => {
                const change = { method: "PATCH", body: { note: "Please ring twice" } };
                await customer.expect(428, path, change);
                const { headers } = await customer.expect(200, path, { ...change, headers: { "if-match": etag } });
                expectTrue(headers.get("etag") !== etag, "The ETag should change.");
                return "428 without If-Match, 200 with it";
            },
        ],
        [
            "Update it from an old copy",
            async () => {
                await customer.expect(412, path, {
                    method: "PATCH",
                    headers: { "if-match": etag },
                    body: { note: "Or thrice" },
                });
                return "412, nothing is overwritten";
            },
        ],
        [
            "Cancel it, twice",
            async () => {
                for (let time = 0; time < 2; time++) {
                    const { body } = await customer.expect(200, `${path}/cancel`, { method: "POST" });
                    expectEqual(body["status"], "cancelled", "status of the order");
                }
                const { headers } = await customer.expect(200, path);
                await customer.expect(409, path, {
                    method: "PATCH",
                    headers: { "if-match": headers.get("etag") ?? "" },
                    body: { note: "Too late" },
                });
                return "200, and a change afterwards is a conflict: 409";
            },
        ],
        [
            "Hear of it on the event bus",
            async () => {
                const told = await bus.next(4);
                expectEqual(told.sort(), ["OrderCancelled", "OrderChanged", "OrderPlaced", "OrderPlaced"], "events");
                return "one event for each change: two orders placed, one changed, one cancelled";
            },
        ],
        [
            "Call what is not allowed",
            async () => {
                await anonymous.expect(401, "/v1/orders");
                await new OrdersClient(baseUrl, "no.real.token").expect(401, "/v1/orders");
                await stranger.expect(404, path);
                await customer.expect(403, "/v1/statuses/cancelled/orders");
                const { body } = await staff.expect(200, "/v1/statuses/cancelled/orders");
                expectEqual((body["orders"] as unknown[]).length, 1, "cancelled orders");
                return "401 without a token, 404 for another's order, 403 for customers on the staff's route";
            },
        ],
        [
            `Send ${BURST} requests at once`,
            async () => {
                const answers = await Promise.all(
                    Array.from({ length: BURST }, () => customer.call("/v1/orders?limit=1")),
                );
                const passed = answers.filter(({ status }) => status === 200).length;
                const throttled = answers.filter(({ status }) => status === 429);
                if (passed + throttled.length !== BURST) {
                    throw new DemoError(`Neither 200 nor 429: ${answers.map(({ status }) => status).join(" ")}`);
                }
                expectTrue(throttled.length > 0, "No request was throttled.");
                expectTrue(
                    throttled.every(({ headers }) => headers.has("retry-after")),
                    "A throttled answer does not say when to retry.",
                );
                return `${passed} answered, ${throttled.length} throttled: 429 with Retry-After`;
            },
        ],
    ];
}
