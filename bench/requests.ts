import { placing, RunningStack } from "../tests/end-to-end/running-stack";
import { percentile, row } from "./measure";

const REQUESTS = 3_000;
const AT_ONCE = 32;

/** Requests over HTTP through gateway, authorizer, function and table of the local cloud. */
export async function benchRequests(): Promise<void> {
    const stack = await RunningStack.start({ throttle: { rate: 10_000, burst: 5_000 } });
    const ada = await stack.customer("ada@example.com");
    const { body } = await ada.expect(201, "/v1/orders", placing("bench-order-0000"));
    const path = `/v1/orders/${String(body["id"])}`;
    await measure("GET one order", () => ada.expect(200, path));
    let count = 0;
    await measure("POST an order", () => ada.expect(201, "/v1/orders", placing(`bench-order-${++count}`)));
    await measure("GET a page of 20", () => ada.expect(200, "/v1/orders"));
    await stack.close();
}

async function measure(label: string, request: () => Promise<unknown>): Promise<void> {
    for (let warmUp = 0; warmUp < 200; warmUp++) await request();
    const latencies: number[] = [];
    const started = performance.now();
    let left = REQUESTS;
    await Promise.all(
        Array.from({ length: AT_ONCE }, async () => {
            while (left-- > 0) {
                const before = performance.now();
                await request();
                latencies.push(performance.now() - before);
            }
        }),
    );
    row(`${label}, ${AT_ONCE} at once`, REQUESTS / ((performance.now() - started) / 1000), "per second");
    row(`${label}, half answered within`, percentile(latencies, 0.5), "ms");
    row(`${label}, 99 of 100 answered within`, percentile(latencies, 0.99), "ms");
}
