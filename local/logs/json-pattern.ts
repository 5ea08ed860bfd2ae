import { invalidParameter } from "./refusals";
import { regularExpression } from "./regular-expression";

type Condition = (event: unknown) => boolean;
/** All values that a selector finds; several where it has `[*]`. */
type Selector = (event: unknown) => unknown[];

/**
 * Compiles `{ $.level = "ERROR" && ($.status >= 500 || $.user NOT EXISTS) }`. Events that are no JSON never match.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/matching-terms-json-log-events.html
 * @throws ServiceError `InvalidParameterException` when it is malformed.
 */
export function jsonPattern(pattern: string): (message: string) => boolean {
    const condition = new Parser(pattern).parse();
    return (message) => {
        const event = parsed(message);
        return event !== undefined && condition(event);
    };
}

function parsed(message: string): unknown {
    // Most messages of a mixed log are no JSON, and a failed parse costs far more than this look.
    if (!/^\s*[{[]/.test(message)) return undefined;
    try {
        return JSON.parse(message);
    } catch {
        return undefined;
    }
}

class Parser {
    readonly #pattern: string;
    #at = 0;

    constructor(pattern: string) {
        this.#pattern = pattern;
    }

    parse(): Condition {
        this.#expect(/\{/y);
        const condition = this.#either();
        this.#expect(/\}\s*$/y);
        return condition;
    }

    #either(): Condition {
        const conditions = [this.#all()];
        while (this.#take(/\|\|/y) !== undefined) conditions.push(this.#all());
        return (event) => conditions.some((condition) => condition(event));
    }

    #all(): Condition {
        const conditions = [this.#one()];
        while (this.#take(/&&/y) !== undefined) conditions.push(this.#one());
        return (event) => conditions.every((condition) => condition(event));
    }

    #one(): Condition {
        if (this.#take(/\(/y) === undefined) return this.#comparison();
        const inner = this.#either();
        this.#expect(/\)/y);
        return inner;
    }

    #comparison(): Condition {
        const select = this.#selector();
        if (this.#take(/NOT\s+EXISTS\b/iy) !== undefined) return (event) => select(event).length === 0;
        const literal = this.#take(/IS\s+(?:TRUE|FALSE|NULL)\b/iy);
        if (literal !== undefined) {
            const wanted: unknown = JSON.parse(literal.replace(/^IS\s+/i, "").toLowerCase());
            return (event) => select(event).some((value) => value === wanted);
        }
        const operator = this.#expect(/!=|<=|>=|=|<|>/y);
        const holds = this.#test(operator);
        return (event) => select(event).some(holds);
    }

    #selector(): Selector {
        this.#expect(/\$/y);
        const steps: Selector[] = [];
        for (;;) {
            const step = this.#take(/\.[^\s.[\](){}=!<>&|"]+|\[\*\]|\[\d+\]|\["[^"]+"\]|\['[^']+'\]/y);
            if (step === undefined) break;
            steps.push(selectorStep(step));
        }
        return (event) => steps.reduce((values, step) => values.flatMap(step), [event]);
    }

    #test(operator: string): (value: unknown) => boolean {
        const quoted = this.#take(/"(?:[^"\\]|\\.)*"/sy);
        const expression = quoted === undefined ? this.#take(/%[^%]+%/y) : undefined;
        const bare = quoted === undefined && expression === undefined ? this.#expect(/[^\s(){}&|"]+/y) : "";
        if (operator !== "=" && operator !== "!=") {
            if (!isNumeric(bare)) throw this.#invalid(`${operator} compares numbers only`);
            return order(operator, Number(bare));
        }
        const matches = equality(quoted, expression, bare);
        return (value) => isScalar(value) && matches(value) === (operator === "=");
    }

    #take(token: RegExp): string | undefined {
        const spaces = /\s*/y;
        spaces.lastIndex = this.#at;
        spaces.exec(this.#pattern);
        token.lastIndex = spaces.lastIndex;
        const found = token.exec(this.#pattern)?.[0];
        if (found !== undefined) this.#at = token.lastIndex;
        return found;
    }

    #expect(token: RegExp): string {
        const found = this.#take(token);
        if (found === undefined) throw this.#invalid(`unexpected '${this.#pattern.slice(this.#at).trim()}'`);
        return found;
    }

    #invalid(why: string): Error {
        return invalidParameter(`Invalid filter pattern: ${why} in ${this.#pattern}`);
    }
}

function selectorStep(step: string): Selector {
    if (step === "[*]") return (value) => (Array.isArray(value) ? value : []);
    const name = step.startsWith(".") ? step.slice(1) : step.slice(1, -1).replace(/^["']|["']$/g, "");
    return (value) => {
        if (typeof value !== "object" || value === null || !Object.hasOwn(value, name)) return [];
        return [Object.entries(value).find(([key]) => key === name)?.[1]];
    };
}

function isScalar(value: unknown): boolean {
    return typeof value === "string" || typeof value === "number" || typeof value === "boolean";
}

function isNumeric(text: string): boolean {
    return /^[-+]?(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?$/i.test(text);
}

function order(operator: string, wanted: number): (value: unknown) => boolean {
    const compare: Record<string, (value: number) => boolean> = {
        "<": (value) => value < wanted,
        "<=": (value) => value <= wanted,
        ">": (value) => value > wanted,
        ">=": (value) => value >= wanted,
    };
    const holds = compare[operator];
    return (value) => typeof value === "number" && holds !== undefined && holds(value);
}

/** Numbers are compared as numbers, everything else as text. */
function equality(
    quoted: string | undefined,
    expression: string | undefined,
    bare: string,
): (value: unknown) => boolean {
    if (isNumeric(bare)) {
        return (value) => (typeof value === "number" ? value === Number(bare) : String(value) === bare);
    }
    const matcher =
        expression === undefined
            ? wildcard(quoted === undefined ? bare : quoted.slice(1, -1).replace(/\\(.)/gs, "$1"))
            : regularExpression(expression.slice(1, -1));
    return (value) => matcher.test(String(value));
}

/** `*` stands for any characters. */
function wildcard(text: string): RegExp {
    const source = text.split("*").map((part) => part.replace(/[.+?^${}()|[\]\\]/g, "\\$&"));
    return new RegExp(`^${source.join(".*")}$`, "s");
}
