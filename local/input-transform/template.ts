/** Finds a template's variables; the first group is the variable without its brackets. */
export type VariableSyntax = RegExp;

/**
 * Fills variables into a template. In a JSON template, what stands between quotes becomes part of the text, and other
 * variables become JSON values; a template that is no JSON is filled in as text. What has no value is an empty text.
 * https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-transform-target-input.html
 * https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-pipes-input-transformation.html
 * @param syntax Global.
 * @returns JSON text, or text.
 */
export function fillTemplate(template: string, syntax: VariableSyntax, valueOf: (variable: string) => unknown): string {
    const isJson = /^\s*([{["<]|-?\d|true|false|null)/.test(template);
    let filled = "";
    let end = 0;
    let quotes = 0;
    for (const match of template.matchAll(syntax)) {
        const literal = template.slice(end, match.index);
        quotes += literal.replace(/\\./g, "").split('"').length - 1;
        filled += literal + asPart(valueOf(match[1] ?? ""), isJson, quotes % 2 === 1);
        end = match.index + match[0].length;
    }
    return filled + template.slice(end);
}

function asPart(value: unknown = "", isJson: boolean, isQuoted: boolean): string {
    const text = typeof value === "string" ? value : JSON.stringify(value);
    if (!isJson) return text;
    return isQuoted ? JSON.stringify(text).slice(1, -1) : JSON.stringify(value);
}
