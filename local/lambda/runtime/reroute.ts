import http from "node:http";
import https from "node:https";
import { syncBuiltinESMExports } from "node:module";

/** Names the host that a request was meant for. */
const HOST_HEADER = "x-quintet-host";

const AWS_HOST = /(^|\.)amazonaws\.com$/;

type OnResponse = (response: http.IncomingMessage) => void;

/**
 * Leads requests to the local endpoint the short way, and there, too, those to AWS's hosts, a user pool's keys for
 * instance: the Host header tells what is meant. SDK clients know the endpoint by AWS_ENDPOINT_URL.
 */
export function rerouteAwsHosts(endpoint: string, agent: http.Agent): void {
    rerouteFetch(endpoint);
    const { host: endpointHost, hostname, port } = new URL(endpoint);
    const requestEndpoint = http.request.bind(http);
    for (const module of [http, https]) {
        const original = module.request.bind(module);
        const request = (...args: unknown[]): http.ClientRequest => {
            const { target, options, onResponse } = requestArguments(args);
            const isHere = target.host === endpointHost || AWS_HOST.test(target.hostname);
            if (!isHere) return Reflect.apply(original, module, args) as http.ClientRequest;
            const here = { protocol: "http:", agent, host: hostname, hostname, port };
            const headers = { ...(options.headers as http.OutgoingHttpHeaders | undefined), host: target.host };
            const path = target.pathname + target.search;
            return requestEndpoint({ ...options, ...here, path, headers }, onResponse);
        };
        const get = (...args: unknown[]): http.ClientRequest => {
            const outgoing = request(...args);
            outgoing.end();
            return outgoing;
        };
        Object.assign(module, { request, get });
    }
    // For ES modules that import the functions by their names.
    syncBuiltinESMExports();
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

/** The three forms that Node's request takes: a URL, options, or both. */
function requestArguments(args: unknown[]): { target: URL; options: http.RequestOptions; onResponse?: OnResponse } {
    const [first, second] = args;
    const onResponse = args.slice(1).find((arg) => typeof arg === "function") as OnResponse | undefined;
    if (typeof first === "string" || first instanceof URL) {
        return { target: new URL(first), options: typeof second === "object" && second ? second : {}, onResponse };
    }
    const options = (first ?? {}) as http.RequestOptions;
    const { protocol = "https:", port = "", path = "/" } = options;
    const host = `${options.hostname ?? options.host ?? "localhost"}:${port ?? ""}`;
    return { target: new URL(`${protocol ?? "https:"}//${host}${path ?? "/"}`), options, onResponse };
}
