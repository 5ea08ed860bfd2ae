import type { Clock, Timer } from "../clock";
import type { Rule } from "./model";

/** Fires the rules that have a schedule. What falls due while the cloud is down is not made up for, as a rate goes on. */
export class Scheduler {
    readonly #timers = new Map<string, Timer>();

    constructor(
        private readonly clock: Clock,
        private readonly fire: (rule: Rule, at: number) => void,
    ) {}

    /** Follows what the rule says now. */
    follow(rule: Rule): void {
        this.#followAfter(rule, this.clock.now());
    }

    forget(ruleArn: string): void {
        this.#timers.get(ruleArn)?.cancel();
        this.#timers.delete(ruleArn);
    }

    close(): void {
        for (const arn of [...this.#timers.keys()]) this.forget(arn);
    }

    #followAfter(rule: Rule, after: number): void {
        this.forget(rule.arn);
        if (rule.schedule === undefined || rule.state === "DISABLED") return;
        const due = rule.schedule.next(after, rule.createdAt);
        if (due === undefined) return;
        const timer = this.clock.after(due - this.clock.now(), () => {
            this.fire(rule, due);
            // The machine's timers may fire a little early: what has been fired is not due again.
            this.#followAfter(rule, Math.max(due, this.clock.now()));
        });
        this.#timers.set(rule.arn, timer);
    }
}
