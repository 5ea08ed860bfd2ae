/** The outcome of routing a path. */
export interface RouteMatch<T> {
    target: T;
    /** Decoded values of `{name}` and `{name+}`. */
    pathParameters: Record<string, string>;
}

interface Node<T> {
    literals: Map<string, Node<T>>;
    parameter?: { name: string; node: Node<T> };
    greedy?: { name: string; target: T };
    target?: T;
}

/**
 * Finds the resource of a path: a literal part wins over `{name}`, which wins over `{name+}`.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-method-settings-method-request.html
 */
export class Router<T> {
    readonly #root: Node<T> = { literals: new Map() };

    /** @throws Error when two paths differ only in the name of a parameter. */
    add(path: string, target: T): void {
        let node = this.#root;
        for (const part of segments(path)) {
            const name = part.startsWith("{") && part.endsWith("}") ? part.slice(1, -1) : undefined;
            if (name?.endsWith("+")) {
                node.greedy = { name: name.slice(0, -1), target };
                return;
            }
            node = name === undefined ? literalChild(node, part) : parameterChild(node, name, path);
        }
        node.target = target;
    }

    /** @param path Undecoded, with a leading slash. */
    match(path: string): RouteMatch<T> | undefined {
        const parts = segments(path).map(decode);
        const pathParameters: Record<string, string> = {};
        const target = find(this.#root, parts, 0, pathParameters);
        return target === undefined ? undefined : { target, pathParameters };
    }
}

function segments(path: string): string[] {
    const parts = path.split("/").slice(1);
    if (parts.at(-1) === "") parts.pop();
    return parts;
}

/** Decodes what is rightly encoded and leaves the rest as it is. */
export function decode(text: string): string {
    if (!text.includes("%")) return text;
    try {
        return decodeURIComponent(text);
    } catch {
        return text;
    }
}

function literalChild<T>(node: Node<T>, part: string): Node<T> {
    let child = node.literals.get(part);
    if (child === undefined) {
        child = { literals: new Map() };
        node.literals.set(part, child);
    }
    return child;
}

function parameterChild<T>(node: Node<T>, name: string, path: string): Node<T> {
    node.parameter ??= { name, node: { literals: new Map() } };
    if (node.parameter.name !== name) {
        throw new Error(
            `The path ${path} names a parameter {${name}} where another path has {${node.parameter.name}}. ` +
                "API Gateway allows one name at one place: use the same name in both.",
        );
    }
    return node.parameter.node;
}

function find<T>(node: Node<T>, parts: string[], at: number, found: Record<string, string>): T | undefined {
    const part = parts[at];
    if (part === undefined) return node.target;
    const literal = node.literals.get(part);
    const byLiteral = literal && find(literal, parts, at + 1, found);
    if (byLiteral !== undefined) return byLiteral;
    if (node.parameter !== undefined && part !== "") {
        const byParameter = find(node.parameter.node, parts, at + 1, found);
        if (byParameter !== undefined) {
            found[node.parameter.name] = part;
            return byParameter;
        }
    }
    if (node.greedy === undefined) return undefined;
    found[node.greedy.name] = parts.slice(at).join("/");
    return node.greedy.target;
}
