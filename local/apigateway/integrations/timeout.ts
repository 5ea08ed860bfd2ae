import type { Clock } from "../../clock";
import { GatewayError } from "../gateway-error";

/** Waits for a backend, but no longer than `ms`: then throws a GatewayError `INTEGRATION_TIMEOUT`. */
export function within<T>(clock: Clock, ms: number, answer: Promise<T>, abort?: () => void): Promise<T> {
    return new Promise((resolve, reject) => {
        const timer = clock.after(ms, () => {
            reject(new GatewayError("INTEGRATION_TIMEOUT", "Endpoint request timed out"));
            abort?.();
        });
        answer.then(resolve, reject).finally(() => timer.cancel());
    });
}
