import { jsonPattern } from "./json-pattern";
import { invalidMember, invalidParameter } from "./refusals";
import { regularExpression } from "./regular-expression";

export type MessageFilter = (message: string) => boolean;

/**
 * Compiles a filter pattern: terms, `"phrases"`, `-exclusions`, `?alternatives`, `%regular expressions%` and JSON
 * patterns. https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntax.html
 * @throws ServiceError `InvalidParameterException` when it is malformed, or for space-delimited events (`[…]`).
 */
export function filterPattern(pattern: string): MessageFilter {
    const text = pattern.trim();
    if (pattern.length > 1024) {
        throw invalidMember("filterPattern", pattern, "Member must have length less than or equal to 1024");
    }
    if (text.startsWith("{")) return jsonPattern(text);
    if (text.startsWith("[")) {
        throw invalidParameter("Invalid filter pattern: patterns of space-delimited events are not run locally.");
    }
    if (/^%.*%$/s.test(text)) {
        const expression = regularExpression(text.slice(1, -1));
        return (message) => expression.test(message);
    }
    return termPattern(text);
}

interface Term {
    sign: "" | "-" | "?";
    text: string;
}

function termPattern(pattern: string): MessageFilter {
    const terms = termsOf(pattern);
    const of = (sign: Term["sign"]): string[] => terms.filter((term) => term.sign === sign).map(({ text }) => text);
    const [required, excluded, alternatives] = [of(""), of("-"), of("?")];
    // Beside other terms, AWS ignores those with a question mark:
    // https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/matching-terms-unstructured-log-events.html
    const anyOf = required.length + excluded.length === 0 ? alternatives : [];
    return (message) =>
        required.every((text) => message.includes(text)) &&
        !excluded.some((text) => message.includes(text)) &&
        (anyOf.length === 0 || anyOf.some((text) => message.includes(text)));
}

function termsOf(pattern: string): Term[] {
    const token = /\s*([-?]?)(?:"((?:[^"\\]|\\.)*)"|([^\s"]+))/sy;
    const terms: Term[] = [];
    while (token.lastIndex < pattern.length) {
        const at = token.lastIndex;
        const match = token.exec(pattern);
        if (match === null) throw invalidParameter(`Invalid filter pattern: ${pattern.slice(at).trim()}`);
        const [, sign = "", phrase, word = ""] = match;
        // Words of letters, digits and underscores only; anything else must be quoted.
        if (phrase === undefined && !/^[\p{L}\p{N}_]+$/u.test(word)) {
            throw invalidParameter(`Invalid character(s) in term '${word}'`);
        }
        terms.push({
            sign: sign === "-" || sign === "?" ? sign : "",
            text: phrase === undefined ? word : phrase.replace(/\\(.)/gs, "$1"),
        });
    }
    return terms;
}
