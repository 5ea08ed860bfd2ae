import * as z from "zod/mini";

/** Who puts the shop's own events on its bus: `source` of the events. */
export const EVENT_SOURCE = "shop";

/** The frame around every event of the shop: `detail` of what is on the bus, whose `detail-type` is the type. */
export function envelope<Type extends string, Data extends z.core.$ZodType>(type: Type, version: number, data: Data) {
    return z.object({
        id: z.string().check(z.minLength(1), z.describe("The same however often the event is delivered")),
        type: z.literal(type),
        version: z.literal(version),
        time: z.string().check(z.describe("ISO 8601, UTC: when it happened")),
        correlationId: z.string().check(z.describe("The same for all that comes of one request")),
        causationId: z.optional(z.string().check(z.describe("Id of the event that caused this one"))),
        data,
    });
}
