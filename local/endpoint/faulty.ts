import type { Clock } from "../clock";
import type { FaultKind, Faults } from "../faults";
import type { HttpRequest, HttpResponse } from "../service";

/** Undefined where the answer is lost on its way. */
export type Answer = (request: HttpRequest) => Promise<HttpResponse | undefined>;

/** Clients' calls whose ids are remembered, so that the SDK's retries count as attempts of one call. */
const REMEMBERED_CALLS = 10_000;

/** Lets faults strike requests: `dynamodb:PutItem`, `sqs:SendMessage`, `GET /v1/orders`. */
export function withFaults(answer: Answer, faults: Faults, clock: Clock): Answer {
    if (!faults.strike("request")) return answer;
    const ids = new Map<string, string>();

    const idOf = (request: HttpRequest, resource: string): string => {
        const call = request.headers["amz-sdk-invocation-id"];
        const known = call === undefined ? undefined : ids.get(call);
        if (known !== undefined) return known;
        const id = faults.newId(resource, request.body.toString("base64"));
        if (ids.size >= REMEMBERED_CALLS) ids.clear();
        if (call !== undefined) ids.set(call, id);
        return id;
    };

    return async (request) => {
        const resource = nameOf(request);
        const attempt = Number(/attempt=(\d+)/.exec(request.headers["amz-sdk-request"] ?? "")?.[1] ?? 1);
        const fault = faults.at({ on: "request", resource, message: idOf(request, resource), attempt });
        if (fault?.kind === "delay") {
            await new Promise<void>((resolve) => void clock.after(fault.delayMs, resolve));
        }
        return struck(answer, request, fault?.kind);
    };
}

async function struck(
    answer: Answer,
    request: HttpRequest,
    fault: FaultKind | undefined,
): Promise<HttpResponse | undefined> {
    if (fault === "drop") return UNAVAILABLE;
    if (fault === "duplicate") await answer(request);
    const response = await answer(request);
    return fault === "crash" ? undefined : response;
}

const UNAVAILABLE: HttpResponse = {
    status: 503,
    headers: { "content-type": "application/x-amz-json-1.0" },
    body: JSON.stringify({ __type: "ServiceUnavailable", message: "Injected fault: the request was dropped." }),
};

/** `<service>:<Operation>` where the request names one, otherwise its method and path. */
function nameOf({ method, path, headers, body }: HttpRequest): string {
    const scope = /Credential=[^/]+\/\d+\/[^/]+\/([^/]+)\//.exec(headers["authorization"] ?? "")?.[1];
    const operation = headers["x-amz-target"]?.split(".")[1] ?? actionOf(headers["content-type"], body);
    return scope === undefined || operation === undefined ? `${method} ${path}` : `${scope}:${operation}`;
}

function actionOf(contentType: string | undefined, body: Buffer): string | undefined {
    if (contentType?.startsWith("application/x-www-form-urlencoded") !== true) return undefined;
    return new URLSearchParams(body.toString()).get("Action") ?? undefined;
}
