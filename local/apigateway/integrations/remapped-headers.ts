const REMAPPED: ReadonlySet<string> = new Set([
    "authorization",
    "connection",
    "content-length",
    "content-md5",
    "date",
    "expect",
    "host",
    "max-forwards",
    "proxy-authenticate",
    "server",
    "trailer",
    "upgrade",
    "user-agent",
    "www-authenticate",
    "x-amz-apigw-id",
    "x-amzn-requestid",
]);

/**
 * The name under which a backend's header reaches the client: those that belong to the gateway's own connection with
 * the client, and those that it sets itself, come out under another one.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-known-issues.html
 */
export function remapped(name: string): string {
    return REMAPPED.has(name.toLowerCase()) ? `x-amzn-Remapped-${name}` : name;
}
