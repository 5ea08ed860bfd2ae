import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";

import { parse } from "yaml";

/** What Pulumi.yaml and a stack's file say. */
export interface Project {
    name: string;
    /** Absolute path of the folder with Pulumi.yaml. */
    directory: string;
    /** Absolute path of the program's entry point or folder. */
    main: string;
    stack: string;
    /** Fully qualified keys (`aws:region`); objects as JSON text, as Pulumi passes them to a program. */
    config: Record<string, string>;
    secretKeys: string[];
}

/** A project or stack that cannot be read; the message says what to do. */
export class ProjectError extends Error {
    override name = "ProjectError";
}

/**
 * Reads a project's settings without the Pulumi CLI.
 * @param secrets Plain values for the secrets of the stack's file, by qualified key; what is not here is looked up
 *   in the environment as `QUINTET_SECRET_<KEY>`, the key in capitals with `_` for every other character.
 * @throws ProjectError when a file is missing or malformed, the stack is unknown, or a secret has no value.
 */
export function readProject(directory: string, stack: string, secrets: Record<string, string> = {}): Project {
    const root = resolve(directory);
    const project = readYaml(join(root, "Pulumi.yaml"), `${root} is no Pulumi project: it has no Pulumi.yaml.`);
    const name = project["name"];
    if (typeof name !== "string" || name === "") throw new ProjectError(`${root}/Pulumi.yaml has no name.`);
    if (!/^[A-Za-z0-9_.-]{1,100}$/.test(stack)) {
        throw new ProjectError(`"${stack}" is no stack name: use letters, digits, hyphens, underscores and dots.`);
    }
    const file = readYaml(join(root, `Pulumi.${stack}.yaml`), unknownStack(root, stack));
    const main = typeof project["main"] === "string" ? project["main"] : ".";
    const raw = { ...defaults(name, project["config"]), ...qualified(name, file["config"]) };
    return { name, directory: root, main: resolve(root, main), stack, ...plainConfig(raw, secrets, stack) };
}

/** Names of the stacks that have a file, sorted. */
export function stacksOf(directory: string): string[] {
    return readdirSync(directory)
        .map((file) => /^Pulumi\.(.+)\.yaml$/.exec(file)?.[1])
        .filter((name): name is string => name !== undefined)
        .sort();
}

function unknownStack(root: string, stack: string): string {
    const known = stacksOf(root);
    const list = known.length === 0 ? "It has no stack yet" : `It has: ${known.join(", ")}`;
    return `The project has no stack "${stack}" (no file Pulumi.${stack}.yaml). ${list}.`;
}

type Mapping = Record<string, unknown>;

function isMapping(value: unknown): value is Mapping {
    return typeof value === "object" && value !== null && !Array.isArray(value);
}

function readYaml(path: string, missing: string): Mapping {
    if (!existsSync(path)) throw new ProjectError(missing);
    let content: unknown;
    try {
        content = parse(readFileSync(path, "utf8"));
    } catch (error) {
        throw new ProjectError(`${path} is not valid YAML: ${error instanceof Error ? error.message : String(error)}`);
    }
    if (content !== null && !isMapping(content)) throw new ProjectError(`${path} must hold a mapping.`);
    return content ?? {};
}

function qualified(project: string, config: unknown): Mapping {
    if (!isMapping(config)) return {};
    return Object.fromEntries(
        Object.entries(config).map(([key, value]) => [key.includes(":") ? key : `${project}:${key}`, value]),
    );
}

/** Pulumi.yaml gives a value as itself, as `value`, or as a declaration with `default`. */
function defaults(project: string, config: unknown): Mapping {
    const values: Mapping = {};
    for (const [key, declared] of Object.entries(qualified(project, config))) {
        const value = isMapping(declared) ? (declared["value"] ?? declared["default"]) : declared;
        if (value !== undefined) values[key] = value;
    }
    return values;
}

function plainConfig(
    raw: Mapping,
    secrets: Record<string, string>,
    stack: string,
): { config: Record<string, string>; secretKeys: string[] } {
    const config: Record<string, string> = {};
    const secretKeys: string[] = [];
    const missing: string[] = [];
    for (const [key, value] of Object.entries(raw)) {
        if (!isMapping(value) || typeof value["secure"] !== "string") {
            config[key] = typeof value === "string" ? value : JSON.stringify(value);
            continue;
        }
        const plain = secrets[key] ?? process.env[secretVariable(key)];
        secretKeys.push(key);
        if (plain === undefined) missing.push(`--secret ${key}=… (or ${secretVariable(key)} in the environment)`);
        else config[key] = plain;
    }
    if (missing.length > 0) {
        throw new ProjectError(
            `The secrets of stack "${stack}" cannot be decrypted without the Pulumi engine. Give them by:\n` +
                missing.map((way) => `  ${way}`).join("\n"),
        );
    }
    return { config, secretKeys };
}

function secretVariable(key: string): string {
    return `QUINTET_SECRET_${key.toUpperCase().replace(/[^A-Z0-9]/g, "_")}`;
}
