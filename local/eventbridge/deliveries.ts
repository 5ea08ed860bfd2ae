import { createHash } from "node:crypto";

import type { Clock, Timer } from "../clock";
import { ServiceError } from "../errors";
import type { Records, Store } from "../store";
import { type Delivery, isRetryable } from "../targets";
import type { BusEvent, Rule, RuleTarget } from "./model";
import { targetInput } from "./target-input";

/** An event on its way to one target of one rule. */
interface Pending {
    id: string;
    busName: string;
    ruleName: string;
    targetId: string;
    event: BusEvent;
    attempts: number;
    /** Milliseconds since 1970-01-01 UTC, as `dueAt`, when it is tried next. */
    acceptedAt: number;
    dueAt: number;
}

export interface DeliveriesOptions {
    clock: Clock;
    store: Store;
    /** Undefined where the rule or its target are gone. */
    find: (busName: string, ruleName: string, targetId: string) => { rule: Rule; target: RuleTarget } | undefined;
    deliver: (delivery: Delivery) => Promise<unknown>;
    newId: (resource: string, content: string) => string;
    /** Is told of what could not be delivered, nor put into a dead-letter queue. */
    lost: (text: string) => void;
}

/** https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-rule-retry-policy.html */
const RETRY_DEFAULTS = { attempts: 185, ageSeconds: 24 * 60 * 60 };
const FIRST_WAIT_MS = 1_000;
const LONGEST_WAIT_MS = 10 * 60_000;

/** Takes events to the targets of rules, again where that fails, and to dead-letter queues in the end. */
export class Deliveries {
    readonly #options: DeliveriesOptions;
    readonly #kept: Records<Pending>;
    readonly #retries = new Set<Timer>();
    #isClosed = false;

    constructor(options: DeliveriesOptions) {
        this.#options = options;
        this.#kept = options.store.records("events/deliveries");
    }

    accept(rule: Rule, target: RuleTarget, event: BusEvent): void {
        const now = this.#options.clock.now();
        const pending: Pending = {
            id: this.#options.newId(target.Arn, `${rule.arn} ${target.Id} ${JSON.stringify(event.detail)}`),
            busName: rule.busName,
            ruleName: rule.name,
            targetId: target.Id,
            event,
            attempts: 0,
            acceptedAt: now,
            dueAt: now,
        };
        this.#kept.put(pending.id, pending);
        void this.#attempt(pending);
    }

    /** Goes on with the deliveries of an earlier run. Call it once the rules exist. */
    resume(): void {
        for (const [, pending] of this.#kept.load()) this.#schedule(pending);
    }

    /** Leaves what waits for another attempt to a later run, if there is one. */
    close(): void {
        this.#isClosed = true;
        for (const retry of this.#retries) retry.cancel();
    }

    async #attempt(pending: Pending): Promise<void> {
        const found = this.#options.find(pending.busName, pending.ruleName, pending.targetId);
        if (found === undefined) return this.#kept.delete(pending.id);
        const { rule, target } = found;
        try {
            await this.#options.deliver(deliveryOf(pending, rule, target));
            this.#kept.delete(pending.id);
        } catch (error) {
            if (this.#isClosed) return;
            await this.#failed({ ...pending, attempts: pending.attempts + 1 }, rule, target, error);
        }
    }

    async #failed(pending: Pending, rule: Rule, target: RuleTarget, error: unknown): Promise<void> {
        const { MaximumRetryAttempts: most, MaximumEventAgeInSeconds: age } = target.RetryPolicy ?? {};
        const dueAt = this.#options.clock.now() + waitMs(pending);
        const isTooOld = dueAt - pending.acceptedAt > (age ?? RETRY_DEFAULTS.ageSeconds) * 1000;
        const isExhausted = pending.attempts > (most ?? RETRY_DEFAULTS.attempts);
        if (isRetryable(error) && !isTooOld && !isExhausted) {
            const next = { ...pending, dueAt };
            this.#kept.put(next.id, next);
            return this.#schedule(next);
        }
        const condition = isTooOld ? "MaximumEventAgeInSeconds" : "MaximumRetryAttempts";
        await this.#giveUp(pending, rule, target, error, isRetryable(error) ? condition : undefined);
        this.#kept.delete(pending.id);
    }

    #schedule(pending: Pending): void {
        const { clock } = this.#options;
        const retry = clock.after(pending.dueAt - clock.now(), () => {
            this.#retries.delete(retry);
            void this.#attempt(pending);
        });
        this.#retries.add(retry);
    }

    /** https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-rule-dlq.html */
    async #giveUp(
        pending: Pending,
        rule: Rule,
        target: RuleTarget,
        error: unknown,
        condition: string | undefined,
    ): Promise<void> {
        const queueArn = target.DeadLetterConfig?.Arn;
        const message = error instanceof Error ? error.message : String(error);
        const what = `Event ${pending.event.id} of rule ${rule.arn} for ${target.Arn}`;
        if (queueArn === undefined) return this.#options.lost(`${what} was not delivered: ${message}`);
        const attributes = {
            RULE_ARN: rule.arn,
            TARGET_ARN: target.Arn,
            ERROR_CODE: error instanceof ServiceError ? error.name : "INTERNAL_ERROR",
            ERROR_MESSAGE: message.slice(0, 1024),
            ...(condition === undefined ? {} : { EXHAUSTED_RETRY_CONDITION: condition }),
            RETRY_ATTEMPTS: String(pending.attempts - 1),
        };
        const sender = { service: "events.amazonaws.com", sourceArn: rule.arn };
        const body = JSON.stringify(pending.event);
        try {
            const id = `${pending.id}/DeadLetter`;
            await this.#options.deliver({ id, attempt: 1, targetArn: queueArn, sender, body, attributes });
        } catch (failure) {
            const why = failure instanceof Error ? failure.message : String(failure);
            this.#options.lost(`${what} was not delivered: ${message}. Nor did its dead-letter queue take it: ${why}`);
        }
    }
}

function deliveryOf(pending: Pending, rule: Rule, target: RuleTarget): Delivery {
    const roleArn = target.RoleArn ?? rule.roleArn;
    return {
        id: pending.id,
        attempt: pending.attempts + 1,
        targetArn: target.Arn,
        sender: {
            service: "events.amazonaws.com",
            sourceArn: rule.arn,
            ...(roleArn === undefined ? {} : { roleArn }),
        },
        body: targetInput(target, rule, pending.event, pending.acceptedAt),
        messageGroupId: target.SqsParameters?.MessageGroupId,
    };
}

/** Ever longer, and spread by the delivery's id, so that what failed together is not tried again together. */
function waitMs({ id, attempts }: Pending): number {
    const longest = Math.min(FIRST_WAIT_MS * 2 ** (attempts - 1), LONGEST_WAIT_MS);
    const share = createHash("sha256").update(`${id} ${attempts}`).digest().readUInt16BE(0) / 2 ** 16;
    return Math.ceil(longest * (0.5 + share / 2));
}
