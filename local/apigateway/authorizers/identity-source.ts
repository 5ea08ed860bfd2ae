import { variableLookup } from "../context";
import type { AuthorizerDefinition } from "../definition";
import type { Invocation } from "../invocation";

/** Reads one value that identifies the caller; undefined when it is absent or empty. */
export type IdentitySource = (invocation: Invocation) => string | undefined;

/**
 * Compiles `method.request.header.Authorization`, `method.request.querystring.key`, `stageVariables.x`, `context.x`.
 * @throws Error naming the expression when it is none of these.
 */
export function compileIdentitySource(expression: string): IdentitySource {
    const match = /^(method\.request\.(?:header|querystring)|stageVariables|context)\.(.+)$/.exec(expression);
    const name = match?.[2] ?? "";
    switch (match?.[1]) {
        case "method.request.header":
            return ({ request }) => present(request.headers[name.toLowerCase()]);
        case "method.request.querystring":
            return ({ query }) => present(query.single[name]);
        case "stageVariables":
        case "context":
            return (invocation) => present(variableLookup(invocation)(expression));
        default:
            throw new Error(
                `The identity source ${JSON.stringify(expression)} is not supported. Use method.request.header.X, ` +
                    "method.request.querystring.x, stageVariables.x or context.x.",
            );
    }
}

/** The one header of token and Cognito authorizers; `Authorization` when none is named. */
export function headerSource({ identitySource }: AuthorizerDefinition): IdentitySource {
    return compileIdentitySource(identitySource[0] ?? "method.request.header.Authorization");
}

function present(value: unknown): string | undefined {
    return value === undefined || value === null || value === "" ? undefined : String(value);
}
