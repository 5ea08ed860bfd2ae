/** Values of condition keys and policy variables, by lower-case key. */
export type ConditionContext = ReadonlyMap<string, readonly string[]>;

/** Tells whether a text fits a pattern; policy variables in the pattern are looked up in the context. */
export type Matcher = (text: string, context: ConditionContext) => boolean;

interface WildcardOptions {
    ignoreCase?: boolean;
    /** Whether `${…}` is a policy variable. Default true. */
    variables?: boolean;
}

/** In a resolved pattern these stand for `*` and `?` themselves, which came out of variables. */
const LITERAL_STAR = "\u0001";
const LITERAL_MARK = "\u0002";

const compiled = new Map<string, RegExp>();

/** A RegExp for a pattern in which `*` is any text and `?` any one character. */
function expression(pattern: string, flags: string): RegExp {
    const key = `${flags}:${pattern}`;
    let found = compiled.get(key);
    if (found === undefined) {
        const source = pattern
            .replace(/[.+^${}()|[\]\\]/g, "\\$&")
            .replace(/\*+/g, ".*")
            .replace(/\?/g, ".")
            .replaceAll(LITERAL_STAR, "\\*")
            .replaceAll(LITERAL_MARK, "\\?");
        found = new RegExp(`^${source}$`, `s${flags}`);
        // Patterns with variables make a new one per caller, which must not pile up.
        if (compiled.size > 10_000) compiled.clear();
        compiled.set(key, found);
    }
    return found;
}

/**
 * Matches a pattern with wildcards:
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html
 */
export function wildcard(pattern: string, { ignoreCase = false, variables = true }: WildcardOptions = {}): Matcher {
    if (variables && pattern.includes("${")) {
        return (text, context) => {
            const resolved = resolveVariables(pattern, context, escapeWildcards);
            return resolved !== undefined && glob(resolved, ignoreCase)(text);
        };
    }
    return glob(pattern, ignoreCase);
}

/** The same without variables; takes what `resolveVariables` makes with `escapeWildcards`. */
export function glob(pattern: string, ignoreCase = false): (text: string) => boolean {
    if (pattern === "*") return () => true;
    // eslint-disable-next-line no-control-regex -- the two stand for literal wildcards
    if (!ignoreCase && !/[*?\u0001\u0002]/.test(pattern)) return (text) => text === pattern;
    const found = expression(pattern, ignoreCase ? "i" : "");
    return (text) => found.test(text);
}

/** Keeps a variable's value from acting as a pattern. */
export function escapeWildcards(value: string): string {
    return value.replaceAll("*", LITERAL_STAR).replaceAll("?", LITERAL_MARK);
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
        // `${*}`, `${?}` and `${$}` are the characters themselves.
        if (/^[*?$]$/.test(inside)) return escape(inside);
        const [name = "", fallback] = inside.split(/\s*,\s*/, 2);
        const values = context.get(name.trim().toLowerCase());
        if (values?.length === 1 && values[0] !== undefined) return escape(values[0]);
        if (fallback !== undefined) return escape(fallback.trim().replace(/^'(.*)'$/, "$1"));
        missing = true;
        return "";
    });
    return missing ? undefined : resolved;
}
