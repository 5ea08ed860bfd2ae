import type { GraphValue } from "../../graph/model";
import { RESERVED_VARIABLES } from "./environment-variables";

/** https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html */
const LONGEST_TIMEOUT_SECONDS = 900;
const LEAST_MEMORY_MB = 128;
const MOST_MEMORY_MB = 10_240;
const ENVIRONMENT_LIMIT_BYTES = 4 * 1024;

/** @throws Error when Lambda would refuse a function with these settings. */
export function refuseInvalid(settings: {
    timeoutSeconds: number;
    memoryMb: number;
    environment: Record<string, GraphValue | undefined>;
}): void {
    const { timeoutSeconds, memoryMb, environment } = settings;
    refuseOutside("timeout", timeoutSeconds, 1, LONGEST_TIMEOUT_SECONDS, "seconds");
    refuseOutside("memorySize", memoryMb, LEAST_MEMORY_MB, MOST_MEMORY_MB, "MB");
    const reserved = Object.keys(environment).filter((name) => RESERVED_VARIABLES.includes(name));
    if (reserved.length > 0) {
        throw new Error(
            `environment.variables has ${reserved.join(", ")}, which Lambda sets itself. Choose other names.`,
        );
    }
    const size = Buffer.byteLength(JSON.stringify(environment));
    if (size > ENVIRONMENT_LIMIT_BYTES) {
        throw new Error(
            `environment.variables takes ${size} bytes; Lambda allows ${ENVIRONMENT_LIMIT_BYTES}. ` +
                "Keep large values in a parameter, a secret or the code.",
        );
    }
}

function refuseOutside(name: string, value: number, least: number, most: number, unit: string): void {
    if (Number.isInteger(value) && value >= least && value <= most) return;
    throw new Error(`${name} is ${value}; it must be a whole number from ${least} to ${most} ${unit}.`);
}
