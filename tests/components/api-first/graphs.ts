import assert from "node:assert/strict";

import { captureGraph } from "../../../graph/capture";
import type { Graph, Properties, Resource } from "../../../graph/model";
import { reveal } from "../../../graph/values";

/** Captures this project with these settings of the API-first architecture, on top of a stack's file. */
export function withApiFirst(apiFirst: unknown, stack = "dev", more: Record<string, string> = {}): Promise<Graph> {
    return captureGraph(stack, {
        config: { ...more, "quintet:architectures": { apiFirst } },
    });
}

export function ofType(graph: Graph, type: string): Resource[] {
    return graph.resources.filter((resource) => resource.type === type);
}

export function only(graph: Graph, type: string): Resource {
    const [first, ...others] = ofType(graph, type);
    assert.ok(first !== undefined && others.length === 0, `not one ${type}`);
    return first;
}

interface Statement {
    Effect: string;
    Action: string | string[];
    Resource: string | string[];
}

/** What the role of a function may do, from all its inline policies. */
export function statementsOf(graph: Graph, functionName: string): Statement[] {
    return ofType(graph, "aws:iam/rolePolicy:RolePolicy")
        .filter((policy) => policy.name === functionName)
        .flatMap(
            (policy) =>
                (JSON.parse(String(reveal(policy.inputs["policy"] ?? ""))) as { Statement: Statement[] }).Statement,
        );
}

/** The Swagger document of the only API. */
export function definitionOf(graph: Graph): Properties & { paths: Record<string, Record<string, Properties>> } {
    return JSON.parse(String(only(graph, "aws:apigateway/restApi:RestApi").inputs["body"])) as never;
}
