/** Values of condition keys and policy variables, by lower-case key. */
export type ConditionContext = ReadonlyMap<string, readonly string[]>;

/** Tells whether a text fits a pattern; policy variables in the pattern are looked up in the context. */
export type Matcher = (text: string, context: ConditionContext) => boolean;

const compiled = new Map<string, RegExp>();

/** A RegExp for a pattern in which `*` is any text and `?` any one character. */
function expression(pattern: string, flags: string): RegExp {
    const key = `${flags}:${pattern}`;
    let found = compiled.get(key);
    if (found === undefined) {
        const source = pattern
            .replace(/[.+^${}()|[\]\\]/g, "\\$&")
            .replace(/\*+/g, ".*")
            .replace(/\?/g, ".");
        found = new RegExp(`^${source}$`, `s${flags}`);
        // Patterns with variables make a new one per caller, which must not pile up.
        if (compiled.size > 10_000) compiled.clear();
        compiled.set(key, found);
    }
    return found;
}

/** Matches a pattern with wildcards: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html */
export function wildcard(pattern: string, options: { ignoreCase?: boolean } = {}): Matcher {
    const flags = options.ignoreCase === true ? "i" : "";
    if (pattern.includes("${")) {
        return (text, context) => {
            const resolved = resolveVariables(pattern, context, escapeWildcards);
            return resolved !== undefined && escapedExpression(resolved, flags).test(text);
        };
    }
    if (!/[*?]/.test(pattern)) {
        if (flags === "") return (text) => text === pattern;
        const lower = pattern.toLowerCase();
        return (text) => text.toLowerCase() === lower;
    }
    if (pattern === "*") return () => true;
    const found = expression(pattern, flags);
    return (text) => found.test(text);
}

/** Stand for the characters themselves, as in the policy variables `${*}`, `${?}` and `${$}`. */
const LITERALS: Record<string, string> = { "*": "\u0001", "?": "\u0002", $: "$" };

function escapeWildcards(value: string): string {
    return value.replace(/\*/g, "\u0001").replace(/\?/g, "\u0002");
}

function escapedExpression(pattern: string, flags: string): RegExp {
    const { source } = expression(pattern, flags);
    return new RegExp(source.replace(/\u0001/g, "\\*").replace(/\u0002/g, "\\?"), `s${flags}`);
}

/**
 * Puts values in the place of `${aws:username}` and the like; undefined where one has no single value, and then
 * nothing matches: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html
 */
export function resolveVariables(
    text: string,
    context: ConditionContext,
    escape: (value: string) => string = (value) => value,
): string | undefined {
    let missing = false;
    const resolved = text.replace(/\$\{([^}]*)\}/g, (_, inside: string) => {
        const literal = LITERALS[inside];
        if (literal !== undefined) return escape === escapeWildcards ? literal : inside;
        const [name = "", fallback] = inside.split(/\s*,\s*/, 2);
        const values = context.get(name.toLowerCase());
        if (values?.length === 1 && values[0] !== undefined) return escape(values[0]);
        if (fallback !== undefined) return fallback.replace(/^'(.*)'$/, "$1");
        missing = true;
        return "";
    });
    return missing ? undefined : resolved;
}
