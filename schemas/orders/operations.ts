import * as z from "zod/mini";

import { Feedback, FeedbackTaken } from "../feedback";
import { Problem } from "../problem";
import { ORDER_ID, orderId, status } from "./common";
import { OrderListV1, OrderV1, PlaceOrderV1, UpdateOrderV1 } from "./v1";
import { OrderListV2, OrderV2, PlaceOrderV2, UpdateOrderV2 } from "./v2";

export type ApiVersion = "v1" | "v2";

/** A schema with the name that it goes by. */
export interface Model {
    /** Letters and digits only: it names a model of API Gateway, too. */
    model: string;
    schema: z.core.$ZodType;
}

export interface ApiParameter {
    name: string;
    in: "path" | "query" | "header";
    /** The gateway refuses calls without it. */
    required: boolean;
    description: string;
    schema: z.core.$ZodType;
    example?: string;
}

export interface ApiResponse extends Partial<Model> {
    description: string;
    headers?: Record<string, string>;
}

/** One operation of one version of the API. */
export interface ApiOperation {
    /** `placeOrder`; the same in all versions. */
    id: string;
    version: ApiVersion;
    method: "get" | "post" | "patch";
    /** `/v1/orders/{orderId}` */
    path: string;
    summary: string;
    description: string;
    /** What the caller's token must carry. */
    scope: "orders/read" | "orders/write" | "orders/admin";
    /** The function that answers it: `place-order`. Absent where the gateway makes an event of the call by itself. */
    function?: string;
    /** The event that the gateway makes of the call: its type. */
    event?: string;
    parameters: ApiParameter[];
    body?: Model & { example: object };
    responses: Record<number, ApiResponse>;
}

/** Routes that anybody may call. */
export const publicRoutes = [
    { path: "/openapi.json", function: "api-docs", summary: "The API's OpenAPI document" },
    { path: "/docs", function: "api-docs", summary: "The API's documentation as a page" },
];

const ORDER_PATH: ApiParameter = {
    name: "orderId",
    in: "path",
    required: true,
    description: `Matches ${ORDER_ID.source}`,
    schema: orderId,
};
const IDEMPOTENCY_KEY: ApiParameter = {
    name: "Idempotency-Key",
    in: "header",
    required: true,
    description:
        "8 to 128 visible characters that the caller chooses anew for each order; the same again gives the same order",
    schema: z.string().check(z.regex(/^[\x21-\x7e]{8,128}$/)),
    example: "7f3c2f0a-order-1",
};
const PAGE: ApiParameter[] = [
    {
        name: "limit",
        in: "query",
        required: false,
        description: "Orders on a page, 1 to 100; default 20",
        schema: z.int().check(z.minimum(1), z.maximum(100)),
    },
    {
        name: "cursor",
        in: "query",
        required: false,
        description: "nextCursor of the page before",
        schema: z.string(),
    },
];

/** API Gateway would answer 400 to a call without it; the API answers 428, which says what to do. */
function ifMatch(description: string, example?: string): ApiParameter {
    return { name: "If-Match", in: "header", required: false, description, schema: z.string(), example };
}

const IF_NONE_MATCH: ApiParameter = {
    name: "If-None-Match",
    in: "header",
    required: false,
    description: "An ETag: 304 where the order has not changed since",
    schema: z.string(),
};

const PROBLEMS: Record<number, string> = {
    400: "The request is wrong; the fields are named",
    401: "No valid token",
    403: "The token lacks the scope",
    404: "No such order of this caller",
    409: "The order's state does not allow it, or the same request is being worked on",
    412: "The order has changed since",
    413: "The body is too large",
    415: "The body is not application/json",
    422: "The Idempotency-Key was used for another order",
    428: "If-Match is missing",
    429: "Too many requests: Retry-After says when to try again",
    500: "Something went wrong; the correlationId finds it in the logs",
};

function problems(...statuses: number[]): Record<number, ApiResponse> {
    return Object.fromEntries(
        [...statuses, 401, 403, 429, 500].map((code) => [
            code,
            { description: PROBLEMS[code] ?? "", model: "Problem", schema: Problem },
        ]),
    );
}

const ETAG = { ETag: "The order's version" };

interface Shapes {
    order: z.core.$ZodType;
    list: z.core.$ZodType;
    place: z.core.$ZodType;
    update: z.core.$ZodType;
    example: object;
}

