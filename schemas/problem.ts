import * as z from "zod/mini";

/** What every error of the API answers: https://www.rfc-editor.org/rfc/rfc9457 */
export const Problem = z.object({
    type: z.string().check(z.describe("Names the kind of problem")),
    title: z.string(),
    status: z.int(),
    detail: z.optional(z.string()),
    errors: z.optional(
        z
            .array(z.object({ field: z.string(), message: z.string() }))
            .check(z.describe("Fields that are wrong, where the problem is of fields")),
    ),
    correlationId: z.string().check(z.describe("Finds the request in the logs")),
});

export type Problem = z.infer<typeof Problem>;
