import { createHash } from "node:crypto";

import {
    IdempotencyAlreadyInProgressError,
    IdempotencyConfig,
    IdempotencyValidationError,
    makeIdempotent,
} from "@aws-lambda-powertools/idempotency";
import { DynamoDBPersistenceLayer } from "@aws-lambda-powertools/idempotency/dynamodb";
import type { BasePersistenceLayer } from "@aws-lambda-powertools/idempotency/persistence";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import type { APIGatewayProxyEvent } from "aws-lambda";

import { numeric, required } from "../environment";
import { callerOf } from "../http/caller";
import { type ApiHandler, apiHandler, type Operation } from "../http/handler";
import { HttpProblem, invalidFields } from "../http/problem";
import { etagOf, header } from "../http/request";
import type { Order, OrderRequest } from "./order";
import { representationOf } from "./representation";
import { dynamoDbOrderStore, type OrderStore } from "./store";

/** For this long, a repeated request gets the first answer without touching the order. */
const REMEMBERED_SECONDS = 60 * 60;

export interface PlaceOrderOptions {
    store: OrderStore;
    /** Keeps the answers that were given, by key. */
    answers: BasePersistenceLayer;
    bodyLimitBytes: number;
    now?: () => Date;
}

/** A request with what tells it from others. */
interface Placement {
    customerId: string;
    /** The caller's Idempotency-Key, apart from other callers'. */
    key: string;
    request: OrderRequest;
    requestHash: string;
    correlationId: string;
}

type Placed = { order: Order; replayed?: boolean };

/**
 * Places an order once, however often the same request comes. Two things see to it: Powertools remembers the answer for
 * an hour, and the order's id is made of caller and key, so that not even a crash between the write and the answer, or a
 * repetition long after, can make a second order.
 */
export function placeOrder(options: PlaceOrderOptions): Operation {
    const { store, answers, bodyLimitBytes, now = () => new Date() } = options;
    const config = new IdempotencyConfig({
        eventKeyJmesPath: "key",
        payloadValidationJmesPath: "requestHash",
        throwOnNoIdempotencyKey: true,
        expiresAfterSeconds: REMEMBERED_SECONDS,
        responseHook: (response) => ({ ...Object(response), replayed: true }),
    });
    const placeOnce = makeIdempotent((placement: Placement) => place(store, placement, now()), {
        persistenceStore: answers,
        config,
    });

    return async ({ event, context, correlationId }) => {
        const representation = representationOf(event);
        const { customerId } = callerOf(event);
        const key = idempotencyKey(event);
        const request = representation.readOrder(event, bodyLimitBytes);
        const placement: Placement = {
            customerId,
            key: `${customerId}#${key}`,
            request,
            requestHash: hashOf(request),
            correlationId,
        };
        config.registerLambdaContext(context);
        const { order, replayed } = await placeOnce(placement).catch(refuse);
        return {
            status: 201,
            headers: {
                ETag: etagOf(order),
                Location: `${event.requestContext.path}/${order.id}`,
                ...(replayed ? { "Idempotency-Replayed": "true" } : {}),
            },
            body: representation.show(order),
        };
    };
}

function idempotencyKey(event: APIGatewayProxyEvent): string {
    const key = header(event, "idempotency-key") ?? "";
    if (/^[\x21-\x7e]{8,128}$/.test(key)) return key;
    throw invalidFields([{ field: "Idempotency-Key", message: "must be 8 to 128 visible ASCII characters" }]);
}

async function place(store: OrderStore, placement: Placement, now: Date): Promise<Placed> {
    const id = orderIdOf(placement.key);
    const order: Order = {
        ...placement.request,
        ...(placement.request.note === "" ? { note: undefined } : {}),
        id,
        customerId: placement.customerId,
        status: "placed",
        createdAt: now.toISOString(),
        updatedAt: now.toISOString(),
        version: 1,
        requestHash: placement.requestHash,
        lastEvent: { type: "OrderPlaced", correlationId: placement.correlationId },
    };
    if (await store.insert(order)) return { order };
    const existing = await store.get(id);
    if (existing?.requestHash !== placement.requestHash) throw keyReused();
    return { order: existing, replayed: true };
}

function orderIdOf(key: string): string {
    return `o-${createHash("sha256").update(key).digest("hex").slice(0, 24)}`;
}

/** Of what is asked for, not of the bytes: members in another order, or the other version's shape, are the same. */
function hashOf(request: OrderRequest): string {
    const lines = request.lines.map(({ sku, name, quantity, unitPrice }) => [sku, name ?? null, quantity, unitPrice]);
    const { name, street, postalCode, city, country } = request.shippingAddress ?? {};
    const canonical = [request.currency, lines, request.note ?? "", [name, street, postalCode, city, country]];
    return createHash("sha256").update(JSON.stringify(canonical)).digest("base64url");
}

function refuse(error: unknown): never {
    if (error instanceof IdempotencyValidationError) throw keyReused();
    if (error instanceof IdempotencyAlreadyInProgressError) {
        throw new HttpProblem(409, "request-in-progress", "The same request is being worked on. Try again shortly.", {
            headers: { "Retry-After": "1" },
        });
    }
    throw error;
}

function keyReused(): HttpProblem {
    return new HttpProblem(422, "idempotency-key-reused", "This Idempotency-Key was used for another order.", {
        errors: [{ field: "Idempotency-Key", message: "was used for another order" }],
    });
}

/** Made once per execution environment. */
export function handler(): ApiHandler {
    const client = new DynamoDBClient();
    return apiHandler(
        placeOrder({
            store: dynamoDbOrderStore(required("ORDERS_TABLE"), client),
            answers: new DynamoDBPersistenceLayer({ tableName: required("IDEMPOTENCY_TABLE"), awsSdkV3Client: client }),
            bodyLimitBytes: numeric("BODY_LIMIT_BYTES", 64 * 1024),
        }),
    );
}
