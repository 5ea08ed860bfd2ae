import type { Properties, Resource } from "../../graph/model";
import type { Api, CompiledApi } from "./api";
import type { UsagePlans } from "./usage-plans";
import { asRecord, asText } from "./values";

/** All that was declared: the materialisers fill it, the endpoint and the read operations use it. */
export interface Registry {
    apis: Map<string, Api>;
    usagePlans: UsagePlans;
    /** Throws an Error naming what in the API's definition makes no sense. */
    compile(api: Api): CompiledApi;
}

/** @throws Error naming the API when the graph has no such API. */
export function apiOf({ apis }: Registry, { name, inputs }: Resource, input = "restApi"): Api {
    const id = idOf(inputs, input);
    const api = apis.get(id);
    if (api === undefined) throw new Error(`${name}: there is no REST API "${id}" (input ${input}).`);
    return api;
}

/** An API is made anew as a whole where one of its parts changes; its limits and what was used of them stay. */
export function partOfApi(restApiId: string): string {
    return `apigateway/${restApiId}`;
}

/** References arrive as an id, or as the resource itself. */
export function idOf(inputs: Properties, input: string): string {
    const value = inputs[input];
    return asText(value) ?? asText(asRecord(value)["id"]) ?? "";
}
