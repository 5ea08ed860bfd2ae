import type { HttpRequest, HttpResponse } from "../service";
import type { Topics } from "./topics";

/** Follows the links in confirmations and messages, which need no signature. */
export function answerLink(
    topics: Topics,
    { method, path, query, headers }: HttpRequest,
): Promise<HttpResponse> | undefined {
    if (method !== "GET" || path !== "/" || headers["authorization"] !== undefined) return undefined;
    const parameters = new URLSearchParams(query);
    switch (parameters.get("Action")) {
        case "ConfirmSubscription": {
            const arn = confirm(topics, parameters.get("TopicArn") ?? "", parameters.get("Token") ?? "");
            return Promise.resolve(
                arn === undefined ? page(400, "The token is not valid.") : page(200, `Confirmed: ${arn}`),
            );
        }
        case "Unsubscribe": {
            const arn = parameters.get("SubscriptionArn") ?? "";
            if (topics.subscriber(arn) === undefined)
                return Promise.resolve(page(404, "There is no such subscription."));
            topics.unsubscribe(arn);
            return Promise.resolve(page(200, `Unsubscribed: ${arn}`));
        }
        default:
            return undefined;
    }
}

/** @returns the ARN of the subscription that the token confirms. */
export function confirm(topics: Topics, topicArn: string, token: string): string | undefined {
    const found = topics.subscribers(topicArn).find(({ subscription }) => subscription.token === token);
    if (found === undefined) return undefined;
    topics.keepSubscription({ ...found.subscription, isConfirmed: true });
    return found.subscription.arn;
}

function page(status: number, text: string): HttpResponse {
    return { status, headers: { "content-type": "text/plain; charset=utf-8" }, body: `${text}\n` };
}
