import { readPath } from "./json-path";

/** Variables that a template can use besides the payload: `aws.pipes.pipe-arn`. */
export type Reserved = Record<string, unknown>;

const VARIABLE = /<(\$[^<>]*|aws\.pipes\.[\w.-]+)>/g;

/**
 * Makes a target's or an enrichment's input of a payload. In a JSON template, what stands between quotes becomes part of
 * the text, and other variables become JSON values; a template that is no JSON is filled in as text.
 * https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-pipes-input-transformation.html
 * @returns JSON text, or text.
 */
export function renderTemplate(template: string, payload: unknown, reserved: Reserved): string {
    const isJson = /^\s*([{["<]|-?\d|true|false|null)/.test(template);
    let rendered = "";
    let end = 0;
    let quotes = 0;
    for (const match of template.matchAll(VARIABLE)) {
        const literal = template.slice(end, match.index);
        quotes += literal.replace(/\\./g, "").split('"').length - 1;
        rendered += literal + fillIn(valueOf(match[1] ?? "", payload, reserved), isJson, quotes % 2 === 1);
        end = match.index + match[0].length;
    }
    return rendered + template.slice(end);
}

function valueOf(variable: string, payload: unknown, reserved: Reserved): unknown {
    return variable.startsWith("$") ? readPath(variable, payload) : reserved[variable];
}

function fillIn(value: unknown = "", isJson: boolean, isQuoted: boolean): string {
    const text = typeof value === "string" ? value : JSON.stringify(value);
    if (!isJson) return text;
    return isQuoted ? JSON.stringify(text).slice(1, -1) : JSON.stringify(value);
}
