/** Variables of a text template: `context.error.message`, `stageVariables.colour`. */
export type Lookup = (variable: string) => unknown;

export type TextTemplate = (lookup: Lookup) => string;

interface Part {
    literal: string;
    /** Follows the literal. */
    variable?: string;
    /** True when the variable stands between the quotes of a JSON string. */
    quoted: boolean;
}

const NAME = String.raw`((?:context|stageVariables)\.[\w.-]*\w)`;
const VARIABLE = new RegExp(String.raw`\$(?:\{${NAME}\}|${NAME})`, "g");

/**
 * Compiles a text in which only `$context.…` and `$stageVariables.…` are replaced: gateway responses and access log
 * formats know no more. Between the quotes of a JSON string a value is escaped, so that a user agent or a validation
 * message with quotes of its own cannot break the line.
 * @param absent What stands for a variable without value.
 */
export function compileTextTemplate(text: string, absent: string): TextTemplate {
    const parts: Part[] = [];
    let end = 0;
    let quotes = 0;
    for (const match of text.matchAll(VARIABLE)) {
        const literal = text.slice(end, match.index);
        quotes += countQuotes(literal);
        parts.push({ literal, variable: match[1] ?? match[2], quoted: quotes % 2 === 1 });
        end = match.index + match[0].length;
    }
    parts.push({ literal: text.slice(end), quoted: false });

    return (lookup) => {
        let rendered = "";
        for (const { literal, variable, quoted } of parts) {
            rendered += literal;
            if (variable === undefined) continue;
            const value = lookup(variable);
            const plain = value === undefined || value === null ? absent : asText(value);
            rendered += quoted ? JSON.stringify(plain).slice(1, -1) : plain;
        }
        return rendered;
    };
}

function countQuotes(literal: string): number {
    return literal.replace(/\\./g, "").split('"').length - 1;
}

function asText(value: unknown): string {
    return typeof value === "object" ? JSON.stringify(value) : String(value);
}
