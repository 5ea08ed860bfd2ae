import type { Clock } from "../clock";
import { ServiceError } from "../errors";
import type { AccessRequest, HttpRequest, HttpResponse, HttpService, Materialisers, RequestContext } from "../service";
import { MEMORY, type Store } from "../store";
import type { Delivery } from "../targets";
import { bucketOperations } from "./bucket-operations";
import { Buckets } from "./buckets";
import { refusals } from "./errors";
import type { Happened } from "./events";
import { s3Materialisers } from "./materialisers";
import { Notifications } from "./notifications";
import { objectOperations } from "./object-operations";
import type { S3Operation } from "./operation";
import { isS3Host, readRequest, type S3Request } from "./request";
import { uploadOperations } from "./upload-operations";
import { xmlError } from "./xml";

export interface S3Options {
    clock: Clock;
    region: string;
    account: string;
    /** Default: nothing is kept. */
    store?: Store;
    targets: { deliver(delivery: Delivery): Promise<unknown> };
    faults: { newId(resource: string, content: string): string };
    logs: {
        put(logGroupName: string, streamName: string, messages: string[], options: { createGroup: boolean }): boolean;
    };
}

/** Where it is told what could not be delivered. */
const LOST_GROUP = "/aws/s3/undelivered";

/** Parameters that name what is not here: a request that has one must not be taken for another. */
const UNKNOWN_QUERY =
    /^(acl|accelerate|analytics|attributes|intelligent-tiering|inventory|legal-hold|metrics|object-lock|policyStatus|replication|requestPayment|restore|retention|select|torrent|versionId|versioning|versions)$/;

/** S3: https://docs.aws.amazon.com/AmazonS3/latest/API/Welcome.html */
export class S3 {
    readonly service: HttpService;
    readonly materialisers: Materialisers;
    readonly buckets: Buckets;
    readonly #options: S3Options;
    readonly #notifications: Notifications;
    readonly #operations: S3Operation[];
    #sequence = 0;

    constructor(options: S3Options) {
        const { clock, region, account, store = MEMORY, targets, faults, logs } = options;
        this.#options = options;
        this.buckets = new Buckets(clock, store);
        this.#notifications = new Notifications({
            clock,
            region,
            account,
            store,
            deliver: (delivery) => targets.deliver(delivery),
            newId: (resource, content) => faults.newId(resource, content),
            lost: (text) => void logs.put(LOST_GROUP, "notifications", [text], { createGroup: true }),
        });
        const now = (): number => clock.now();
        const happened = (event: Happened, request: S3Request): void => this.#tell(event, request);
        // Those that ask for more of a request come first.
        this.#operations = [
            ...uploadOperations(this.buckets, now, happened),
            ...objectOperations(this.buckets, now, happened),
            ...bucketOperations(this.buckets, options),
        ];
        this.materialisers = s3Materialisers(this.buckets, now);
        this.service = {
            protocol: "http",
            signingName: "s3",
            claims: (request) => this.#claims(request),
            answer: (request, context, guard) => this.#answer(request, context, guard),
        };
    }

    /** Goes on with what an earlier run has left. Call it once the destinations exist. */
    resume(): void {
        this.#notifications.resume();
    }

    close(): void {
        this.#notifications.close();
    }

    /** Requests without a signature: to S3's hosts, or to a path that begins with a bucket's name. */
    #claims(request: HttpRequest): boolean {
        const [, bucket = ""] = request.path.split("/");
        return isS3Host(request) || this.buckets.find(bucket) !== undefined;
    }

    #answer(
        http: HttpRequest,
        context: RequestContext,
        guard: (access: AccessRequest[]) => void,
    ): Promise<HttpResponse> {
        const headers = { "x-amz-request-id": context.requestId, "x-amz-id-2": context.requestId };
        try {
            const request = readRequest(http, context);
            const operation = this.#operationFor(request);
            guard(operation.access(request, (bucket) => this.buckets.find(bucket)?.documents["policy"]));
            const { status, headers: more = {}, body = "" } = operation.run(request);
            const type: Record<string, string> =
                typeof body === "string" && body !== "" ? { "content-type": "application/xml" } : {};
            return Promise.resolve({ status, headers: { ...headers, ...type, ...more }, body });
        } catch (error) {
            if (!(error instanceof ServiceError)) return Promise.reject(error as Error);
            const { name, message, status, fields } = withS3sName(error);
            const content = {
                Code: name.replace(/Exception$/, ""),
                Message: message,
                ...fields,
                RequestId: context.requestId,
            };
            const type = { "content-type": "application/xml" };
            return Promise.resolve({ status, headers: { ...headers, ...type }, body: xmlError(content) });
        }
    }

    #operationFor(request: S3Request): S3Operation {
        const { method, bucket, key, query, headers } = request;
        const on = key !== "" ? "object" : bucket !== "" ? "bucket" : "account";
        const unknown = [...query.keys()].find((name) => UNKNOWN_QUERY.test(name));
        const found = this.#operations.find(
            (each) =>
                each.method === method &&
                each.on === on &&
                (each.query === undefined || query.has(each.query)) &&
                (each.header === undefined || headers[each.header] !== undefined),
        );
        if (found === undefined || unknown !== undefined) {
            throw refusals.notImplemented(
                `${method} of ${on === "account" ? "the account" : `a ${on}`}${unknown === undefined ? "" : ` with ?${unknown}`}`,
            );
        }
        return found;
    }

    #tell(happened: Happened, { bucket, context }: S3Request): void {
        const { clock, region, account } = this.#options;
        const at = clock.now();
        this.#notifications.tell(this.buckets.get(bucket).notifications, happened, {
            region,
            account,
            at,
            requestId: context.requestId,
            sourceIp: context.sourceIp,
            principalId: context.caller.userId === "" ? "Anonymous" : context.caller.userId,
            sequencer: (at * 1000 + (this.#sequence++ % 1000)).toString(16).toUpperCase().padStart(18, "0"),
        });
    }
}

/** Requests without a signature may be allowed here, so that its absence is no error of its own. */
function withS3sName(error: ServiceError): ServiceError {
    const isUnsigned = error.name === "MissingAuthenticationTokenException";
    return isUnsigned ? new ServiceError("AccessDenied", "Access Denied", 403) : error;
}
