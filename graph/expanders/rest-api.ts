import { createHash } from "node:crypto";
import { isDeepStrictEqual } from "node:util";

import { type GraphValue, type Properties, type Resource, SECRET } from "../model";
import { childUrn } from "../urn";
import { RESOURCE, reveal } from "../values";
import { type ExpandedResource, type Expansion, type ExpansionInput, ExpansionError } from "./expander";
import { asObject, definitionOfRoutes } from "./rest-api-routes";

const REST_API = "aws:apigateway/restApi:RestApi";
const DEPLOYMENT = "aws:apigateway/deployment:Deployment";
const STAGE = "aws:apigateway/stage:Stage";

/** Inputs of the component that it hands on to the RestApi as they are. */
const PASSED_ON = ["apiKeySource", "description", "disableExecuteApiEndpoint", "tags"];
/** Inputs that the API's definition is written from. */
const DEFINING = [
    "swaggerString",
    "routes",
    "gatewayResponses",
    "requestValidator",
    "apiKeySource",
    "binaryMediaTypes",
];

/** An API's definition, and what goes with it. */
export interface RestApiDefinition {
    title: string;
    body: string;
    /** URNs of resources, or keys of `resources`, that the definition speaks of. */
    dependencies: string[];
    /** The function that each route calls, by the route as a permission names it: `GET/orders`, or a star for any method. */
    functions: Map<string, Resource>;
    /** What authorizers bring along. */
    resources: ExpandedResource[];
}

/**
 * `RestAPI` of `@pulumi/aws-apigateway`: an API, its deployment, its stage, and the permissions of its functions.
 * https://www.pulumi.com/registry/packages/aws-apigateway/api-docs/restapi/
 */
export function restApi(input: ExpansionInput): Expansion {
    const definition = definitionOf(input);
    const api = restApiResource(input, definition);
    const apiOutputs = outputs(input, api);
    const deployment: ExpandedResource = {
        type: DEPLOYMENT,
        name: input.name,
        key: "deployment",
        inputs: { restApi: apiOutputs.id, variables: { version: version(api, definition) } },
        dependencies: ["api", ...definition.dependencies],
    };
    const permissions = [...definition.functions].map(([route, fn]) =>
        permissionResource(input.name, route, fn, String(apiOutputs.outputs["executionArn"])),
    );
    const stage: ExpandedResource = {
        type: STAGE,
        name: input.name,
        key: "stage",
        inputs: {
            deployment: outputs(input, deployment).id,
            restApi: apiOutputs.id,
            stageName: input.inputs["stageName"] ?? "stage",
            ...(input.inputs["tags"] === undefined ? {} : { tags: input.inputs["tags"] }),
        },
        dependencies: ["api", "deployment", ...permissions.map(({ key }) => key)],
    };
    return {
        children: [...definition.resources, api, deployment, ...permissions, stage],
        outputs: {
            url: `${String(outputs(input, stage).outputs["invokeUrl"])}/`,
            api: reference(input, api),
            deployment: reference(input, deployment),
            stage: reference(input, stage),
        },
    };
}

function definitionOf(input: ExpansionInput): RestApiDefinition {
    const inputs = asObject(reveal(input.inputs));
    const { swaggerString, routes } = inputs;
    if (typeof swaggerString === "string") return definitionOfText(input, swaggerString);
    if (Array.isArray(routes)) return definitionOfRoutes({ ...input, inputs }, routes);
    throw new ExpansionError(`RestAPI "${input.name}" has neither swaggerString nor routes; give it one of them.`);
}

function definitionOfText(input: ExpansionInput, text: string): RestApiDefinition {
    const swagger = parsed(input, text);
    const given = asObject(swagger["info"] ?? null);
    const info = { ...given, title: given["title"] ?? input.name };
    return {
        title: String(info.title),
        body: JSON.stringify({ ...swagger, info }),
        dependencies: input.propertyDependencies["swaggerString"] ?? [],
        functions: new Map(),
        resources: [],
    };
}

function parsed({ name }: ExpansionInput, text: string): Properties {
    let swagger: GraphValue;
    try {
        swagger = JSON.parse(text) as GraphValue;
    } catch {
        throw new ExpansionError(`The swaggerString of RestAPI "${name}" is not valid JSON.`);
    }
    if (typeof swagger === "object" && swagger !== null && !Array.isArray(swagger)) return swagger;
    throw new ExpansionError(
        `The swaggerString of RestAPI "${name}" must be a JSON object: a Swagger or OpenAPI text.`,
    );
}

function restApiResource({ name, inputs }: ExpansionInput, definition: RestApiDefinition): ExpandedResource {
    const passedOn = PASSED_ON.filter((key) => inputs[key] !== undefined);
    return {
        type: REST_API,
        name,
        key: "api",
        inputs: {
            ...Object.fromEntries(passedOn.map((key): [string, GraphValue] => [key, inputs[key] ?? null])),
            binaryMediaTypes: inputs["binaryMediaTypes"] ?? ["*/*"],
            body: isSecret(inputs) ? { [SECRET]: definition.body } : definition.body,
            name: definition.title,
        },
        dependencies: definition.dependencies,
    };
}

/** A secret anywhere in what the definition is written from makes all of it one, as in the engine. */
function isSecret(inputs: Properties): boolean {
    const defining = DEFINING.map((key) => inputs[key] ?? null);
    return !isDeepStrictEqual(reveal(defining), defining);
}

function permissionResource(name: string, route: string, fn: Resource, executionArn: string): ExpandedResource {
    return {
        type: "aws:lambda/permission:Permission",
        name: `${name}-${sha1(route)}`,
        key: `permission ${route}`,
        inputs: {
            action: "lambda:invokeFunction",
            function: fn.outputs["name"] ?? fn.id,
            principal: "apigateway.amazonaws.com",
            sourceArn: `${executionArn}/*/${route}`,
        },
        dependencies: ["api", fn.urn],
    };
}

/** A new deployment is made whenever this changes. The plugin's own hash covers also what only AWS knows. */
function version(api: ExpandedResource, definition: RestApiDefinition): string {
    return sha1(JSON.stringify({ ...api.inputs, body: definition.body }));
}

function sha1(text: string): string {
    return createHash("sha1").update(text).digest("hex").slice(0, 8);
}

function outputs(input: ExpansionInput, child: ExpandedResource): { id: string; outputs: Properties } {
    return input.outputsOf({ ...child, urn: childUrn(input.urn, child.type, child.name) });
}

function reference(input: ExpansionInput, child: ExpandedResource): GraphValue {
    return { [RESOURCE]: childUrn(input.urn, child.type, child.name), id: outputs(input, child).id };
}
