import { request as httpRequest } from "node:http";
import { request as httpsRequest } from "node:https";

import { ServiceError } from "../errors";

/** https://docs.aws.amazon.com/sns/latest/dg/sns-http-https-endpoint-as-subscriber.html */
const TIMEOUT_MS = 15_000;

/**
 * Sends a message to an HTTP subscriber.
 * @throws ServiceError with a status of 500 or 429 where another attempt may succeed.
 */
export function post(url: string, headers: Record<string, string>, body: string): Promise<void> {
    const send = url.startsWith("https:") ? httpsRequest : httpRequest;
    return new Promise((resolve, reject) => {
        const sending = send(url, { method: "POST", headers, timeout: TIMEOUT_MS }, (response) => {
            response.resume();
            const status = response.statusCode ?? 500;
            if (status >= 200 && status < 300) return resolve();
            reject(new ServiceError("EndpointFailed", `${url} answered with the status ${status}.`, status));
        });
        sending.on("timeout", () => sending.destroy(new Error(`no answer within ${TIMEOUT_MS / 1000} s`)));
        sending.on("error", ({ message }) =>
            reject(new ServiceError("EndpointUnreachable", `${url} cannot be reached: ${message}.`, 503)),
        );
        sending.end(body);
    });
}
