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
        this.forget(rule.arn);
        if (rule.schedule === undefined || rule.state === "DISABLED") return;
        const now = this.clock.now();
        const due = rule.schedule.next(now, rule.createdAt);
        if (due === undefined) return;
        const timer = this.clock.after(due - now, () => {
            this.#timers.delete(rule.arn);
            this.fire(rule, due);
            this.follow(rule);
        });
        this.#timers.set(rule.arn, timer);
    }

    forget(ruleArn: string): void {
        this.#timers.get(ruleArn)?.cancel();
        this.#timers.delete(ruleArn);
    }

    close(): void {
        for (const arn of [...this.#timers.keys()]) this.forget(arn);
    }
}
