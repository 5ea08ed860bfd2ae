import assert from "node:assert/strict";

import fc from "fast-check";
import * as z from "zod/mini";

import { callerOf } from "../../../handlers/http/caller";
import { apiHandler } from "../../../handlers/http/handler";
import { HttpProblem } from "../../../handlers/http/problem";
import { etags, parseBody } from "../../../handlers/http/request";
import { Problem } from "../../../schemas/problem";
import { apiEvent, bodyOf, context } from "../events";

describe("the handler around every operation", () => {
    const environment = { ...process.env };
    let printed: string[];
    const write = process.stdout.write.bind(process.stdout);

    beforeEach(() => {
        printed = [];
    });

    afterEach(() => {
        process.env = { ...environment };
    });

    /** Runs an operation and keeps what it logs from the terminal. */
    async function answered(operation: Parameters<typeof apiHandler>[0], headers: Record<string, string> = {}) {
        process.env["POWERTOOLS_DEV"] = "false";
        const handler = apiHandler(operation);
        const stream = process.stdout;
        stream.write = ((chunk: string) => {
            printed.push(chunk);
            return true;
        }) as typeof stream.write;
        try {
            return await handler(apiEvent({ headers }), context);
        } finally {
            stream.write = write;
        }
    }

    it("answers with JSON, a correlation id and security headers", async () => {
        const { statusCode, headers, body } = await answered(async () => ({ status: 201, body: { a: 1 } }));
        assert.equal(statusCode, 201);
        assert.equal(body, '{"a":1}');
        assert.equal(headers?.["Content-Type"], "application/json");
        assert.equal(headers["Cache-Control"], "no-store");
        assert.equal(headers["X-Content-Type-Options"], "nosniff");
        assert.equal(headers["X-Correlation-Id"], "gateway-request-1");
    });

    it("tells a problem as it is, and nothing of an unexpected error", async () => {
        const known = await answered(() =>
            Promise.reject(new HttpProblem(409, "busy", "Try later.", { headers: { "Retry-After": "1" } })),
        );
        assert.equal(known.statusCode, 409);
        assert.equal(known.headers?.["Retry-After"], "1");
        assert.equal(Problem.safeParse(bodyOf(known)).success, true);
        const unknown = await answered(() => Promise.reject(new Error("password=hunter2")));
        assert.equal(unknown.statusCode, 500);
        assert.equal(unknown.headers?.["Content-Type"], "application/problem+json");
        assert.doesNotMatch(unknown.body, /hunter2/);
        assert.match(unknown.body, /gateway-request-1/);
    });

    it("takes over a caller's correlation id only if it is harmless", async () => {
        const id = async (given: string): Promise<unknown> =>
            (await answered(async () => ({ status: 204 }), { "X-Correlation-Id": given })).headers?.[
                "X-Correlation-Id"
            ];
        assert.equal(await id("trace-0001"), "trace-0001");
        for (const bad of ["short", "with space in it", "new\nline-header", "x".repeat(200), "ünïcödé-id"]) {
            assert.equal(await id(bad), "gateway-request-1", bad);
        }
    });

    it("allows the pages of the configured origins and no others", async () => {
        const allowed = async (configured: string, origin?: string): Promise<unknown> => {
            process.env["CORS_ORIGIN"] = configured;
            const result = await answered(
                async () => ({ status: 204 }),
                origin === undefined ? {} : { Origin: origin },
            );
            return result.headers?.["Access-Control-Allow-Origin"];
        };
        assert.equal(await allowed("*", "https://a.example"), "*");
        assert.equal(await allowed("https://a.example,https://b.example", "https://b.example"), "https://b.example");
        assert.equal(await allowed("https://a.example", "https://evil.example"), undefined);
        assert.equal(await allowed("", "https://a.example"), undefined);
        assert.equal(await allowed("https://a.example"), undefined);
    });
});

describe("a request's body", () => {
    const schema = z.strictObject({ count: z.int().check(z.minimum(1)), list: z.optional(z.array(z.string())) });
    const parse = (body: unknown, headers: Record<string, string> = {}): unknown =>
        parseBody(apiEvent({ body, headers }), schema, 100);

    it("is checked, and every wrong field is named", () => {
        assert.deepEqual(parse({ count: 1 }), { count: 1 });
        const cases: [unknown, RegExp][] = [
            [{}, /count is missing/],
            [{ count: "1" }, /count must be of type number/],
            [{ count: 1.5 }, /count must be a whole number/],
            [{ count: 0, more: 1 }, /count must be at least 1; more is not known/],
            [{ count: 1, list: ["a", 2] }, /list\.1 must be of type string/],
            [[], /body must be of type object/],
            ["null", /body must be of type object/],
        ];
        for (const [body, message] of cases) assert.throws(() => parse(body), { status: 400, message });
    });

    it("that is no JSON, too large or of another type is refused", () => {
        assert.throws(() => parse("{"), { status: 400, code: "malformed-json" });
        assert.throws(() => parse(" ".repeat(101)), { status: 413 });
        assert.throws(() => parse("é".repeat(60)), { status: 413 }, "bytes count, not characters");
        assert.throws(() => parse({ count: 1 }, { "content-type": "text/plain" }), { status: 415 });
        assert.deepEqual(parse({ count: 1 }, { "content-type": "application/json; charset=utf-8" }), { count: 1 });
    });

    it("of any kind makes a result or a problem, nothing else", () => {
        fc.assert(
            fc.property(fc.oneof(fc.json(), fc.string()), (text) => {
                try {
                    parse(text);
                } catch (error) {
                    assert.ok(error instanceof HttpProblem);
                    assert.equal(Problem.safeParse(error.body("id")).success, true);
                }
            }),
        );
    });
});

describe("the caller", () => {
    it("is known by a pool's claims, a Lambda authorizer, a signature or a key", () => {
        const event = apiEvent({ customer: null });
        const by = (authorizer: object | undefined, identity: object = {}): unknown =>
            callerOf({ ...event, requestContext: { ...event.requestContext, authorizer, identity } } as never);
        assert.deepEqual(by({ claims: { sub: "ada", scope: "orders/read orders/admin" } }), {
            customerId: "ada",
            isStaff: true,
        });
        assert.deepEqual(by({ principalId: "ada", scope: "orders/read" }), { customerId: "ada", isStaff: false });
        assert.deepEqual(by(undefined, { userArn: "arn:aws:iam::1:user/x" }), {
            customerId: "arn:aws:iam::1:user/x",
            isStaff: true,
        });
        assert.deepEqual(by(undefined, { apiKeyId: "key1" }), { customerId: "key1", isStaff: false });
        assert.throws(() => by(undefined), { status: 403 });
    });

    it("is staff by exactly that scope", () => {
        const staff = (scope: string): boolean => callerOf(apiEvent({ scope })).isStaff;
        assert.equal(staff("orders/admin"), true);
        assert.equal(staff("orders/administrator"), false);
        assert.equal(staff("xorders/admin"), false);
    });
});

describe("condition headers", () => {
    it("are lists of tags, weak or strong", () => {
        assert.deepEqual(etags('"1", W/"2"'), ['"1"', '"2"']);
        assert.deepEqual(etags("*"), ["*"]);
    });
});
