import { createHash, randomUUID } from "node:crypto";

/** Where faults strike: a function's invocation, an AWS API request to the endpoint, a delivery between services. */
export type FaultPoint = "invocation" | "request" | "delivery";

/**
 * - `drop`: an attempt that is not acknowledged: a request answers 503, an invocation and a delivery fail before they
 *   do anything.
 * - `duplicate`: it happens twice.
 * - `delay`: it happens `delayMs` later by the clock.
 * - `crash`: it happens, but its end is never told: a function's environment is killed right before it would answer; the
 *   answer to a request is lost; a delivery is not acknowledged though it has arrived.
 */
export type FaultKind = "drop" | "duplicate" | "delay" | "crash";

export interface FaultRule {
    on: FaultPoint;
    fault: FaultKind;
    /** ARN, or for requests `service:Operation`, with `*` and `?` as wildcards. Default `*`. */
    resource?: string;
    /** Share of the attempts that meet the fault, 0 to 1. Default 1. */
    probability?: number;
    /** Only the first so many attempts for one message. Default: all. */
    attempts?: number;
    /** For `delay`. Default 1000. */
    delayMs?: number;
}

export interface Fault {
    kind: FaultKind;
    delayMs: number;
}

/** One attempt at something. */
export interface Attempt {
    on: FaultPoint;
    resource: string;
    /** Id of what it is about, the same over all attempts and from run to run: {@link Faults.newId} makes such ids. */
    message: string;
    /** From 1. */
    attempt: number;
}

/**
 * Decides which attempts meet a fault. The decision depends on nothing but the seed and the attempt, so that a run
 * repeats whatever order the threads take.
 */
export class Faults {
    /** How often each content has come to each resource. */
    readonly #seen = new Map<string, number>();

    /** @param seed Another seed strikes other attempts. */
    constructor(
        private readonly rules: readonly FaultRule[] = [],
        private readonly seed = 1,
    ) {}

    /** Whether any fault can strike there. */
    strike(on: FaultPoint): boolean {
        return this.rules.some((rule) => rule.on === on);
    }

    /**
     * An id for a new message, request or invocation. Where there are faults it follows from what is in it and how
     * often that came before, not from chance, so that the same message meets the same fate in every run.
     */
    newId(resource: string, content: string): string {
        if (this.rules.length === 0) return randomUUID();
        const what = sha256([resource, content]).toString("hex");
        const nth = this.#seen.get(what) ?? 0;
        this.#seen.set(what, nth + 1);
        const hex = sha256([this.seed, what, nth]).toString("hex");
        return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
    }

    /** The first rule that strikes; undefined where all goes well. */
    at({ on, resource, message, attempt }: Attempt): Fault | undefined {
        for (const [index, rule] of this.rules.entries()) {
            if (rule.on !== on || attempt > (rule.attempts ?? Infinity)) continue;
            if (!fits(rule.resource ?? "*", resource)) continue;
            const chance = sha256([this.seed, index, resource, message, attempt]).readUInt32BE(0) / 2 ** 32;
            if (chance < (rule.probability ?? 1)) return { kind: rule.fault, delayMs: rule.delayMs ?? 1000 };
        }
        return undefined;
    }
}

function sha256(parts: unknown[]): Buffer {
    return createHash("sha256").update(JSON.stringify(parts)).digest();
}

function fits(pattern: string, text: string): boolean {
    const literal = pattern.replace(/[.+^${}()|[\]\\]/g, "\\$&");
    return new RegExp(`^${literal.replace(/\*/g, ".*").replace(/\?/g, ".")}$`, "s").test(text);
}
