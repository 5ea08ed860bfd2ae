import { ServiceError } from "../errors";

/** Defaults of an account: https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html */
export const ACCOUNT_CONCURRENCY = 1_000;
/** So many must stay for the functions that reserve none. */
export const LEAST_UNRESERVED = 100;

export interface Share {
    functionName: string;
    /** Invocations of the function that may run or wait at once; undefined where it takes from what nobody reserved. */
    reserved?: number;
    /** What all functions together have reserved. */
    reservedByAll: number;
}

/** Invocations of the whole account that are running or waiting. */
export class Concurrency {
    readonly #reserved = new Map<string, number>();
    #unreserved = 0;

    /** @throws ServiceError TooManyRequestsException */
    async run<Result>(share: Share, action: () => Promise<Result>): Promise<Result> {
        const leave = share.reserved === undefined ? this.#enterUnreserved(share) : this.#enterReserved(share);
        try {
            return await action();
        } finally {
            leave();
        }
    }

    #enterUnreserved({ reservedByAll }: Share): () => void {
        if (this.#unreserved >= ACCOUNT_CONCURRENCY - reservedByAll) {
            throw throttled("ConcurrentInvocationLimitExceeded");
        }
        this.#unreserved++;
        return () => void this.#unreserved--;
    }

    #enterReserved({ functionName, reserved = 0 }: Share): () => void {
        const inFlight = (): number => this.#reserved.get(functionName) ?? 0;
        if (inFlight() >= reserved) throw throttled("ReservedFunctionConcurrentInvocationLimitExceeded");
        this.#reserved.set(functionName, inFlight() + 1);
        return () => void this.#reserved.set(functionName, inFlight() - 1);
    }
}

function throttled(reason: string): ServiceError {
    return new ServiceError("TooManyRequestsException", "Rate Exceeded.", 429, { Reason: reason });
}
