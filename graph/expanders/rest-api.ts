import { createHash } from "node:crypto";

import type { GraphValue, Properties, Resource } from "../model";
import { childUrn } from "../urn";
import { RESOURCE, reveal } from "../values";
import { type ExpandedResource, type Expansion, type ExpansionInput, ExpansionError } from "./expander";
import { definitionOfRoutes } from "./rest-api-routes";

const REST_API = "aws:apigateway/restApi:RestApi";
const DEPLOYMENT = "aws:apigateway/deployment:Deployment";
const STAGE = "aws:apigateway/stage:Stage";

/** Inputs of the component that it hands on to the RestApi as they are. */
const PASSED_ON = ["apiKeySource", "description", "disableExecuteApiEndpoint", "tags"];

/** An API's definition, and what goes with it. */
export interface RestApiDefinition {
    title: string;
    body: string;
    /** URNs of resources, or keys of `resources`, that the definition speaks of. */
    dependencies: string[];
    /** Functions that routes call. */
    permissions: { method: string; path: string; function: Resource }[];
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
    const permissions = definition.permissions.map((permission) =>
        permissionResource(input.name, permission, String(apiOutputs.outputs["executionArn"])),
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
    const swagger = reveal(input.inputs["swaggerString"] ?? null);
    if (typeof swagger === "string") return definitionOfText(input, swagger);
    if (Array.isArray(input.inputs["routes"])) return definitionOfRoutes(input, input.inputs["routes"]);
    throw new ExpansionError(`RestAPI "${input.name}" has neither swaggerString nor routes; give it one of them.`);
}

function definitionOfText(input: ExpansionInput, text: string): RestApiDefinition {
    let parsed: { info?: { title?: string } };
    try {
        parsed = JSON.parse(text) as typeof parsed;
    } catch {
        throw new ExpansionError(`The swaggerString of RestAPI "${input.name}" is not valid JSON.`);
    }
    parsed.info = { ...parsed.info, title: parsed.info?.title ?? input.name };
    return {
        title: parsed.info.title ?? input.name,
        body: JSON.stringify(parsed),
        dependencies: input.propertyDependencies["swaggerString"] ?? [],
        permissions: [],
        resources: [],
    };
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
            body: definition.body,
            name: definition.title,
        },
        dependencies: definition.dependencies,
    };
}

function permissionResource(
    name: string,
    { method, path, function: fn }: RestApiDefinition["permissions"][number],
    executionArn: string,
): ExpandedResource {
    const route = `${method === "ANY" ? "*" : method}${path}`;
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

export function sha1(text: string): string {
    return createHash("sha1").update(text).digest("hex").slice(0, 8);
}

function outputs(input: ExpansionInput, child: ExpandedResource): { id: string; outputs: Properties } {
    return input.outputsOf({ ...child, urn: childUrn(input.urn, child.type, child.name) });
}

function reference(input: ExpansionInput, child: ExpandedResource): GraphValue {
    return { [RESOURCE]: childUrn(input.urn, child.type, child.name), id: outputs(input, child).id };
}
