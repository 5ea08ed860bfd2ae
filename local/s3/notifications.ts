import type { Clock, Timer } from "../clock";
import type { Records, Store } from "../store";
import { type Delivery, isRetryable } from "../targets";
import { busEvent, type Circumstances, eventRecord, type Happened } from "./events";
import type { NotificationDestination, NotificationSettings } from "./model";

export interface NotificationsOptions {
    clock: Clock;
    region: string;
    account: string;
    store: Store;
    deliver: (delivery: Delivery) => Promise<unknown>;
    newId: (resource: string, content: string) => string;
    /** Is told of what could not be delivered. */
    lost: (text: string) => void;
}

/** A notification on its way. */
type Pending = Omit<Delivery, "attempt"> & { attempts: number };

const FIRST_WAIT_MS = 1_000;
const LONGEST_WAIT_MS = 5 * 60_000;
/** S3 does not say for how long it tries; this is about a day. */
const MOST_ATTEMPTS = 300;

/** Tells functions, queues, topics and the event bus what happens to objects, at least once. */
export class Notifications {
    readonly #options: NotificationsOptions;
    readonly #kept: Records<Pending>;
    readonly #retries = new Set<Timer>();
    #isClosed = false;

    constructor(options: NotificationsOptions) {
        this.#options = options;
        this.#kept = options.store.records("s3/notifications");
    }

    tell({ eventBridge, destinations }: NotificationSettings, happened: Happened, circumstances: Circumstances): void {
        const { region, account } = this.#options;
        const { bucket, key } = happened.object;
        const sourceArn = `arn:aws:s3:::${bucket}`;
        for (const destination of destinations.filter((each) => wants(each, happened.event, key))) {
            const body = JSON.stringify({ Records: [eventRecord(happened, circumstances, destination.id)] });
            this.#accept({ targetArn: destination.arn, sourceArn, body });
        }
        if (!eventBridge) return;
        const { detailType, detail } = busEvent(happened, circumstances);
        this.#accept({
            targetArn: `arn:aws:events:${region}:${account}:event-bus/default`,
            sourceArn,
            body: JSON.stringify(detail),
            event: { source: "aws.s3", detailType, resources: [sourceArn], time: circumstances.at },
        });
    }

    /** Goes on with what an earlier run has left. Call it once the destinations exist. */
    resume(): void {
        for (const [, pending] of this.#kept.load()) void this.#attempt(pending);
    }

    close(): void {
        this.#isClosed = true;
        for (const retry of this.#retries) retry.cancel();
    }

    #accept({ sourceArn, ...delivery }: Pick<Delivery, "targetArn" | "body" | "event"> & { sourceArn: string }): void {
        const id = this.#options.newId(delivery.targetArn, delivery.body);
        const pending = { ...delivery, id, sender: { service: "s3.amazonaws.com", sourceArn }, attempts: 0 };
        this.#kept.put(id, pending);
        void this.#attempt(pending);
    }

    async #attempt({ attempts, ...delivery }: Pending): Promise<void> {
        try {
            await this.#options.deliver({ ...delivery, attempt: attempts + 1 });
            this.#kept.delete(delivery.id);
        } catch (error) {
            if (this.#isClosed) return;
            this.#failed({ ...delivery, attempts: attempts + 1 }, error);
        }
    }

    #failed(pending: Pending, error: unknown): void {
        const { id, attempts, targetArn, sender } = pending;
        if (isRetryable(error) && attempts < MOST_ATTEMPTS) {
            this.#kept.put(id, pending);
            const waitMs = Math.min(FIRST_WAIT_MS * 2 ** (attempts - 1), LONGEST_WAIT_MS);
            const retry = this.#options.clock.after(waitMs, () => {
                this.#retries.delete(retry);
                void this.#attempt(pending);
            });
            this.#retries.add(retry);
            return;
        }
        this.#kept.delete(id);
        const why = error instanceof Error ? error.message : String(error);
        this.#options.lost(`A notification of ${sender.sourceArn} for ${targetArn} was not delivered: ${why}`);
    }
}

function wants({ events, prefix, suffix }: NotificationDestination, event: string, key: string): boolean {
    if (!key.startsWith(prefix) || !key.endsWith(suffix)) return false;
    return events.some((each) =>
        each.endsWith(":*") ? `s3:${event}`.startsWith(each.slice(0, -1)) : each === `s3:${event}`,
    );
}
