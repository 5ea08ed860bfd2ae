import type { Attributes, Protocol } from "./model";

/** So many retries, one after the other, each after a wait of so many milliseconds. */
interface Phase {
    retries: number;
    waitMs: (retry: number) => number;
}

/**
 * For endpoints in AWS: 100,015 attempts over 23 days.
 * https://docs.aws.amazon.com/sns/latest/dg/sns-message-delivery-retries.html
 */
const AWS_MANAGED: Phase[] = [
    { retries: 3, waitMs: () => 0 },
    { retries: 2, waitMs: () => 1_000 },
    { retries: 10, waitMs: (retry) => backoff(retry, 10, 1_000, 20_000, "exponential") },
    { retries: 100_000, waitMs: () => 20_000 },
];

/** What a delivery policy says, where it says anything: times are in seconds. */
interface HealthyRetryPolicy {
    minDelayTarget: number;
    maxDelayTarget: number;
    numRetries: number;
    numNoDelayRetries: number;
    numMinDelayRetries: number;
    numMaxDelayRetries: number;
    backoffFunction: string;
}

const HTTP_DEFAULT: HealthyRetryPolicy = {
    minDelayTarget: 20,
    maxDelayTarget: 20,
    numRetries: 3,
    numNoDelayRetries: 0,
    numMinDelayRetries: 0,
    numMaxDelayRetries: 0,
    backoffFunction: "linear",
};

/**
 * How long to wait after so many failed attempts; undefined when there is no other attempt.
 * @param failed From 1.
 */
export function retryWaitMs(
    protocol: Protocol,
    failed: number,
    subscription: Attributes,
    topic: Attributes,
): number | undefined {
    const phases = ["http", "https"].includes(protocol) ? httpPhases(subscription, topic) : AWS_MANAGED;
    let retry = failed;
    for (const { retries, waitMs } of phases) {
        if (retry <= retries) return waitMs(retry);
        retry -= retries;
    }
    return undefined;
}

function httpPhases(subscription: Attributes, topic: Attributes): Phase[] {
    const policy = { ...HTTP_DEFAULT, ...topicPolicy(topic), ...subscriptionPolicy(subscription) };
    const { minDelayTarget, maxDelayTarget, numRetries, backoffFunction } = policy;
    const { numNoDelayRetries, numMinDelayRetries, numMaxDelayRetries } = policy;
    const between = Math.max(0, numRetries - numNoDelayRetries - numMinDelayRetries - numMaxDelayRetries);
    const [least, most] = [minDelayTarget * 1000, maxDelayTarget * 1000];
    return [
        { retries: numNoDelayRetries, waitMs: () => 0 },
        { retries: numMinDelayRetries, waitMs: () => least },
        { retries: between, waitMs: (retry) => backoff(retry, between, least, most, backoffFunction) },
        { retries: numMaxDelayRetries, waitMs: () => most },
    ];
}

function topicPolicy({ DeliveryPolicy: text }: Attributes): Partial<HealthyRetryPolicy> {
    const http = Reflect.get(Object(parsed(text)), "http") as unknown;
    return Object(Reflect.get(Object(http), "defaultHealthyRetryPolicy")) as Partial<HealthyRetryPolicy>;
}

function subscriptionPolicy({ DeliveryPolicy: text }: Attributes): Partial<HealthyRetryPolicy> {
    return Object(Reflect.get(Object(parsed(text)), "healthyRetryPolicy")) as Partial<HealthyRetryPolicy>;
}

function parsed(text: string | undefined): unknown {
    return text === undefined || text === "" ? {} : JSON.parse(text);
}

/** From the least to the most. https://docs.aws.amazon.com/sns/latest/dg/sns-message-delivery-retries.html */
function backoff(retry: number, retries: number, least: number, most: number, shape: string): number {
    const way = retries <= 1 ? 1 : (retry - 1) / (retries - 1);
    if (shape === "arithmetic") return least + (most - least) * ((way * (way + 1)) / 2);
    if (shape === "geometric" || shape === "exponential") return least * (most / Math.max(least, 1)) ** way;
    return least + (most - least) * way;
}
