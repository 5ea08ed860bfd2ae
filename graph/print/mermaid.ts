import type { Graph, Resource } from "../model";
import { edgesBetween } from "./edges";
import { shortType } from "./short-type";
import { type Children, childrenOf } from "./siblings";

export interface MermaidOptions {
    /** Whether to show also what only serves other resources: roles, policies, log groups … */
    all: boolean;
}

/** Types that a reader sees in the resource they serve. */
const SERVING = new Set([
    "aws:apigateway/account:Account",
    "aws:apigateway/deployment:Deployment",
    "aws:apigateway/methodSettings:MethodSettings",
    "aws:cloudwatch/logGroup:LogGroup",
    "aws:cloudwatch/logStream:LogStream",
    "aws:iam/policy:Policy",
    "aws:iam/role:Role",
    "aws:iam/rolePolicy:RolePolicy",
    "aws:iam/rolePolicyAttachment:RolePolicyAttachment",
    "aws:lambda/alias:Alias",
    "aws:lambda/functionEventInvokeConfig:FunctionEventInvokeConfig",
    "aws:lambda/layerVersion:LayerVersion",
    "aws:lambda/permission:Permission",
    "aws:lambda/provisionedConcurrencyConfig:ProvisionedConcurrencyConfig",
    "aws:s3/bucketPolicy:BucketPolicy",
    "aws:sns/topicPolicy:TopicPolicy",
    "aws:sqs/queuePolicy:QueuePolicy",
]);

/** What holds data is drawn as a cylinder, what runs code with round ends, and the rest as a box. */
const SHAPES: Record<string, [open: string, close: string]> = {
    dynamodb: ["[(", ")]"],
    rds: ["[(", ")]"],
    s3: ["[(", ")]"],
    lambda: ["([", "])"],
};

const INDENT = "    ";

/**
 * The graph as a Mermaid flowchart: components as subgraphs, an arrow from each resource to what it needs. Ends in a
 * newline. https://mermaid.js.org/syntax/flowchart.html
 */
export function printMermaid(graph: Graph, { all }: MermaidOptions): string {
    const shown = new Set(graph.resources.filter((resource) => isShown(resource, all)).map(({ urn }) => urn));
    const ids = idsOf(graph.resources);
    const drawing: Drawing = { children: childrenOf(graph), shown, ids, all };
    const nodes = (drawing.children.get(undefined) ?? []).flatMap((top) => draw(top, drawing));
    const arrows = edgesBetween(graph.resources, shown).map(({ from, to }) => `${ids.get(from)} --> ${ids.get(to)}`);
    return ["flowchart LR", ...[...nodes, ...arrows].map((line) => `${INDENT}${line}`), ""].join("\n");
}

interface Drawing {
    children: Children;
    /** URNs */
    shown: ReadonlySet<string>;
    /** By URN. */
    ids: ReadonlyMap<string, string>;
    all: boolean;
}

function isShown({ custom, type }: Resource, all: boolean): boolean {
    return custom && !type.startsWith("pulumi:providers:") && (all || !SERVING.has(type));
}

/** The lines of a resource and all below it. */
function draw(resource: Resource, drawing: Drawing): string[] {
    const inner = (drawing.children.get(resource.urn) ?? []).flatMap((child) => draw(child, drawing));
    const id = drawing.ids.get(resource.urn) ?? "";
    if (resource.custom) {
        return drawing.shown.has(resource.urn) ? [`${id}${node(resource)}`, ...inner] : inner;
    }
    // A frame around a single resource says nothing that its label does not.
    const isFrame = resource.type !== "pulumi:pulumi:Stack" && inner.length > (drawing.all ? 0 : 1);
    return isFrame
        ? [`subgraph ${id}["${escape(frameTitle(resource))}"]`, ...inner.map((line) => `${INDENT}${line}`), "end"]
        : inner;
}

/** `ApiFirst shop` */
function frameTitle({ name, type }: Resource): string {
    return `${shortType(type).split(".").pop()} ${name}`;
}

function node({ name, type }: Resource): string {
    const short = shortType(type);
    const [open, close] = SHAPES[short.split(".")[0] ?? ""] ?? ["[", "]"];
    return `${open}"${escape(name)}<br/>${escape(short)}"${close}`;
}

/** Quotes end labels, and Mermaid reads `#…;` as an entity, backticks as Markdown and tags as HTML. */
function escape(text: string): string {
    return text.replace(/[^\p{L}\p{N} ._/:@-]/gu, (character) => `#${character.codePointAt(0)};`);
}

/** By URN: type and name in letters, digits and `_`, which no word of Mermaid's own can be mistaken for. */
function idsOf(resources: Resource[]): Map<string, string> {
    const taken = new Map<string, number>();
    const ids = new Map<string, string>();
    for (const { urn, type, name } of resources) {
        const plain = `${shortType(type)}_${name}`.replace(/[^A-Za-z0-9]+/g, "_");
        const count = (taken.get(plain) ?? 0) + 1;
        taken.set(plain, count);
        ids.set(urn, count === 1 ? plain : `${plain}__${count}`);
    }
    return ids;
}