const SHAPES: Record<ApiVersion, Shapes> = {
    v1: {
        order: OrderV1,
        list: OrderListV1,
        place: PlaceOrderV1,
        update: UpdateOrderV1,
        example: { currency: "EUR", items: [{ sku: "TEA-EARL-GREY", quantity: 2, unitPrice: 4.5 }] },
    },
    v2: {
        order: OrderV2,
        list: OrderListV2,
        place: PlaceOrderV2,
        update: UpdateOrderV2,
        example: {
            lines: [{ sku: "TEA-EARL-GREY", quantity: 2, unitPrice: { amount: "4.50", currency: "EUR" } }],
        },
    },
};

function operationsOf(version: ApiVersion): ApiOperation[] {
    const shapes = SHAPES[version];
    const suffix = version.toUpperCase();
    const order = (description: string): ApiResponse => ({
        description,
        model: `Order${suffix}`,
        schema: shapes.order,
        headers: ETAG,
    });
    const list: ApiResponse = { description: "A page of orders", model: `OrderList${suffix}`, schema: shapes.list };
    const operation = (rest: Omit<ApiOperation, "version">): ApiOperation => ({ version, ...rest });
    return [
        operation({
            id: "placeOrder",
            method: "post",
            path: `/${version}/orders`,
            summary: "Place an order",
            description: "However often it is sent with the same key and body, one order is placed.",
            scope: "orders/write",
            function: "place-order",
            parameters: [IDEMPOTENCY_KEY],
            body: { model: `PlaceOrder${suffix}`, schema: shapes.place, example: shapes.example },
            responses: { 201: order("The order"), ...problems(400, 409, 413, 415, 422) },
        }),
        operation({
            id: "listOrders",
            method: "get",
            path: `/${version}/orders`,
            summary: "List one's orders",
            description: "The caller's own orders, newest first.",
            scope: "orders/read",
            function: "list-orders",
            parameters: PAGE,
            responses: { 200: list, ...problems(400) },
        }),
        operation({
            id: "getOrder",
            method: "get",
            path: `/${version}/orders/{orderId}`,
            summary: "Read an order",
            description: "Staff may read everybody's.",
            scope: "orders/read",
            function: "get-order",
            parameters: [ORDER_PATH, IF_NONE_MATCH],
            responses: { 200: order("The order"), 304: { description: "Unchanged", headers: ETAG }, ...problems(404) },
        }),
        operation({
            id: "updateOrder",
            method: "patch",
            path: `/${version}/orders/{orderId}`,
            summary: "Change an order",
            description: "While it is placed. What the body leaves out stays as it is.",
            scope: "orders/write",
            function: "update-order",
            parameters: [ORDER_PATH, ifMatch("ETag of the copy that was changed; required", '"1"')],
            body: { model: `UpdateOrder${suffix}`, schema: shapes.update, example: { note: "Please ring twice" } },
            responses: { 200: order("The changed order"), ...problems(400, 404, 409, 412, 413, 415, 428) },
        }),
        operation({
            id: "cancelOrder",
            method: "post",
            path: `/${version}/orders/{orderId}/cancel`,
            summary: "Cancel an order",
            description: "Until it is shipped. May be repeated.",
            scope: "orders/write",
            function: "cancel-order",
            parameters: [ORDER_PATH, ifMatch("ETag of the copy that was seen; optional")],
            responses: { 200: order("The cancelled order"), ...problems(404, 409, 412) },
        }),
        operation({
            id: "listOrdersByStatus",
            method: "get",
            path: `/${version}/statuses/{status}/orders`,
            summary: "List orders by status",
            description: "For staff: everybody's orders in one status, the longest unchanged first.",
            scope: "orders/admin",
            function: "list-orders-by-status",
            parameters: [
                {
                    name: "status",
                    in: "path",
                    required: true,
                    description: "A status of orders",
                    schema: status,
                    example: "placed",
                },
                ...PAGE,
            ],
            responses: { 200: list, ...problems(400) },
        }),
    ];
}

/** New operations come with the newest version only. */
const GIVE_FEEDBACK: ApiOperation = {
    id: "giveFeedback",
    version: "v2",
    method: "post",
    path: "/v2/feedback",
    summary: "Tell what you think",
    description: "Becomes an event as it is: there is nothing to decide, so no function answers it.",
    scope: "orders/write",
    event: "FeedbackGiven",
    parameters: [],
    body: { model: "Feedback", schema: Feedback, example: { rating: 5, comment: "Quick and friendly" } },
    responses: {
        202: { description: "Taken", model: "FeedbackTaken", schema: FeedbackTaken },
        ...problems(400, 415),
    },
};

/** Everything that the API can do: its gateway definition and its documentation are made of this. */
export const operations: ApiOperation[] = [...operationsOf("v1"), ...operationsOf("v2"), GIVE_FEEDBACK];
