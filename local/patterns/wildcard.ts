import { PatternError } from "./pattern-error";

/**
 * `*` is any text; `\*` is an asterisk and `\\` a backslash. The time it takes grows with the text alone, however many
 * wildcards there are.
 * @throws PatternError
 */
export function wildcardTest(pattern: string): (value: string) => boolean {
    const [first = "", ...rest] = literalParts(pattern);
    const last = rest.pop();
    if (last === undefined) return (value) => value === first;
    return (value) => {
        if (!value.startsWith(first)) return false;
        let from = first.length;
        for (const part of rest) {
            const at = value.indexOf(part, from);
            if (at < 0) return false;
            from = at + part.length;
        }
        return value.length - last.length >= from && value.endsWith(last);
    };
}

/** What stands between the wildcards. */
function literalParts(pattern: string): string[] {
    const parts = [""];
    const append = (text: string): void => void parts.push((parts.pop() ?? "") + text);
    for (let at = 0; at < pattern.length; at++) {
        const [character, next] = [pattern.charAt(at), pattern.charAt(at + 1)];
        if (character === "*") {
            if (next === "*") throw new PatternError(`Consecutive wildcard characters at pos ${at + 1}`);
            parts.push("");
        } else if (character === "\\") {
            if (next !== "*" && next !== "\\") throw new PatternError(`Invalid escape character at pos ${at + 1}`);
            append(next);
            at++;
        } else {
            append(character);
        }
    }
    return parts;
}
