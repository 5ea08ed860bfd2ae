import { ServiceError } from "../errors";
import type { AccessRequest, JsonObject, RestRequest, RestRoute, RestService } from "../service";
import type { Api, Stage } from "./api";
import type { Registry } from "./registry";
import type { ApiKey, UsagePlan } from "./usage-plans";
import * as view from "./views";

/**
 * The read operations of API Gateway's own API.
 * https://docs.aws.amazon.com/apigateway/latest/api/API_Operations.html
 */
export function apiGatewayService(registry: Registry, region: string): RestService {
    const { apis, usagePlans } = registry;
    const api = ({ path }: RestRequest): Api => found(apis.get(path["restApiId"] ?? ""), "REST API");
    const plan = ({ path }: RestRequest): UsagePlan =>
        found(usagePlans.plans.get(path["usagePlanId"] ?? ""), "usage plan");

    const get = (path: string, read: (request: RestRequest) => JsonObject): RestRoute => ({
        method: "GET",
        path,
        // API Gateway's own API is authorised by HTTP method and path:
        // https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-iam-policy-examples.html
        access: (request): AccessRequest[] => [
            { action: "apigateway:GET", resource: `arn:aws:apigateway:${region}::${concrete(path, request)}` },
        ],
        run: (request) => ({ status: 200, body: read(request) }),
    });

    return {
        protocol: "rest",
        signingName: "apigateway",
        routes: [
            get("/restapis", (request) => page([...apis.values()].map(view.restApi), request)),
            get("/restapis/{restApiId}", (request) => view.restApi(api(request))),
            get("/restapis/{restApiId}/resources", (request) => {
                const embed = request.query.getAll("embed").includes("methods");
                const resources = [...api(request).definition.resources.values()];
                return page(
                    resources.map((one) => view.resource(one, embed)),
                    request,
                );
            }),
            get("/restapis/{restApiId}/stages", (request) => ({
                item: [...api(request).stages.values()].map(view.stage),
            })),
            get("/restapis/{restApiId}/stages/{stageName}", (request) => view.stage(stageOf(api(request), request))),
            get("/restapis/{restApiId}/deployments", (request) =>
                page([...api(request).deployments.values()].map(view.deployment), request),
            ),
            get("/restapis/{restApiId}/deployments/{deploymentId}", (request) =>
                view.deployment(found(api(request).deployments.get(request.path["deploymentId"] ?? ""), "Deployment")),
            ),
            get("/restapis/{restApiId}/models", (request) =>
                page([...api(request).definition.models.values()].map(view.model), request),
            ),
            get("/restapis/{restApiId}/models/{modelName}", (request) =>
                view.model(found(api(request).definition.models.get(request.path["modelName"] ?? ""), "Model")),
            ),
            get("/restapis/{restApiId}/authorizers", (request) =>
                page([...api(request).definition.authorizers.values()].map(view.authorizer), request),
            ),
            get("/apikeys", (request) => page(apiKeys(registry, request), request)),
            get("/apikeys/{apiKey}", ({ path, query }) =>
                view.apiKey(
                    found(usagePlans.keys.get(path["apiKey"] ?? ""), "API Key"),
                    query.get("includeValue") === "true",
                ),
            ),
            get("/usageplans", (request) => page(plansOf(registry, request).map(view.usagePlan), request)),
            get("/usageplans/{usagePlanId}", (request) => view.usagePlan(plan(request))),
            get("/usageplans/{usagePlanId}/keys", (request) =>
                page(
                    keysOf(registry, plan(request))
                        .filter(({ name }) => name.startsWith(request.query.get("name") ?? ""))
                        .map(view.usagePlanKey),
                    request,
                ),
            ),
            get("/usageplans/{usagePlanId}/keys/{keyId}", (request) => {
                const key = keysOf(registry, plan(request)).find(({ id }) => id === request.path["keyId"]);
                return view.usagePlanKey(found(key, "usage plan key"));
            }),
            get("/usageplans/{usagePlanId}/usage", (request) => usage(registry, plan(request), request)),
        ],
    };
}

function found<T>(value: T | undefined, what: string): T {
    if (value === undefined) throw new ServiceError("NotFoundException", `Invalid ${what} identifier specified`, 404);
    return value;
}

function concrete(path: string, request: RestRequest): string {
    return path.replace(/\{(\w+)\}/g, (_, name: string) => request.path[name] ?? "");
}

function stageOf(api: Api, { path }: RestRequest): Stage {
    return found(api.stages.get(path["stageName"] ?? ""), "stage");
}

/** Cuts a list into pages; `position` is the index of the next item. */
function page(items: JsonObject[], { query }: RestRequest): JsonObject {
    const limit = Number(query.get("limit") ?? 25);
    const start = Number(query.get("position") ?? 0);
    if (!Number.isInteger(limit) || limit < 1 || limit > 500 || !Number.isInteger(start)) {
        throw new ServiceError("BadRequestException", "Invalid limit or position: limit must be between 1 and 500.");
    }
    const end = start + limit;
    return { item: items.slice(start, end), ...(end < items.length ? { position: String(end) } : {}) };
}

function apiKeys({ usagePlans }: Registry, { query }: RestRequest): JsonObject[] {
    const name = query.get("name") ?? "";
    const customerId = query.get("customerId");
    const wanted = [...usagePlans.keys.values()].filter(
        (key) => key.name.startsWith(name) && (customerId === null || key.customerId === customerId),
    );
    return wanted.map((key) => view.apiKey(key, query.get("includeValues") === "true"));
}

function plansOf({ usagePlans }: Registry, { query }: RestRequest): UsagePlan[] {
    const keyId = query.get("keyId");
    return [...usagePlans.plans.values()].filter((plan) => keyId === null || plan.keyIds.has(keyId));
}

function keysOf({ usagePlans }: Registry, plan: UsagePlan): ApiKey[] {
    return [...plan.keyIds].flatMap((id) => usagePlans.keys.get(id) ?? []);
}

function usage(registry: Registry, plan: UsagePlan, { query }: RestRequest): JsonObject {
    const startDate = query.get("startDate") ?? "";
    const endDate = query.get("endDate") ?? "";
    const from = Date.parse(`${startDate}T00:00:00Z`);
    const to = Date.parse(`${endDate}T00:00:00Z`);
    if (Number.isNaN(from) || Number.isNaN(to) || to < from) {
        throw new ServiceError("BadRequestException", "startDate and endDate must be dates YYYY-MM-DD, in this order.");
    }
    const keyId = query.get("keyId");
    const keys = keysOf(registry, plan).filter((key) => keyId === null || key.id === keyId);
    const values = keys.map((key) => [key.id, registry.usagePlans.usageByDay(plan, key.id, from, to)]);
    return { usagePlanId: plan.id, startDate, endDate, values: Object.fromEntries(values) };
}
