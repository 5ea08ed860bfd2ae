import { readdirSync, statSync } from "node:fs";
import { isAbsolute, join } from "node:path";

import { ARCHIVE, ASSET, type GraphValue, type Properties, type Resource } from "../graph/model";
import { reveal } from "../graph/values";

/**
 * The resource without secrets' marks, its assets with absolute paths, and a text that changes when one of their files
 * does.
 * @param directory What relative paths start from.
 */
export function located(resource: Resource, directory: string): { resource: Resource; files: string } {
    const files: string[] = [];
    const locate = (properties: Properties): Properties =>
        withAbsolutePaths(reveal(properties), directory, files) as Properties;
    const found = { ...resource, inputs: locate(resource.inputs), outputs: locate(resource.outputs) };
    return { resource: found, files: [...new Set(files)].map(stateOf).join("\n") };
}

function withAbsolutePaths(value: GraphValue, directory: string, files: string[]): GraphValue {
    if (Array.isArray(value)) return value.map((item) => withAbsolutePaths(item, directory, files));
    if (typeof value !== "object" || value === null) return value;
    return Object.fromEntries(
        Object.entries(value).map(([key, member]) => [
            key,
            key === ASSET || key === ARCHIVE
                ? withAbsolutePath(member, directory, files)
                : withAbsolutePaths(member, directory, files),
        ]),
    );
}

function withAbsolutePath(asset: GraphValue, directory: string, files: string[]): GraphValue {
    const inner = withAbsolutePaths(asset, directory, files);
    if (typeof inner !== "object" || inner === null || Array.isArray(inner)) return inner;
    const path = inner["path"];
    if (typeof path !== "string") return inner;
    const absolute = isAbsolute(path) ? path : join(directory, path);
    files.push(absolute);
    return { ...inner, path: absolute };
}

/** Installed packages do not change while a program runs, and there are thousands of files of them. */
const PACKAGES = "node_modules";

function stateOf(path: string): string {
    const stat = statSync(path, { throwIfNoEntry: false });
    if (stat === undefined) return `${path} -`;
    if (!stat.isDirectory()) return `${path} ${stat.size} ${stat.mtimeMs}`;
    const names = path.split("/").includes(PACKAGES) ? [] : readdirSync(path).filter((name) => name !== PACKAGES);
    return [path, ...names.sort().map((name) => stateOf(join(path, name)))].join("\n");
}
