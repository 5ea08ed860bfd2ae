import type * as pulumi from "@pulumi/pulumi";

import { EVENT_SOURCE } from "../../schemas/events/envelope";
import type { EventBus } from "../building-blocks/event-bus";
import { InlineFunction } from "../building-blocks/inline-function";
import { Outbox } from "../building-blocks/outbox";
import { Table } from "../building-blocks/table";
import type { FunctionDefaults } from "./api-first-args";
import type { AuthenticationKind } from "./authentication";

export interface OrdersArgs {
    /** The documentation tells how callers prove who they are. */
    auth: AuthenticationKind;
    keepData: boolean;
    corsOrigins: string[];
    bodyLimitKiB: number;
    bus: EventBus;
    deadLetters: pulumi.Input<string>;
    functionDefaults: FunctionDefaults;
}

/** The Orders API's tables, the functions behind its routes, and what tells of orders. */
export interface Orders {
    orders: Table;
    idempotency: Table;
    /** By the names that the operations refer to. */
    functions: Record<string, InlineFunction>;
    outbox: Outbox;
}

/** Writes of orders; their other items and deletions tell nothing. */
const ORDER_WRITTEN = {
    eventName: ["INSERT", "MODIFY"],
    dynamodb: { NewImage: { lastEvent: { M: { type: { S: [{ exists: true }] } } } } },
};

export function ordersOf(name: string, args: OrdersArgs, opts: pulumi.ComponentResourceOptions): Orders {
    const { tags } = args.functionDefaults;
    const orders = new Table(
        `${name}-orders`,
        {
            key: { hash: "pk", range: "sk" },
            indexes: {
                byCustomer: { hash: "customerPk", range: "customerSk" },
                byStatus: { hash: "statusPk", range: "statusSk" },
            },
            stream: true,
            keepData: args.keepData,
            tags,
        },
        opts,
    );
    const idempotency = new Table(
        `${name}-idempotency`,
        // What it holds is only of use for an hour, so it may go with the stack.
        { key: { hash: "id" }, ttlAttribute: "expiration", keepData: false, tags },
        opts,
    );
    const functions = functionsOf(name, args, orders, idempotency, opts);
    return { orders, idempotency, functions, outbox: outboxOf(name, args, orders, opts) };
}

function outboxOf(name: string, args: OrdersArgs, orders: Table, opts: pulumi.ComponentResourceOptions): Outbox {
    const { functionDefaults, bus, deadLetters } = args;
    const describe = new InlineFunction(
        `${name}-order-events`,
        {
            ...functionDefaults,
            factory: async () => (await import("../../handlers/orders/order-events")).handler(),
        },
        opts,
    );
    return new Outbox(
        `${name}-outbox`,
        {
            table: orders,
            pattern: ORDER_WRITTEN,
            describe,
            typePath: "$.dynamodb.NewImage.lastEvent.M.type.S",
            source: EVENT_SOURCE,
            bus,
            deadLetters,
            logRetentionDays: functionDefaults.logRetentionDays,
            tags: functionDefaults.tags,
        },
        opts,
    );
}

function functionsOf(
    name: string,
    args: OrdersArgs,
    orders: Table,
    idempotency: Table,
    opts: pulumi.ComponentResourceOptions,
): Record<string, InlineFunction> {
    const common = {
        ...args.functionDefaults,
        environment: {
            CORS_ORIGIN: args.corsOrigins.join(","),
            BODY_LIMIT_BYTES: String(args.bodyLimitKiB * 1024),
            POWERTOOLS_SERVICE_NAME: name,
        },
    };
    return {
        "place-order": new InlineFunction(
            `${name}-place-order`,
            {
                ...common,
                uses: [
                    orders.grant("ORDERS_TABLE", ["GetItem", "PutItem"]),
                    idempotency.grant("IDEMPOTENCY_TABLE", ["GetItem", "PutItem", "UpdateItem", "DeleteItem"]),
                ],
                factory: async () => (await import("../../handlers/orders/place-order")).handler(),
            },
            opts,
        ),
        "get-order": new InlineFunction(
            `${name}-get-order`,
            {
                ...common,
                uses: [orders.grant("ORDERS_TABLE", ["GetItem"])],
                factory: async () => (await import("../../handlers/orders/get-order")).handler(),
            },
            opts,
        ),
        "list-orders": new InlineFunction(
            `${name}-list-orders`,
            {
                ...common,
                uses: [orders.grant("ORDERS_TABLE", [], ["byCustomer"])],
                factory: async () => (await import("../../handlers/orders/list-orders")).handler(),
            },
            opts,
        ),
        "list-orders-by-status": new InlineFunction(
            `${name}-list-by-status`,
            {
                ...common,
                uses: [orders.grant("ORDERS_TABLE", [], ["byStatus"])],
                factory: async () => (await import("../../handlers/orders/list-orders-by-status")).handler(),
            },
            opts,
        ),
        "update-order": new InlineFunction(
            `${name}-update-order`,
            {
                ...common,
                uses: [orders.grant("ORDERS_TABLE", ["GetItem", "PutItem"])],
                factory: async () => (await import("../../handlers/orders/update-order")).handler(),
            },
            opts,
        ),
        "cancel-order": new InlineFunction(
            `${name}-cancel-order`,
            {
                ...common,
                uses: [orders.grant("ORDERS_TABLE", ["GetItem", "PutItem"])],
                factory: async () => (await import("../../handlers/orders/cancel-order")).handler(),
            },
            opts,
        ),
        "api-docs": new InlineFunction(
            `${name}-docs`,
            {
                ...common,
                environment: { API_AUTH: args.auth },
                factory: async () => (await import("../../handlers/api-docs/api-docs")).handler(),
            },
            opts,
        ),
    };
}
