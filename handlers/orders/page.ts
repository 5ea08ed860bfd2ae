import type { APIGatewayProxyEvent } from "aws-lambda";

import type { Answer } from "../http/handler";
import { invalidFields } from "../http/problem";
import { fromCursor, toCursor } from "./cursor";
import { representationOf } from "./representation";
import type { OrderStore, PageQuery } from "./store";

const DEFAULT_LIMIT = 20;
const MAX_LIMIT = 100;

/**
 * One page of an index, as the query parameters `limit` and `cursor` ask for it.
 * @throws HttpProblem 400
 */
export async function pageOf(
    store: OrderStore,
    event: APIGatewayProxyEvent,
    query: Pick<PageQuery, "index" | "partition" | "newestFirst">,
): Promise<Answer> {
    const { limit, cursor } = event.queryStringParameters ?? {};
    const after = cursor === undefined ? undefined : fromCursor(cursor, query.index, query.partition);
    const { orders, next } = await store.page({ ...query, limit: parseLimit(limit), after });
    const { show } = representationOf(event);
    return {
        status: 200,
        body: { orders: orders.map(show), ...(next === undefined ? {} : { nextCursor: toCursor(next) }) },
    };
}

function parseLimit(text: string | undefined): number {
    if (text === undefined) return DEFAULT_LIMIT;
    const limit = Number(text);
    if (/^\d+$/.test(text) && limit >= 1 && limit <= MAX_LIMIT) return limit;
    throw invalidFields([{ field: "limit", message: `must be a whole number from 1 to ${MAX_LIMIT}` }]);
}
