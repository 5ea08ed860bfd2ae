import { randomUUID } from "node:crypto";

import { ServiceError } from "../../errors";
import type { JsonObject, RestRequest, RestResponse, RestRoute } from "../../service";
import type { EventSourceMappings, Mapping } from "./event-source-mappings";
import { describeMapping } from "./settings";

const PATH = "/2015-03-31/event-source-mappings";

/** https://docs.aws.amazon.com/lambda/latest/api/API_CreateEventSourceMapping.html and its neighbours */
export function mappingRoutes(mappings: EventSourceMappings, place: { region: string; account: string }): RestRoute[] {
    const arnOf = (uuid: string): string =>
        `arn:aws:lambda:${place.region}:${place.account}:event-source-mapping:${uuid}`;
    const uuidOf = (request: RestRequest): string => request.path["UUID"] ?? "";
    const onMapping = (action: string, method: string, run: (request: RestRequest) => Mapping): RestRoute => ({
        method,
        path: `${PATH}/{UUID}`,
        access: (request) => [{ action: `lambda:${action}`, resource: arnOf(uuidOf(request)) }],
        run: (request) => described(run(request), action === "GetEventSourceMapping" ? 200 : 202),
    });
    return [
        {
            method: "GET",
            path: PATH,
            access: () => [{ action: "lambda:ListEventSourceMappings", resource: "*" }],
            run: ({ query }) => ({ status: 200, body: { EventSourceMappings: listed(mappings, query) } }),
        },
        {
            method: "POST",
            path: PATH,
            access: () => [{ action: "lambda:CreateEventSourceMapping", resource: "*" }],
            run: (request) => described(mappings.put(randomUUID(), inputOf(request)), 202),
        },
        onMapping("GetEventSourceMapping", "GET", (request) => mappings.find(uuidOf(request))),
        onMapping("UpdateEventSourceMapping", "PUT", (request) => {
            const { settings, input } = mappings.find(uuidOf(request));
            return mappings.put(settings.uuid, { ...input, ...inputOf(request) });
        }),
        onMapping("DeleteEventSourceMapping", "DELETE", (request) => {
            const mapping = mappings.find(uuidOf(request));
            mappings.delete(mapping.settings.uuid);
            return mapping;
        }),
    ];
}

function listed(mappings: EventSourceMappings, query: URLSearchParams): JsonObject[] {
    const functionName = query.get("FunctionName");
    const source = query.get("EventSourceArn");
    return mappings.all
        .filter(({ settings }) => source === null || settings.eventSourceArn === source)
        .filter(({ settings: { functionArn } }) => functionName === null || isOf(functionArn, functionName))
        .map(({ settings, lastModified }) => describeMapping(settings, lastModified));
}

function isOf(functionArn: string, name: string): boolean {
    return (
        functionArn === name || functionArn.split(":").slice(6).join(":") === name || functionArn.split(":")[6] === name
    );
}

function described({ settings, lastModified }: Mapping, status: number): RestResponse {
    return { status, body: describeMapping(settings, lastModified) };
}

function inputOf({ body }: RestRequest): JsonObject {
    try {
        const parsed: unknown = JSON.parse(body.toString("utf8"));
        if (typeof parsed === "object" && parsed !== null) return { ...parsed };
    } catch {
        // Told below.
    }
    throw new ServiceError("InvalidRequestContentException", "Could not parse request body into json");
}
