import { EventBridgeClient } from "@aws-sdk/client-eventbridge";

import { Activity } from "../../../local/activity";
import { VirtualClock } from "../../../local/clock";
import { developerOnly, type Endpoint, startEndpoint } from "../../../local/endpoint/server";
import type { ServiceError } from "../../../local/errors";
import { Events } from "../../../local/eventbridge";
import { Faults } from "../../../local/faults";
import { Iam } from "../../../local/iam";
import type { Store } from "../../../local/store";
import { type Delivery, Targets } from "../../../local/targets";

export const PLACE = { region: "eu-west-1", account: "123456789012" };
export const QUEUE = `arn:aws:sqs:${PLACE.region}:${PLACE.account}:q`;
export const DEAD = `arn:aws:sqs:${PLACE.region}:${PLACE.account}:dead`;

/** EventBridge behind an endpoint; queues take what they get, unless they are told to refuse. */
export class EventsFixture {
    readonly clock = new VirtualClock();
    readonly activity = new Activity();
    readonly delivered: Delivery[] = [];
    readonly lost: string[] = [];
    /** What deliveries to {@link QUEUE} fail with; undefined where they succeed. */
    refusal: ServiceError | undefined;
    readonly events: Events;
    #endpoint: Endpoint | undefined;
    #client: EventBridgeClient | undefined;

    static async start(store?: Store): Promise<EventsFixture> {
        const fixture = new EventsFixture(store);
        await fixture.#listen();
        return fixture;
    }

    private constructor(store: Store | undefined) {
        const { clock } = this;
        const faults = new Faults();
        const targets = new Targets(clock, this.activity, faults);
        const deliver = (delivery: Delivery): Promise<undefined> => {
            if (delivery.targetArn === QUEUE && this.refusal !== undefined) return Promise.reject(this.refusal);
            this.delivered.push(delivery);
            return Promise.resolve(undefined);
        };
        targets.register("sqs", { deliver });
        this.events = new Events({
            clock,
            ...PLACE,
            store,
            targets,
            faults,
            iam: new Iam({ clock, account: PLACE.account }),
            logs: { put: (_group, _stream, messages) => this.lost.push(...messages) > 0 },
        });
        targets.register("events", this.events.target);
    }

    async #listen(): Promise<void> {
        this.#endpoint = await startEndpoint({
            port: 0,
            ...PLACE,
            iam: developerOnly,
            services: [this.events.service],
            routes: [],
            activity: this.activity,
        });
        this.#client = new EventBridgeClient({
            endpoint: this.#endpoint.url,
            region: PLACE.region,
            credentials: { accessKeyId: "a", secretAccessKey: "b" },
        });
    }

    get client(): EventBridgeClient {
        if (this.#client === undefined) throw new Error("not started");
        return this.#client;
    }

    /** Bodies of what came to the queue. */
    get bodies(): unknown[] {
        return this.delivered
            .filter(({ targetArn }) => targetArn === QUEUE)
            .map(({ body }): unknown => JSON.parse(body));
    }

    advance(ms: number): Promise<void> {
        return this.clock.advance(ms, () => this.activity.quiet());
    }

    async close(): Promise<void> {
        this.#client?.destroy();
        this.events.close();
        await this.#endpoint?.close();
    }
}
