import { SQSClient } from "@aws-sdk/client-sqs";

import { Activity } from "../../../local/activity";
import { VirtualClock } from "../../../local/clock";
import { developerOnly, type Endpoint, startEndpoint } from "../../../local/endpoint/server";
import { Faults } from "../../../local/faults";
import { Iam } from "../../../local/iam";
import { Sqs } from "../../../local/sqs";
import type { Store } from "../../../local/store";

export const PLACE = { region: "eu-west-1", account: "123456789012" };

/** SQS behind an endpoint, for SDK clients, in time that a test lets pass. */
export class SqsFixture {
    readonly clock = new VirtualClock();
    readonly activity = new Activity();
    readonly sqs: Sqs;
    readonly client: SQSClient;
    readonly #endpoint: Endpoint;

    static async start(store?: Store): Promise<SqsFixture> {
        const clock = new VirtualClock();
        const activity = new Activity();
        const address = { url: "" };
        const iam = new Iam({ clock, account: PLACE.account });
        const sqs = new Sqs({ clock, ...PLACE, store, iam, faults: new Faults(), endpoint: () => address.url });
        const endpoint = await startEndpoint({
            port: 0,
            ...PLACE,
            iam: developerOnly,
            services: [sqs.service],
            routes: [],
            activity,
            store,
        });
        address.url = endpoint.url;
        return new SqsFixture(sqs, endpoint, { clock, activity });
    }

    private constructor(sqs: Sqs, endpoint: Endpoint, time: { clock: VirtualClock; activity: Activity }) {
        this.sqs = sqs;
        this.#endpoint = endpoint;
        this.clock = time.clock;
        this.activity = time.activity;
        this.client = new SQSClient({
            endpoint: endpoint.url,
            region: PLACE.region,
            credentials: { accessKeyId: "a", secretAccessKey: "b" },
        });
    }

    advance(ms: number): Promise<void> {
        return this.clock.advance(ms, () => this.activity.quiet());
    }

    async close(): Promise<void> {
        this.client.destroy();
        this.sqs.close();
        await this.#endpoint.close();
    }
}
