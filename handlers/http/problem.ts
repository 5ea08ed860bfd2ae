import type { Problem } from "../../schemas/problem";

export interface FieldError {
    /** `items.0.quantity` */
    field: string;
    message: string;
}

const TITLES: Record<number, string> = {
    400: "Bad Request",
    403: "Forbidden",
    404: "Not Found",
    409: "Conflict",
    412: "Precondition Failed",
    413: "Content Too Large",
    415: "Unsupported Media Type",
    422: "Unprocessable Content",
    428: "Precondition Required",
    500: "Internal Server Error",
};

/** What a caller is told when a request cannot be fulfilled; anything else that is thrown is told as 500. */
export class HttpProblem extends Error {
    override name = "HttpProblem";

    /**
     * @param code Names the kind of problem: `order-not-found`.
     * @param detail What is wrong and what to do, in words for the caller.
     */
    constructor(
        readonly status: number,
        readonly code: string,
        readonly detail: string,
        readonly more: { errors?: FieldError[]; headers?: Record<string, string> } = {},
    ) {
        super(detail);
    }

    body(correlationId: string): Problem {
        return {
            type: `urn:problem:${this.code}`,
            title: TITLES[this.status] ?? "Error",
            status: this.status,
            detail: this.detail,
            ...(this.more.errors === undefined ? {} : { errors: this.more.errors }),
            correlationId,
        };
    }
}

export function invalidFields(errors: FieldError[]): HttpProblem {
    const detail = errors.map(({ field, message }) => `${field} ${message}`).join("; ");
    return new HttpProblem(400, "invalid-request", detail, { errors });
}
