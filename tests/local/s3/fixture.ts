import { S3Client } from "@aws-sdk/client-s3";

import { Activity } from "../../../local/activity";
import { VirtualClock } from "../../../local/clock";
import { type Endpoint, startEndpoint } from "../../../local/endpoint/server";
import type { ServiceError } from "../../../local/errors";
import { Faults } from "../../../local/faults";
import { Iam } from "../../../local/iam";
import { S3 } from "../../../local/s3";
import type { Store } from "../../../local/store";
import { type Delivery, Targets } from "../../../local/targets";

export const PLACE = { region: "eu-west-1", account: "123456789012" };

/** S3 behind an endpoint; functions, queues and the bus take what they get, unless they are told to refuse. */
export class S3Fixture {
    readonly clock = new VirtualClock();
    readonly activity = new Activity();
    readonly delivered: Delivery[] = [];
    readonly lost: string[] = [];
    refuse: (delivery: Delivery) => ServiceError | undefined = () => undefined;
    readonly s3: S3;
    #endpoint: Endpoint | undefined;
    #client: S3Client | undefined;

    static async start(store?: Store): Promise<S3Fixture> {
        const fixture = new S3Fixture(store);
        await fixture.#listen(store);
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
        for (const service of ["lambda", "sqs", "sns", "events"]) targets.register(service, { deliver });
        this.s3 = new S3({
            clock,
            ...PLACE,
            store,
            targets,
            faults,
            logs: { put: (_group, _stream, messages) => this.lost.push(...messages) > 0 },
        });
    }

    async #listen(store: Store | undefined): Promise<void> {
        this.#endpoint = await startEndpoint({
            port: 0,
            ...PLACE,
            iam: new Iam({ clock: this.clock, account: PLACE.account }),
            services: [this.s3.service],
            routes: [],
            activity: this.activity,
            store,
        });
        this.#client = new S3Client({
            endpoint: this.#endpoint.url,
            region: PLACE.region,
            credentials: { accessKeyId: "a", secretAccessKey: "b" },
        });
    }

    get url(): string {
        return this.#endpoint?.url ?? "";
    }

    get client(): S3Client {
        if (this.#client === undefined) throw new Error("not started");
        return this.#client;
    }

    advance(ms: number): Promise<void> {
        return this.clock.advance(ms, () => this.activity.quiet());
    }

    async close(): Promise<void> {
        this.#client?.destroy();
        this.s3.close();
        await this.#endpoint?.close();
    }
}
