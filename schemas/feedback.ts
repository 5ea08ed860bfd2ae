import * as z from "zod/mini";

import { envelope } from "./events/envelope";

const MAX_COMMENT = 2000;

/** Body of `POST /v2/feedback`. */
export const Feedback = z.strictObject({
    rating: z.int().check(z.minimum(1), z.maximum(5), z.describe("5 is best")),
    comment: z.optional(z.string().check(z.minLength(1), z.maxLength(MAX_COMMENT))),
});

/** What `POST /v2/feedback` answers. */
export const FeedbackTaken = z.object({ id: z.string().check(z.describe("Id of the event that it has become")) });

export const FeedbackGiven = envelope(
    "FeedbackGiven",
    1,
    z.object({ customerId: z.string().check(z.minLength(1)), ...Feedback.shape }),
);
