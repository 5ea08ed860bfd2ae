import http from "node:http";
import https from "node:https";

/** Names the host that a request was meant for. */
const HOST_HEADER = "x-quintet-host";

const AWS_HOST = /(^|\.)amazonaws\.com$/;

/**
 * Leads requests to AWS's hosts, a user pool's keys for instance, to the local endpoint, which tells by the Host header
 * what is meant. SDK clients need no such help: they know the endpoint by AWS_ENDPOINT_URL.
 */
export function rerouteAwsHosts(endpoint: string): void {
    const { hostname, port } = new URL(endpoint);
    rerouteFetch(endpoint);
    for (const module of [http, https]) {
        const request = module.request.bind(module);
        const rerouted = (...args: unknown[]): http.ClientRequest => {
            const [target, given, callback] = requestArguments(args);
            const host = target.hostname;
            if (!AWS_HOST.test(host)) return Reflect.apply(request, module, args) as http.ClientRequest;
            const options = {
                ...given,
                protocol: "http:",
                agent: undefined,
                host: hostname,
                hostname,
                port,
                path: target.pathname + target.search,
                headers: { ...(given.headers as http.OutgoingHttpHeaders | undefined), host },
            };
            return http.request(options, callback);
        };
        // The plain one is what leads on to the endpoint, so only requests to AWS may come by here.
        if (module === https) module.request = rerouted as typeof https.request;
        Reflect.set(module, "get", (...args: unknown[]) => {
            const outgoing = rerouted(...args);
            outgoing.end();
            return outgoing;
        });
    }
}

function rerouteFetch(endpoint: string): void {
    const original = globalThis.fetch;
    globalThis.fetch = (input, init) => {
        const url = new URL(input instanceof Request ? input.url : String(input));
        if (!AWS_HOST.test(url.hostname)) return original(input, init);
        const here = `${endpoint}${url.pathname}${url.search}`;
        const request = new Request(input instanceof Request ? new Request(here, input) : here, init);
        // fetch sets the Host header itself; the endpoint takes this one for it.
        request.headers.set(HOST_HEADER, url.host);
        return original(request);
    };
}

/** The three forms that Node's request takes. */
function requestArguments(args: unknown[]): [URL, http.RequestOptions, ((response: http.IncomingMessage) => void)?] {
    const [first, second, third] = args;
    const callback = [second, third].find((arg) => typeof arg === "function") as
        ((response: http.IncomingMessage) => void) | undefined;
    if (typeof first === "string" || first instanceof URL) {
        return [new URL(first), typeof second === "object" && second !== null ? second : {}, callback];
    }
    const options = (first ?? {}) as http.RequestOptions;
    const host = options.hostname ?? options.host ?? "localhost";
    return [new URL(options.path ?? "/", `https://${host}`), options, callback];
}
