import { randomUUID } from "node:crypto";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo, Socket } from "node:net";

import { Activity } from "../activity";
import { type Clock, RealClock } from "../clock";
import { ServiceError } from "../errors";
import { Faults } from "../faults";
import type { AwsService, HttpRequest, HttpResponse, HttpRoute, RequestContext } from "../service";
import { MEMORY, type Store } from "../store";
import type { Authority } from "./authority";
import { type Answer, withFaults } from "./faulty";
import { answerJson, answerQuery, type Guard, restResponder } from "./protocols";
import { parseAuthorization } from "./sigv4";

export { developerOnly } from "./authority";

export interface EndpointOptions {
    /** 0 takes any free port. */
    port: number;
    region: string;
    account: string;
    iam: Authority;
    services: AwsService[];
    /** Asked first, in order. */
    routes: HttpRoute[];
    /** What it has is on disk before a request is answered. Default: nothing is kept. */
    store?: Store;
    activity?: Activity;
    faults?: Faults;
    /** Requests wait while this is pending. */
    ready?: () => Promise<unknown> | undefined;
    /** For faults that delay. Default: the machine's time. */
    clock?: Clock;
}

export interface Endpoint {
    port: number;
    /** `http://127.0.0.1:<port>` */
    url: string;
    /** Serves a connection that does not come over the network. */
    connect(socket: Socket): void;
    /** Ends open connections. */
    close(): Promise<void>;
}

/** The endpoint's port cannot be opened. */
export class PortError extends Error {
    override name = "PortError";
}

/** Bodies above this are refused unread, so that one request cannot take the machine's memory. */
const BODY_LIMIT_BYTES = 64 * 1024 * 1024;

/** From functions whose HTTP client does not let them set Host: the AWS host that the request is meant for. */
const HOST_HEADER = "x-quintet-host";

type Dispatch = (request: HttpRequest, waitForClock: RequestContext["waitForClock"]) => Promise<HttpResponse>;

type Responder = (request: HttpRequest, context: RequestContext, guard: Guard) => Promise<HttpResponse>;

/**
 * Serves the services' AWS APIs and the given routes on one loopback port.
 * @throws PortError when the port is taken.
 */
export async function startEndpoint(options: EndpointOptions): Promise<Endpoint> {
    const { store = MEMORY, activity = new Activity(), faults = new Faults(), clock = new RealClock() } = options;
    const dispatch = dispatcher(options);
    const answer = withFaults(
        async (request) => {
            await options.ready?.();
            return counted(activity, store, request, dispatch);
        },
        faults,
        clock,
    );
    const server = createServer({ keepAliveTimeout: 60_000 }, (incoming, outgoing) => {
        void serve(incoming, outgoing, answer);
    });
    await listen(server, options.port);
    const { port } = server.address() as AddressInfo;
    const connect = (socket: Socket): void => void server.emit("connection", socket);
    return { port, url: `http://127.0.0.1:${port}`, connect, close: () => stop(server) };
}

function listen(server: Server, port: number): Promise<void> {
    return new Promise((resolve, reject) => {
        server.once("error", (error: NodeJS.ErrnoException) => {
            if (error.code !== "EADDRINUSE" && error.code !== "EACCES") return reject(error);
            const why = error.code === "EADDRINUSE" ? "is in use" : "may not be opened by this user";
            reject(new PortError(`Port ${port} ${why}. Choose another one with --port, or --port 0 for any free one.`));
        });
        server.listen(port, "127.0.0.1", resolve);
    });
}

function stop(server: Server): Promise<void> {
    return new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
    });
}

/** Answers once all that the request has changed is kept. */
async function counted(
    activity: Activity,
    store: Store,
    request: HttpRequest,
    dispatch: Dispatch,
): Promise<HttpResponse> {
    let end = activity.begin();
    const waitForClock = async <T>(promise: Promise<T>): Promise<T> => {
        end();
        try {
            return await promise;
        } finally {
            end = activity.begin();
        }
    };
    try {
        const response = await dispatch(request, waitForClock);
        const settled = store.settled();
        if (settled !== undefined) await settled;
        return response;
    } finally {
        end();
    }
}

async function serve(incoming: IncomingMessage, outgoing: ServerResponse, answer: Answer): Promise<void> {
    let response: HttpResponse | undefined;
    try {
        const body = await readBody(incoming);
        response =
            body === undefined
                ? plain(413, "The request is larger than 64 MiB.")
                : await answer(asRequest(incoming, body));
    } catch (error) {
        if (incoming.destroyed && !incoming.complete) return;
        process.stderr.write(`local cloud: ${error instanceof Error ? error.stack : String(error)}\n`);
        response = plain(500, "The local cloud failed; its terminal shows why.");
    }
    if (response === undefined) return void incoming.destroy();
    outgoing.writeHead(response.status, {
        ...response.headers,
        "content-length": Buffer.byteLength(response.body),
    });
    outgoing.end(incoming.method === "HEAD" ? undefined : response.body);
}

