import { PatternError } from "./pattern-error";

/**
 * `*` is any text; `\*` is an asterisk and `\\` a backslash.
 * @throws PatternError
 */
export function wildcardTest(pattern: string): (value: string) => boolean {
    if (/(^|[^\\])(\\\\)*\*\*/.test(pattern)) throw new PatternError(`Consecutive wildcard characters: ${pattern}`);
    let source = "";
    for (let at = 0; at < pattern.length; at++) {
        const character = pattern.charAt(at);
        if (character === "*") {
            source += ".*";
            continue;
        }
        if (character === "\\") {
            const escaped = pattern.charAt(++at);
            if (escaped !== "*" && escaped !== "\\") throw new PatternError(`Invalid escape character at pos ${at}`);
            source += `\\${escaped}`;
            continue;
        }
        source += character.replace(/[.+?^${}()|[\]]/, "\\$&");
    }
    const expression = new RegExp(`^${source}$`, "s");
    return (value) => expression.test(value);
}
