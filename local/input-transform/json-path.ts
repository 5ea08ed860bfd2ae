/** Steps of a path: names and indexes; `*` stands for every member. */
const STEP = /\.([\w/-]+)|\[(\d+|\*)\]/y;

/**
 * Reads what a path of a template or parameter refers to: `$.body.items[0].id`.
 * https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-pipes-input-transformation.html
 * @returns undefined where there is nothing.
 * @throws Error when it is no path.
 */
export function readPath(path: string, payload: unknown): unknown {
    if (!path.startsWith("$")) throw new Error(`"${path}" is no JSON path: it must begin with $.`);
    STEP.lastIndex = 1;
    let values = [payload];
    let isMany = false;
    while (STEP.lastIndex < path.length) {
        const from = STEP.lastIndex;
        const [, name, index] = STEP.exec(path) ?? [];
        const step = name ?? index;
        if (step === undefined)
            throw new Error(`The JSON path "${path}" makes no sense from "${path.slice(from)}" on.`);
        if (index === "*") isMany = true;
        values = values.flatMap((value) => stepInto(value, step));
    }
    return isMany ? values : values[0];
}

function stepInto(value: unknown, step: string): unknown[] {
    if (typeof value !== "object" || value === null) return [];
    if (step === "*") return Object.values(value);
    return Object.hasOwn(value, step) ? [Reflect.get(value, step)] : [];
}
