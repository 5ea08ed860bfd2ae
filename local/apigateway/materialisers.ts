import type { Resource } from "../../graph/model";
import type { Clock } from "../clock";
import type { Materialiser, Materialisers } from "../service";
import { compileAccessLog } from "./access-log";
import type { Stage } from "./api";
import { emptyDefinition } from "./definition";
import { parseOpenApi } from "./openapi";
import { apiOf, idOf, partOfApi, type Registry } from "./registry";
import { restApiParts } from "./rest-api-parts";
import { readThrottle, usagePlanMaterialisers } from "./usage-plan-resources";
import { asRecord, asText, asTextMap, asTexts, stableId } from "./values";

/** Types that change nothing about what is served here: the endpoint has no TLS, no metrics and no DNS of its own. */
const RECORDED_ONLY = [
    "aws:apigateway/account:Account",
    "aws:apigateway/basePathMapping:BasePathMapping",
    "aws:apigateway/clientCertificate:ClientCertificate",
    "aws:apigateway/documentationPart:DocumentationPart",
    "aws:apigateway/documentationVersion:DocumentationVersion",
    "aws:apigateway/domainName:DomainName",
    "aws:apigateway/methodResponse:MethodResponse",
];

export function apiGatewayMaterialisers(registry: Registry, clock: Clock): Materialisers {
    const materialisers: Materialisers = {
        "aws:apigateway/restApi:RestApi": {
            partOf: ({ id }) => partOfApi(id),
            create: (resource) => createRestApi(registry, clock, resource),
            delete: ({ id }) => void registry.apis.delete(id),
        },
        "aws:apigateway/deployment:Deployment": part((resource) => createDeployment(registry, clock, resource)),
        "aws:apigateway/stage:Stage": part((resource) => createStage(registry, clock, resource)),
        "aws:apigateway/methodSettings:MethodSettings": part((resource) => setMethods(registry, resource)),
        ...restApiParts(registry),
        ...usagePlanMaterialisers(registry, clock),
    };
    const record: Materialiser = { create: () => undefined, delete: () => undefined };
    for (const type of RECORDED_ONLY) materialisers[type] = record;
    return materialisers;
}

function part(create: (resource: Resource) => void): Materialiser {
    return { partOf: ({ inputs }) => partOfApi(idOf(inputs, "restApi")), create, delete: () => undefined };
}

function createRestApi({ apis }: Registry, clock: Clock, resource: Resource): void {
    const { inputs, outputs, id } = resource;
    const body = asText(inputs["body"]);
    const definition = body === undefined ? emptyDefinition() : parseOpenApi(id, body);
    const binaryMediaTypes = asTexts(inputs["binaryMediaTypes"]);
    if (binaryMediaTypes.length > 0) definition.binaryMediaTypes = binaryMediaTypes;
    if (inputs["apiKeySource"] === "AUTHORIZER") definition.apiKeySource = "AUTHORIZER";
    definition.policy = asText(inputs["policy"]) ?? definition.policy;
    const rootResourceId = asText(outputs["rootResourceId"]) ?? stableId(`${id}/resources/`, 10);
    const root = definition.resources.get("/");
    definition.resources.set("/", { id: rootResourceId, path: "/", methods: root?.methods ?? new Map() });
    apis.set(id, {
        id,
        name: asText(inputs["name"]) ?? asText(outputs["name"]) ?? resource.name,
        description: asText(inputs["description"]),
        rootResourceId,
        createdAt: apis.get(id)?.createdAt ?? clock.now(),
        tags: asTextMap(outputs["tagsAll"] ?? inputs["tags"]),
        disableExecuteApiEndpoint: inputs["disableExecuteApiEndpoint"] === true,
        endpointTypes: [asRecord(inputs["endpointConfiguration"])["types"] ?? "EDGE"].flat().map(String),
        definition,
        deployments: new Map(),
        stages: new Map(),
    });
}

function createDeployment(registry: Registry, clock: Clock, resource: Resource): void {
    const api = apiOf(registry, resource);
    // As on AWS, an API that makes no sense is refused when it is deployed.
    registry.compile(api);
    const description = asText(resource.inputs["description"]);
    api.deployments.set(resource.id, { id: resource.id, description, createdAt: clock.now() });
}

function createStage(registry: Registry, clock: Clock, { inputs, outputs, ...resource }: Resource): void {
    const api = apiOf(registry, { inputs, outputs, ...resource });
    const name = asText(inputs["stageName"]) ?? "";
    const log = asRecord(inputs["accessLogSettings"]);
    const destination = asText(log["destinationArn"]);
    const canary = asRecord(inputs["canarySettings"]);
    const stage: Stage = {
        name,
        deploymentId: idOf(inputs, "deployment"),
        description: asText(inputs["description"]),
        variables: asTextMap(inputs["variables"]),
        tracing: inputs["xrayTracingEnabled"] === true,
        methodSettings: new Map(),
        canarySettings: Object.keys(canary).length === 0 ? undefined : canary,
        createdAt: clock.now(),
        tags: asTextMap(outputs["tagsAll"] ?? inputs["tags"]),
    };
    if (destination !== undefined) {
        stage.accessLog = compileAccessLog(destination, asText(log["format"]) ?? "", `${api.id}/${name}`);
    }
    api.stages.set(name, stage);
}

function setMethods(registry: Registry, resource: Resource): void {
    const { inputs } = resource;
    const stageName = asText(inputs["stageName"]) ?? "";
    const stage = apiOf(registry, resource).stages.get(stageName);
    if (stage === undefined) throw new Error(`${resource.name}: the REST API has no stage "${stageName}".`);
    const settings = asRecord(inputs["settings"]);
    stage.methodSettings.set(settingsKey(asText(inputs["methodPath"]) ?? ""), {
        throttle: readThrottle(settings["throttlingRateLimit"], settings["throttlingBurstLimit"]),
        metricsEnabled: settings["metricsEnabled"] === true,
        dataTraceEnabled: settings["dataTraceEnabled"] === true,
        loggingLevel: asText(settings["loggingLevel"]) ?? "OFF",
    });
}

/**
 * `v1/orders/POST`, `/v1/orders/POST` and `~1v1~1orders/POST` are one method.
 * https://docs.aws.amazon.com/apigateway/latest/api/API_UpdateStage.html
 */
function settingsKey(methodPath: string): string {
    if (methodPath === "*/*") return methodPath;
    const path = methodPath.replace(/~1/g, "/").replace(/^\/+/, "");
    const at = path.lastIndexOf("/");
    return `/${path.slice(0, Math.max(0, at))}/${path.slice(at + 1).toUpperCase()}`;
}
