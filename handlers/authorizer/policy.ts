import type { PolicyDocument } from "aws-lambda";

/** What each scope opens. In a policy `*` stands for slashes, too, so only `?` may stand for the version's number. */
const ROUTES: Record<string, string[]> = {
    "orders/read": ["GET/v?/orders", "GET/v?/orders/*"],
    "orders/write": ["POST/v?/orders", "PATCH/v?/orders/*", "POST/v?/orders/*/cancel"],
    "orders/admin": ["GET/v?/statuses/*/orders"],
};

/**
 * A policy over the whole stage: API Gateway keeps it for the token's other routes, too, so one that spoke only of the
 * route at hand would forbid the next one.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/configure-api-gateway-lambda-authorization-with-console.html
 *
 * @param methodArn `arn:aws:execute-api:<region>:<account>:<api>/<stage>/<method>/<path>`
 */
export function policyFor(scopes: string[], methodArn: string): PolicyDocument {
    const [api, stage] = methodArn.split("/");
    const routes = scopes.flatMap((scope) => ROUTES[scope] ?? []);
    const open = routes.map((route) => `${api}/${stage}/${route}`);
    return {
        Version: "2012-10-17",
        Statement: [
            open.length > 0
                ? { Effect: "Allow", Action: "execute-api:Invoke", Resource: open }
                : { Effect: "Deny", Action: "execute-api:Invoke", Resource: `${api}/${stage}/*` },
        ],
    };
}
