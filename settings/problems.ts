import * as pulumi from "@pulumi/pulumi";
import type { z } from "zod";

/** A stack's configuration is wrong. The message lists every problem; Pulumi shows it alone, without a stack trace. */
export class SettingsError extends pulumi.RunError {
    override name = "SettingsError";

    constructor(
        stack: string,
        readonly problems: string[],
    ) {
        super(
            `The configuration of stack "${stack}" (Pulumi.${stack}.yaml) is wrong:\n` +
                problems.map((problem) => `  - ${problem}`).join("\n"),
        );
    }
}

type Path = PropertyKey[];

/** One sentence for each thing that is wrong: which key, which value, what is allowed. */
export function problemsOf(error: z.ZodError, schema: z.ZodType, input: unknown): string[] {
    return error.issues.flatMap((issue) => problemsOfIssue(issue, schema, input));
}

function problemsOfIssue(issue: z.core.$ZodIssue, schema: z.ZodType, input: unknown): string[] {
    if (issue.code === "unrecognized_keys") {
        const known = keysAt(schema, issue.path);
        return issue.keys.map((key) => unknownKey(spell([...issue.path, key]), key, known));
    }
    const value = at(input, issue.path);
    if (value === undefined && issue.code !== "invalid_key") {
        return [`${spell(issue.path)} is missing; it ${expectation(issue)}.`];
    }
    const shown = issue.code === "invalid_key" ? "has a wrong name; it" : `is ${JSON.stringify(value)}; it`;
    return [`${spell(issue.path)} ${shown} ${expectation(issue)}.`];
}

function unknownKey(where: string, key: string, known: string[]): string {
    const likely = nearest(key, known);
    const hint = likely === undefined ? "" : ` Did you mean ${likely}?`;
    return `${where} is no setting.${hint} Allowed here: ${known.join(", ")}.`;
}

function expectation(issue: z.core.$ZodIssue): string {
    switch (issue.code) {
        case "invalid_value":
            return `must be one of: ${issue.values.map(String).join(", ")}`;
        case "invalid_type":
            return `must be ${issue.expected === "int" ? "a whole number" : article(issue.expected)}`;
        case "too_small":
            return `must be ${issue.inclusive === false ? "more than" : "at least"} ${issue.minimum}${unit(issue.origin)}`;
        case "too_big":
            return `must be ${issue.inclusive === false ? "less than" : "at most"} ${issue.maximum}${unit(issue.origin)}`;
        case "invalid_key":
            return issue.issues.map((inner) => inner.message).join(" and ");
        case "invalid_format":
            return issue.format === "url" ? "must be a URL" : issue.message;
        default:
            return `is wrong: ${issue.message}`;
    }
}

function article(type: string): string {
    return /^[aeiou]/.test(type) ? `an ${type}` : `a ${type}`;
}

function unit(origin: string): string {
    return origin === "string" ? " characters long" : origin === "array" ? " entries long" : "";
}

function spell(path: Path): string {
    return path.map(String).join(".");
}

function at(input: unknown, path: Path): unknown {
    return path.reduce<unknown>(
        (value, key) => (typeof value === "object" && value !== null ? Reflect.get(value, key) : undefined),
        input,
    );
}

/** Names that the object at this place may have. */
function keysAt(schema: z.core.$ZodType, path: Path): string[] {
    const object = unwrap(schema);
    const def = object._zod.def;
    if (def.type !== "object") return [];
    const shape = (def as z.core.$ZodObjectDef).shape;
    const [first, ...rest] = path;
    if (first === undefined) return Object.keys(shape);
    const member = shape[String(first)];
    return member === undefined ? [] : keysAt(member, rest);
}

function unwrap(schema: z.core.$ZodType): z.core.$ZodType {
    const def = schema._zod.def;
    switch (def.type) {
        case "pipe":
            return unwrap((def as z.core.$ZodPipeDef).out);
        case "optional":
        case "default":
        case "prefault":
            return unwrap((def as z.core.$ZodOptionalDef).innerType);
        default:
            return schema;
    }
}

/** The name with the fewest edits, where that is few enough to be a slip. */
export function nearest(name: string, known: string[]): string | undefined {
    const ranked = known
        .map((candidate) => ({ candidate, edits: distance(name.toLowerCase(), candidate.toLowerCase()) }))
        .sort((a, b) => a.edits - b.edits)[0];
    return ranked !== undefined && ranked.edits <= Math.max(2, name.length / 3) ? ranked.candidate : undefined;
}

/** Levenshtein's edit distance, with a swap of neighbours as one edit. */
function distance(a: string, b: string): number {
    const rows: number[][] = [Array.from({ length: b.length + 1 }, (_, column) => column)];
    const cell = (row: number, column: number): number => rows[row]?.[column] ?? Infinity;
    for (let row = 1; row <= a.length; row++) {
        rows.push([row]);
        for (let column = 1; column <= b.length; column++) {
            const differs = a[row - 1] === b[column - 1] ? 0 : 1;
            const swapped = a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1];
            rows[row]?.push(
                Math.min(
                    cell(row - 1, column) + 1,
                    cell(row, column - 1) + 1,
                    cell(row - 1, column - 1) + differs,
                    swapped ? cell(row - 2, column - 2) + 1 : Infinity,
                ),
            );
        }
    }
    return cell(a.length, b.length);
}
