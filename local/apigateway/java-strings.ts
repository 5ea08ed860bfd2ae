/** One method of Java's String, which templates call on texts. */
type Method = (text: string, ...args: unknown[]) => unknown;

/**
 * Methods of Java's String that JavaScript's does not have, or has with another meaning: what is replaced there is a
 * regular expression. https://docs.oracle.com/en/java/javase/17/docs/api/java.base/java/lang/String.html
 */
const METHODS: Record<string, Method> = {
    replaceAll: (text, pattern, replacement) => text.replace(new RegExp(String(pattern), "g"), inJava(replacement)),
    replaceFirst: (text, pattern, replacement) => text.replace(new RegExp(String(pattern)), inJava(replacement)),
    replace: (text, target, replacement) => text.split(String(target)).join(String(replacement)),
    matches: (text, pattern) => new RegExp(`^(?:${String(pattern)})$`).test(text),
    contains: (text, part) => text.includes(String(part)),
    equals: (text, other) => text === other,
    equalsIgnoreCase: (text, other) => text.toLowerCase() === String(other).toLowerCase(),
    isEmpty: (text) => text === "",
    length: (text) => text.length,
    concat: (text, other) => text + String(other),
};

/** A group is `$1` in both; a backslash makes the next character a literal one in Java only. */
function inJava(replacement: unknown): string {
    return String(replacement).replace(/\\(.)/g, (_, character: string) => (character === "$" ? "$$" : character));
}

interface Call {
    property: string;
    context: unknown;
    params: unknown[];
}

/** For velocityjs: calls of these methods on texts. */
export const JAVA_STRING_METHODS = [
    {
        uid: "java-string",
        match: ({ property, context }: Call) => typeof context === "string" && Object.hasOwn(METHODS, property),
        resolve: ({ property, context, params }: Call) => METHODS[property]?.(String(context), ...params),
    },
];
