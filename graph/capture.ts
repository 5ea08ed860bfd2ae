import { createRequire } from "node:module";
import { dirname, join } from "node:path";

import * as pulumi from "@pulumi/pulumi";

import type { Graph, Resource } from "./model";
import { CaptureMonitor } from "./monitor";
import { ACCOUNT } from "./physical";
import { type Project, readProject } from "./project";
import { inFreshRuntime } from "./pulumi-runtime";

export interface CaptureOptions {
    /** Folder of the Pulumi project. Default: this project's. */
    program?: string;
    /** Plain values for the stack file's secrets, by qualified key. */
    secrets?: Record<string, string>;
    /** Set over the stack's config, by qualified key; objects are passed as JSON. */
    config?: Record<string, unknown>;
}

const THIS_PROJECT = dirname(__dirname);

/** Captures take turns: Pulumi reports a failed registration only to the process as a whole. */
let turn: Promise<unknown> = Promise.resolve();

/**
 * Runs a Pulumi program without an engine and returns all that it declares for one stack.
 * The same program and config give an equal graph every time.
 *
 * @param stack Name of a stack that has a `Pulumi.<stack>.yaml`.
 * @throws ProjectError when the project, stack or a secret is missing; whatever the program throws.
 */
export function captureGraph(stack: string, options: CaptureOptions = {}): Promise<Graph> {
    const captured = turn.then(() => capture(stack, options));
    turn = captured.catch(() => undefined);
    return captured;
}

async function capture(stack: string, options: CaptureOptions): Promise<Graph> {
    const project = readProject(options.program ?? THIS_PROJECT, stack, options.secrets);
    for (const [key, value] of Object.entries(options.config ?? {})) {
        project.config[key] = typeof value === "string" ? value : JSON.stringify(value);
    }
    const region = project.config["aws:region"] ?? "us-east-1";
    const monitor = new CaptureMonitor(project.name, stack, region);
    const settings = { project: project.name, stack, config: project.config, secretKeys: project.secretKeys, monitor };
    await withoutTraces(() => inFreshRuntime(settings, () => untilRegistered(() => runProgram(project))));

    const resources = [...monitor.resources.values()];
    const root = resources.find((resource) => resource.type === "pulumi:pulumi:Stack");
    return {
        project: project.name,
        stack,
        region,
        account: ACCOUNT,
        resources: inOrder(resources),
        outputs: root?.outputs ?? {},
    };
}

/**
 * Pulumi notes where each of its thousands of promises, and each resource, was made. Working out the TypeScript lines of
 * these stacks, which nobody reads here, would take a fifth of the time.
 */
async function withoutTraces(run: () => Promise<void>): Promise<void> {
    const mapped = Error.prepareStackTrace;
    Error.prepareStackTrace = (error, frames) =>
        ["debuggablePromise", "callsites"].includes(frames[0]?.getFunctionName() ?? "")
            ? ""
            : (mapped?.(error, frames) ?? `${String(error)}\n    at ${frames.join("\n    at ")}`);
    try {
        await run();
    } finally {
        Error.prepareStackTrace = mapped;
    }
}

/** Loads the program anew, so that what its modules declare is declared again. */
function runProgram(project: Project): unknown {
    const load = createRequire(join(project.directory, "index.ts"));
    const before = new Set(Object.keys(load.cache));
    Reflect.deleteProperty(load.cache, load.resolve(project.main));
    try {
        const exported: unknown = load(project.main);
        return typeof exported === "function" ? exported() : exported;
    } finally {
        for (const loaded of Object.keys(load.cache)) {
            if (!before.has(loaded) && !loaded.includes("node_modules")) Reflect.deleteProperty(load.cache, loaded);
        }
    }
}

/** Runs the program as a stack; settles when its last registration has, or at the first failure anywhere in it. */
async function untilRegistered(program: () => unknown): Promise<void> {
    let fail: (reason: unknown) => void = () => undefined;
    const failed = new Promise<never>((_, reject) => {
        fail = reject;
    });
    // Pulumi lets the rejection of a registration go unhandled, for its CLI to end the process on.
    const others = process.listeners("unhandledRejection");
    process.removeAllListeners("unhandledRejection");
    process.on("unhandledRejection", fail);
    try {
        const finished = pulumi.runtime
            .runInPulumiStack(async () => {
                try {
                    return await program();
                } catch (error) {
                    fail(error);
                    return {};
                }
            })
            .then(() => {
                // Pulumi declares some resources only then: the one notification that all subscribers of a bucket share.
                process.emit("beforeExit", 0);
                return pulumi.runtime.disconnect();
            });
        await Promise.race([finished, failed]);
        // A rejection becomes "unhandled" only after the microtasks of its turn.
        await Promise.race([new Promise((resolve) => setImmediate(resolve)), failed]);
    } finally {
        process.removeListener("unhandledRejection", fail);
        for (const listener of others) process.on("unhandledRejection", listener);
    }
}

/** Parents and dependencies first, otherwise by URN: independent of which promise happened to settle first. */
function inOrder(resources: Resource[]): Resource[] {
    const byUrn = new Map(resources.map((resource) => [resource.urn, resource]));
    const ordered = new Set<Resource>();
    const visited = new Set<Resource>();
    const visit = (resource: Resource): void => {
        if (visited.has(resource)) return;
        visited.add(resource);
        const before = [...(resource.parent === undefined ? [] : [resource.parent]), ...resource.dependencies];
        for (const urn of before.sort()) {
            const needed = byUrn.get(urn);
            // A component may depend on what it contains; the child still comes after it.
            if (needed !== undefined && !isInside(needed, resource, byUrn)) visit(needed);
        }
        ordered.add(resource);
    };
    for (const urn of [...byUrn.keys()].sort()) {
        const resource = byUrn.get(urn);
        if (resource !== undefined) visit(resource);
    }
    return [...ordered];
}

function isInside(resource: Resource, container: Resource, byUrn: Map<string, Resource>): boolean {
    for (let at: Resource | undefined = resource; at !== undefined; at = byUrn.get(at.parent ?? "")) {
        if (at === container) return true;
    }
    return false;
}