async function readBody(incoming: IncomingMessage): Promise<Buffer | undefined> {
    const chunks: Buffer[] = [];
    let size = 0;
    for await (const chunk of incoming as AsyncIterable<Buffer>) {
        size += chunk.length;
        if (size > BODY_LIMIT_BYTES) return undefined;
        chunks.push(chunk);
    }
    return chunks.length === 1 && chunks[0] !== undefined ? chunks[0] : Buffer.concat(chunks);
}

function asRequest(incoming: IncomingMessage, body: Buffer): HttpRequest {
    const target = incoming.url ?? "/";
    const mark = target.indexOf("?");
    const headers: Record<string, string> = {};
    for (const [name, value] of Object.entries(incoming.headers)) {
        if (value !== undefined) headers[name] = Array.isArray(value) ? value.join(", ") : value;
    }
    const meant = headers[HOST_HEADER];
    if (meant !== undefined) {
        headers["host"] = meant;
        Reflect.deleteProperty(headers, HOST_HEADER);
    }
    return {
        method: incoming.method ?? "GET",
        path: mark < 0 ? target : target.slice(0, mark),
        query: mark < 0 ? "" : target.slice(mark + 1),
        rawHeaders: incoming.rawHeaders,
        headers,
        body,
        sourceIp: incoming.socket.remoteAddress ?? "127.0.0.1",
    };
}

function dispatcher(options: EndpointOptions): Dispatch {
    const byTarget = new Map<string, Responder>();
    const bySigningName = new Map<string, Responder>();
    /** Services that unsigned requests may be for. */
    const claimants: { claims: (request: HttpRequest) => boolean; responder: Responder }[] = [];
    for (const service of options.services) {
        if (service.protocol === "json") {
            byTarget.set(service.targetPrefix, (request, context, guard) =>
                answerJson(service, request, context, guard),
            );
        } else if (service.protocol === "query") {
            bySigningName.set(service.signingName, (request, context, guard) =>
                answerQuery(service, request, context, guard),
            );
        } else if (service.protocol === "http") {
            const responder: Responder = (...asked) => service.answer(...asked);
            bySigningName.set(service.signingName, responder);
            claimants.push({ claims: (request) => service.claims?.(request) === true, responder });
        } else {
            bySigningName.set(service.signingName, restResponder(service));
        }
    }

    return async (request, waitForClock) => {
        for (const route of options.routes) {
            const answered = route(request);
            if (answered !== undefined) return answered;
        }
        const target = request.headers["x-amz-target"];
        const name = target === undefined ? parseAuthorization(request)?.service : target.split(".")[0];
        const responder =
            name === undefined
                ? claimants.find(({ claims }) => claims(request))?.responder
                : (target === undefined ? bySigningName : byTarget).get(name);
        return responder === undefined ? notServed(name) : asCaller(options, request, responder, waitForClock);
    };
}

async function asCaller(
    options: EndpointOptions,
    request: HttpRequest,
    responder: Responder,
    waitForClock: RequestContext["waitForClock"],
): Promise<HttpResponse> {
    const context: RequestContext = {
        caller: { kind: "anonymous", arn: "", userId: "", accessKeyId: "" },
        requestId: randomUUID(),
        region: options.region,
        account: options.account,
        headers: request.headers,
        sourceIp: request.sourceIp,
        waitForClock,
    };
    let refusal: unknown;
    try {
        context.caller = options.iam.authenticate(request);
    } catch (error) {
        if (!(error instanceof ServiceError)) throw error;
        refusal = error;
    }
    return responder(request, context, (access) => {
        if (refusal !== undefined) throw refusal;
        if (context.caller.kind === "anonymous" && access.every(({ resourcePolicy }) => resourcePolicy === undefined)) {
            throw new ServiceError("MissingAuthenticationTokenException", "Missing Authentication Token", 403);
        }
        for (const one of access) {
            const conditions = { "aws:SourceIp": [request.sourceIp], ...one.conditions };
            options.iam.authorize(context.caller, { ...one, conditions }, one.resourcePolicy);
        }
    });
}

function notServed(what: string | undefined): HttpResponse {
    return what === undefined
        ? plain(404, "Nothing is served at this path. AWS API calls must be signed, or carry an x-amz-target header.")
        : plain(501, `The local cloud does not run the service that this request names: ${what}.`);
}

function plain(status: number, message: string): HttpResponse {
    return { status, headers: { "content-type": "application/json" }, body: `${JSON.stringify({ message })}\n` };
}
