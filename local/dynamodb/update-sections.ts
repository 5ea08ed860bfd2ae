import { mapPath } from "dynalite/db";

import type { AttributeValue, Item } from "./model";

type Path = (string | number)[];

/** What is assigned: a path, a literal, or a function or sum of such. */
type Operand = Path | AttributeValue | { type: string; name?: string; args: Operand[] };

/** One assignment, removal, addition or deletion of an update expression, as dynalite's parser gives it. */
interface Section {
    type: "set" | "remove" | "add" | "delete";
    path: Path;
    val?: Operand;
}

/** Parameters of UpdateItem, as far as its expression goes. */
export interface UpdateParameters {
    _updates?: { sections: Section[] };
}

/**
 * Makes an update refer to the item as it was before, as in DynamoDB: dynalite's `SET a = b` shares the value of b
 * with a, so that `ADD b :n` in the same expression would change both, and it removes list elements one after the
 * other, so that the second of `REMOVE list[0], list[1]` would miss its element.
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Expressions.UpdateExpressions.html
 */
export function referToItemBefore({ _updates: updates }: UpdateParameters, before: Item | undefined): void {
    if (updates === undefined || before === undefined) return;
    for (const section of updates.sections) {
        if (section.type === "set" && section.val !== undefined) section.val = withCopies(section.val, before);
    }
    updates.sections = [
        ...updates.sections.filter(({ type }) => type !== "remove"),
        ...updates.sections.filter(({ type }) => type === "remove").sort(lastElementFirst),
    ];
}

/** Replaces paths by copies of what they lead to. Paths that lead nowhere stay: dynalite reports them. */
function withCopies(operand: Operand, item: Item): Operand {
    if (Array.isArray(operand)) return copyAt(operand, item) ?? operand;
    if (!isFunction(operand)) return operand;
    const [first] = operand.args;
    if (operand.name !== "if_not_exists") return { ...operand, args: operand.args.map((arg) => withCopies(arg, item)) };
    const existing = Array.isArray(first) ? copyAt(first, item) : undefined;
    return existing ?? { ...operand, args: operand.args.map((arg) => (arg === first ? arg : withCopies(arg, item))) };
}

function isFunction(operand: Operand): operand is { type: string; name?: string; args: Operand[] } {
    return "args" in operand;
}

function copyAt(path: Path, item: Item): AttributeValue | undefined {
    const value = mapPath(path, item);
    return value === undefined || value === null ? undefined : structuredClone(value);
}

function lastElementFirst({ path: a }: Section, { path: b }: Section): number {
    const [last, other] = [a.at(-1), b.at(-1)];
    return typeof last === "number" && typeof other === "number" ? other - last : 0;
}
