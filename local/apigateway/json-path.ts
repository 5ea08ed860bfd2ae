/** A compiled JSONPath: reads its value out of a document. */
export type JsonPath = (document: unknown) => unknown;

interface Step {
    kind: "child" | "wildcard" | "descendants";
    key: string;
}

const STEP = /\.\.([\w$-]+)|\.\*|\[\*\]|\.([\w$@-]+)|\[(-?\d+)\]|\['([^']*)'\]|\["([^"]*)"\]/y;

/**
 * Compiles the part of JSONPath that mapping templates use: members, indexes (from the end when negative), `*`, `..name`.
 * @throws Error naming the expression when it holds anything else.
 */
export function compileJsonPath(expression: string): JsonPath {
    const text = expression.startsWith("$") ? expression.slice(1) : `.${expression}`;
    const steps: Step[] = [];
    STEP.lastIndex = 0;
    while (STEP.lastIndex < text.length) {
        const match = STEP.exec(text);
        if (match === null) {
            throw new Error(`The JSONPath ${expression} is not supported. Use members, indexes, [*] and ..name.`);
        }
        const key = match[2] ?? match[3] ?? match[4] ?? match[5];
        if (match[1] !== undefined) steps.push({ kind: "descendants", key: match[1] });
        else steps.push(key === undefined ? { kind: "wildcard", key: "" } : { kind: "child", key });
    }
    const many = steps.some((step) => step.kind !== "child");
    return (document) => {
        let values: unknown[] = [document];
        for (const step of steps) values = values.flatMap((value) => follow(step, value));
        return many ? values : values[0];
    };
}

function follow(step: Step, value: unknown): unknown[] {
    if (step.kind === "wildcard") return children(value);
    const own = child(value, step.key);
    if (step.kind === "child") return own;
    return [...own, ...children(value).flatMap((item) => follow(step, item))];
}

function child(value: unknown, key: string): unknown[] {
    if (Array.isArray(value)) {
        const index = Number(key);
        return Number.isInteger(index) && value.at(index) !== undefined ? [value.at(index)] : [];
    }
    if (typeof value !== "object" || value === null) return [];
    const descriptor = Object.getOwnPropertyDescriptor(value, key);
    return descriptor === undefined ? [] : [descriptor.value];
}

function children(value: unknown): unknown[] {
    return typeof value === "object" && value !== null ? Object.values(value) : [];
}
