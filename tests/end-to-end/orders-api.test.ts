import assert from "node:assert/strict";
import { request } from "node:http";

import { QueryCommand } from "@aws-sdk/client-dynamodb";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";

import type { Answer, OrdersClient } from "../../commands/demo/orders-client";
import { ORDER, placing, RunningStack } from "./running-stack";

/** Throttled far above what the tests send, so that they see the API and not its limits. */
const UNTHROTTLED = { throttle: { rate: 10_000, burst: 5_000 } };

function isProblem({ status, headers, body }: Answer, expected: number): void {
    assert.equal(status, expected, JSON.stringify(body));
    assert.match(headers.get("content-type") ?? "", /^application\/problem\+json/);
    assert.equal(body["status"], expected);
    assert.ok(typeof body["title"] === "string" && typeof body["correlationId"] === "string", JSON.stringify(body));
}

describe("the Orders API in the local cloud", () => {
    let stack: RunningStack;
    let ada: OrdersClient;

    before(async () => {
        stack = await RunningStack.start(UNTHROTTLED);
        ada = await stack.customer("ada@example.com");
    });

    after(() => stack?.close());

    async function placed(key: string, body: unknown = ORDER): Promise<{ id: string; etag: string }> {
        const answer = await ada.expect(201, "/v1/orders", placing(key, body));
        return { id: String(answer.body["id"]), etag: answer.headers.get("etag") ?? "" };
    }

    describe("versions", () => {
        it("v1 and v2 show the same order in their own shapes", async () => {
            const { id } = await placed("versions-0001");
            const v1 = await ada.expect(200, `/v1/orders/${id}`);
            const v2 = await ada.expect(200, `/v2/orders/${id}`);
            assert.equal(v1.body["total"], 9);
            assert.deepEqual(v2.body["total"], { amount: "9.00", currency: "EUR" });
            assert.equal((v1.body["items"] as unknown[]).length, (v2.body["lines"] as unknown[]).length);
        });

        it("v1 callers can go on with an order of v2", async () => {
            const lines = [{ sku: "TEA-EARL-GREY", quantity: 1, unitPrice: { amount: "4.50", currency: "EUR" } }];
            const made = await ada.expect(201, "/v2/orders", placing("versions-0002", { lines }));
            const read = await ada.expect(200, `/v1/orders/${String(made.body["id"])}`);
            assert.equal(read.body["total"], 4.5);
            await ada.expect(200, `/v1/orders/${String(made.body["id"])}`, {
                method: "PATCH",
                headers: { "if-match": read.headers.get("etag") ?? "" },
                body: { note: "from v1" },
            });
        });
    });

    describe("who may call", () => {
        it("answers 401 without a token, with nonsense and with an expired one", async () => {
            isProblem(await stack.anonymous().call("/v1/orders"), 401);
            for (const token of ["nonsense", "a.b.c", ""]) {
                isProblem(
                    await stack.anonymous().call("/v1/orders", { headers: { authorization: `Bearer ${token}` } }),
                    401,
                );
            }
        });

        it("answers 403 where the scope is missing", async () => {
            isProblem(await ada.call("/v1/statuses/placed/orders"), 403);
        });

        it("hides other customers' orders", async () => {
            const { id } = await placed("hidden-0001");
            const eve = await stack.customer("eve@example.com");
            isProblem(await eve.call(`/v1/orders/${id}`), 404);
            isProblem(await eve.call(`/v1/orders/${id}/cancel`, { method: "POST" }), 404);
            const change = { method: "PATCH", headers: { "if-match": '"1"' }, body: { note: "mine" } };
            isProblem(await eve.call(`/v1/orders/${id}`, change), 404);
            assert.deepEqual((await eve.expect(200, "/v1/orders")).body["orders"], []);
        });

        it("shows all orders of a status to staff", async () => {
            await placed("staff-0001");
            const grace = await stack.customer("grace@example.com", "staff");
            const { body } = await grace.expect(200, "/v1/statuses/placed/orders?limit=100");
            assert.ok((body["orders"] as unknown[]).length >= 1);
        });
    });

    describe("bad input", () => {
        const cases: [what: string, body: unknown, field: RegExp][] = [
            ["no items", { currency: "EUR" }, /items/],
            ["an empty list", { ...ORDER, items: [] }, /items/],
            ["a wrong type", { ...ORDER, items: [{ sku: "TEA", quantity: "two", unitPrice: 1 }] }, /quantity/],
            ["a negative price", { ...ORDER, items: [{ sku: "TEA", quantity: 1, unitPrice: -1 }] }, /unitPrice/],
            ["an unknown member", { ...ORDER, discount: 50 }, /discount/],
            ["a note that is too long", { ...ORDER, note: "x".repeat(501) }, /note/],
            ["a list", [], /./],
            ["null", null, /./],
        ];
        for (const [what, body, field] of cases) {
            it(`of ${what} gets 400 naming the field`, async () => {
                const answer = await ada.call("/v1/orders", placing("bad-input-0001", body));
                isProblem(answer, 400);
                assert.match(JSON.stringify(answer.body), field);
            });
        }

        it("of malformed JSON gets 400", async () => {
            const token = await stack.token("raw@example.com");
            const response = await fetch(`${stack.ordersUrl}/v1/orders`, {
                method: "POST",
                headers: {
                    authorization: `Bearer ${token}`,
                    "content-type": "application/json",
                    "idempotency-key": "malformed-0001",
                },
                body: '{"items": [',
            });
            assert.equal(response.status, 400);
            assert.match(response.headers.get("content-type") ?? "", /problem\+json/);
        });

        it("of a missing or wrong Idempotency-Key gets 400", async () => {
            isProblem(await ada.call("/v1/orders", { method: "POST", body: ORDER }), 400);
            isProblem(await ada.call("/v1/orders", placing("short")), 400);
        });

        it("of another content type gets 415", async () => {
            const call = placing("content-type-0001");
            isProblem(
                await ada.call("/v1/orders", { ...call, headers: { ...call.headers, "content-type": "text/xml" } }),
                415,
            );
        });

        it("of a body over the limit gets 413", async () => {
            const note = "x".repeat(70 * 1024);
            isProblem(await ada.call("/v1/orders", placing("too-large-0001", { ...ORDER, note })), 413);
        });

        it("of a body over API Gateway's own limit gets 413", async () => {
            const note = "x".repeat(11 * 1024 * 1024);
            isProblem(await ada.call("/v1/orders", placing("too-large-0002", { ...ORDER, note })), 413);
        });

        it("of an unknown route or method gets 404", async () => {
            isProblem(await ada.call("/v3/orders"), 404);
            isProblem(await ada.call("/v1/orders", { method: "DELETE" }), 404);
        });

        it("of a wrong limit or cursor gets 400", async () => {
            for (const query of ["limit=0", "limit=101", "limit=ten", "cursor=nonsense"]) {
                isProblem(await ada.call(`/v1/orders?${query}`), 400);
            }
        });

        it("in headers reaches no header of the answer", async () => {
            const answer = await ada.call("/v1/orders", { headers: { "x-correlation-id": "evil\tset-cookie: a=b" } });
            assert.notEqual(answer.headers.get("x-correlation-id"), "evil\tset-cookie: a=b");
            assert.equal(answer.headers.get("set-cookie"), null);
        });

        it("with line breaks in a header does not get in", async () => {
            const { hostname, port, pathname } = new URL(stack.ordersUrl);
            assert.throws(
                () =>
                    request({
                        hostname,
                        port,
                        path: pathname,
                        headers: { "x-correlation-id": "a\r\nset-cookie: b=c" },
                    }),
                /Invalid character in header/,
            );
        });
    });

    describe("optimistic locking", () => {
        it("lets one of many concurrent updates win", async () => {
            const { id, etag } = await placed("locking-0001");
            const statuses = await Promise.all(
                Array.from({ length: 20 }, async (_, at) => {
                    const change = { method: "PATCH", headers: { "if-match": etag }, body: { note: `note ${at}` } };
                    return (await ada.call(`/v1/orders/${id}`, change)).status;
                }),
            );
            assert.deepEqual(statuses.sort(), [200, ...Array.from({ length: 19 }, () => 412)]);
        });

        it("asks for If-Match", async () => {
            const { id } = await placed("locking-0002");
            isProblem(await ada.call(`/v1/orders/${id}`, { method: "PATCH", body: { note: "x" } }), 428);
        });
    });

    describe("idempotency", () => {
        it("makes each order once, however often and however concurrently it is asked for", async () => {
            const many = await stack.customer("many@example.com");
            const keys = Array.from({ length: 1_000 }, (_, at) => `burst-key-${at % 250}`);
            const answers = await Promise.all(keys.map((key) => insist(many, key)));
            const idsByKey = new Map<string, Set<string>>();
            answers.forEach(({ body }, at) => {
                const key = keys[at] ?? "";
                idsByKey.set(key, (idsByKey.get(key) ?? new Set()).add(String(body["id"])));
            });
            assert.equal(idsByKey.size, 250);
            assert.ok([...idsByKey.values()].every((ids) => ids.size === 1));
            assert.equal(await countOrders(many), 250);
        });

        it("answers 422 to a key that was used for something else", async () => {
            await placed("reused-0001");
            isProblem(await ada.call("/v1/orders", placing("reused-0001", { ...ORDER, note: "other" })), 422);
        });

        it("keeps customers' keys apart", async () => {
            const { id } = await placed("shared-key-0001");
            const bob = await stack.customer("bob@example.com");
            const { body } = await bob.expect(201, "/v1/orders", placing("shared-key-0001"));
            assert.notEqual(body["id"], id);
        });

        /** A client that does as the API says: a concurrent duplicate is told to try again. */
        async function insist(client: OrdersClient, key: string): Promise<Answer> {
            for (;;) {
                const answer = await client.call("/v1/orders", placing(key));
                if (answer.status !== 409) {
                    assert.equal(answer.status, 201, JSON.stringify(answer.body));
                    return answer;
                }
                assert.ok(answer.headers.has("retry-after"));
            }
        }

        async function countOrders(client: OrdersClient): Promise<number> {
            let count = 0;
            let cursor: unknown;
            do {
                const query = cursor === undefined ? "" : `&cursor=${encodeURIComponent(String(cursor))}`;
                const { body } = await client.expect(200, `/v1/orders?limit=100${query}`);
                count += (body["orders"] as unknown[]).length;
                cursor = body["nextCursor"];
            } while (cursor !== undefined);
            return count;
        }
    });

    describe("for browsers", () => {
        it("answers preflights", async () => {
            const response = await fetch(`${stack.ordersUrl}/v1/orders`, {
                method: "OPTIONS",
                headers: { origin: "https://shop.example.com", "access-control-request-method": "POST" },
            });
            assert.equal(response.status, 204);
            assert.equal(response.headers.get("access-control-allow-origin"), "*");
            assert.match(response.headers.get("access-control-allow-headers") ?? "", /Idempotency-Key/);
        });

        it("lets pages read answers and errors", async () => {
            for (const client of [ada, stack.anonymous()]) {
                const { headers } = await client.call("/v1/orders", {
                    headers: { origin: "https://shop.example.com" },
                });
                assert.equal(headers.get("access-control-allow-origin"), "*");
            }
        });
    });

    describe("documentation", () => {
        it("is open to anybody and describes this very API", async () => {
            const document = (await (await fetch(`${stack.ordersUrl}/openapi.json`)).json()) as {
                openapi: string;
                servers: { url: string }[];
                paths: object;
            };
            assert.match(document.openapi, /^3\.1/);
            assert.equal(document.servers[0]?.url, stack.ordersUrl);
            assert.ok("/v1/orders" in document.paths && "/v2/orders" in document.paths);
        });

        it("has a page that runs no script", async () => {
            const response = await fetch(`${stack.ordersUrl}/docs`);
            assert.equal(response.status, 200);
            assert.match(response.headers.get("content-security-policy") ?? "", /default-src 'none'/);
            const page = await response.text();
            assert.match(page, /<h1>/);
            assert.doesNotMatch(page, /<script/i);
        });
    });

    it("keeps each order in one item, found by key", async () => {
        const { id } = await placed("stored-0001");
        const dynamo = new DynamoDBClient(stack.administrator);
        const { Items = [] } = await dynamo.send(
            new QueryCommand({
                TableName: stack.ordersTable,
                KeyConditionExpression: "pk = :pk",
                ExpressionAttributeValues: { ":pk": { S: `ORDER#${id}` } },
            }),
        );
        assert.equal(Items.length, 1);
        dynamo.destroy();
    });
});
