import { readFileSync } from "node:fs";

import * as z from "zod/mini";

import type { FaultRule } from "../local/faults";
import { UsageError } from "./usage";

const File = z.strictObject({
    seed: z.optional(z.int()),
    faults: z.array(
        z.strictObject({
            on: z.enum(["invocation", "request", "delivery"]),
            fault: z.enum(["drop", "duplicate", "delay", "crash"]),
            resource: z.optional(z.string()),
            probability: z.optional(z.number().check(z.minimum(0), z.maximum(1))),
            attempts: z.optional(z.int().check(z.minimum(1))),
            delayMs: z.optional(z.int().check(z.minimum(0))),
        }),
    ),
});

/** @throws UsageError naming what in the file makes no sense. */
export function readFaults(path: string): { rules: FaultRule[]; seed?: number } {
    let content: unknown;
    try {
        content = JSON.parse(readFileSync(path, "utf8"));
    } catch (error) {
        throw new UsageError(`--faults ${path}: ${error instanceof Error ? error.message : String(error)}`);
    }
    const parsed = File.safeParse(content);
    if (parsed.success) return { rules: parsed.data.faults, seed: parsed.data.seed };
    const problems = parsed.error.issues.map(({ path: at, message }) => `  ${at.join(".")}: ${message}`);
    throw new UsageError(`--faults ${path} makes no sense:\n${problems.join("\n")}`);
}
