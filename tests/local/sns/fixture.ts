import { createServer, type IncomingHttpHeaders, type Server } from "node:http";
import type { AddressInfo } from "node:net";

import { SNSClient, SubscribeCommand } from "@aws-sdk/client-sns";

import { Activity } from "../../../local/activity";
import { VirtualClock } from "../../../local/clock";
import { developerOnly, type Endpoint, startEndpoint } from "../../../local/endpoint/server";
import type { ServiceError } from "../../../local/errors";
import { Faults } from "../../../local/faults";
import { Iam } from "../../../local/iam";
import { Sns } from "../../../local/sns";
import type { Store } from "../../../local/store";
import { type Delivery, Targets } from "../../../local/targets";

export const PLACE = { region: "eu-west-1", account: "123456789012" };

export function queueArn(name: string): string {
    return `arn:aws:sqs:${PLACE.region}:${PLACE.account}:${name}`;
}

/** SNS behind an endpoint; queues and functions take what they get, unless they are told to refuse. */
export class SnsFixture {
    readonly clock = new VirtualClock();
    readonly activity = new Activity();
    readonly delivered: Delivery[] = [];
    readonly lost: string[] = [];
    /** What a delivery to some ARN fails with; undefined where it succeeds. */
    refuse: (delivery: Delivery) => ServiceError | undefined = () => undefined;
    readonly sns: Sns;
    #endpoint: Endpoint | undefined;
    #client: SNSClient | undefined;

    static async start(store?: Store): Promise<SnsFixture> {
        const fixture = new SnsFixture(store);
        await fixture.#listen();
        return fixture;
    }

    private constructor(store: Store | undefined) {
        const { clock, activity } = this;
        const faults = new Faults();
        const targets = new Targets(clock, activity, faults);
        const deliver = (delivery: Delivery): Promise<undefined> => {
            const refusal = this.refuse(delivery);
            if (refusal !== undefined) return Promise.reject(refusal);
            this.delivered.push(delivery);
            return Promise.resolve(undefined);
        };
        targets.register("sqs", { deliver });
        targets.register("lambda", { deliver });
        this.sns = new Sns({
            clock,
            ...PLACE,
            store,
            activity,
            targets,
            faults,
            iam: new Iam({ clock, account: PLACE.account }),
            logs: { put: (_group, _stream, messages) => this.lost.push(...messages) > 0 },
            endpoint: () => this.url,
        });
    }

    async #listen(): Promise<void> {
        this.#endpoint = await startEndpoint({
            port: 0,
            ...PLACE,
            iam: developerOnly,
            services: [this.sns.service],
            routes: [this.sns.route],
            activity: this.activity,
        });
        this.#client = new SNSClient({
            endpoint: this.#endpoint.url,
            region: PLACE.region,
            credentials: { accessKeyId: "a", secretAccessKey: "b" },
        });
    }

    get url(): string {
        return this.#endpoint?.url ?? "";
    }

    get client(): SNSClient {
        if (this.#client === undefined) throw new Error("not started");
        return this.#client;
    }

    async subscribe(
        TopicArn: string,
        Endpoint: string,
        Attributes: Record<string, string> = {},
        Protocol = "sqs",
    ): Promise<string> {
        const { SubscriptionArn = "" } = await this.client.send(
            new SubscribeCommand({ TopicArn, Endpoint, Protocol, Attributes, ReturnSubscriptionArn: true }),
        );
        return SubscriptionArn;
    }

    /** Bodies of what came to a queue or function. */
    bodies(arn: string): string[] {
        return this.delivered.filter(({ targetArn }) => targetArn === arn).map(({ body }) => body);
    }

    /** The messages in the envelopes that came to a queue. */
    messages(arn: string): unknown[] {
        return this.bodies(arn).map((body) => (JSON.parse(body) as { Message: unknown }).Message);
    }

    advance(ms: number): Promise<void> {
        return this.clock.advance(ms, () => this.activity.quiet());
    }

    async close(): Promise<void> {
        this.#client?.destroy();
        this.sns.close();
        await this.#endpoint?.close();
    }
}

export interface Received {
    headers: IncomingHttpHeaders;
    body: string;
}

/** An HTTP subscriber on a free port. */
export class Subscriber {
    readonly received: Received[] = [];
    status = 200;
    readonly #server: Server;
    #waiting: (() => void)[] = [];

    private constructor() {
        this.#server = createServer((request, response) => {
            let body = "";
            request.on("data", (chunk: Buffer) => (body += chunk.toString()));
            request.on("end", () => {
                this.received.push({ headers: request.headers, body });
                response.writeHead(this.status).end();
                for (const resolve of this.#waiting.splice(0)) resolve();
            });
        });
    }

    static async start(): Promise<Subscriber> {
        const subscriber = new Subscriber();
        await new Promise<void>((resolve) => subscriber.#server.listen(0, "127.0.0.1", resolve));
        return subscriber;
    }

    get url(): string {
        return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/hook`;
    }

    /** Settles once so many requests have come. */
    async has(count: number): Promise<void> {
        while (this.received.length < count) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }

    close(): void {
        this.#server.closeAllConnections();
        this.#server.close();
    }
}
