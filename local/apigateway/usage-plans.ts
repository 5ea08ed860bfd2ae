import type { Clock } from "../clock";
import { MEMORY, type Records, type Store } from "../store";
import type { Throttle } from "./throttle";

export interface ApiKey {
    id: string;
    name: string;
    value: string;
    enabled: boolean;
    description?: string;
    customerId?: string;
    createdAt: number;
    tags: Record<string, string>;
}

export interface Quota {
    limit: number;
    /** Requests taken off the limit of the first period. */
    offset: number;
    period: "DAY" | "WEEK" | "MONTH";
}

export interface PlanStage {
    apiId: string;
    stage: string;
    /** By `/orders/GET`. */
    throttles: Map<string, Throttle>;
}

export interface UsagePlan {
    id: string;
    name: string;
    description?: string;
    stages: PlanStage[];
    throttle?: Throttle;
    quota?: Quota;
    keyIds: Set<string>;
    createdAt: number;
    tags: Record<string, string>;
}

/** What a key may do at a stage. */
export interface Entitlement {
    key: ApiKey;
    plan: UsagePlan;
    planStage: PlanStage;
}

interface KeyUsage {
    periodStart: number;
    used: number;
    /** By UTC day: `[used that day, remaining at its end]`. */
    days: Map<number, [used: number, remaining: number]>;
}

type KeptUsage = Omit<KeyUsage, "days"> & { days: [number, [number, number]][] };

const DAY_MS = 86_400_000;

/**
 * API keys, usage plans and what was used of them. Periods begin at midnight UTC; weeks on Sunday, months on their first day.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-api-usage-plans.html
 */
export class UsagePlans {
    readonly keys = new Map<string, ApiKey>();
    readonly plans = new Map<string, UsagePlan>();
    readonly #keysByValue = new Map<string, ApiKey>();
    readonly #usage = new Map<string, KeyUsage>();
    readonly #kept: Records<KeptUsage>;

    constructor(
        private readonly clock: Clock,
        store: Store = MEMORY,
    ) {
        this.#kept = store.records("apigateway/usage");
        for (const [name, { days, ...usage }] of this.#kept.load()) {
            this.#usage.set(name, { ...usage, days: new Map(days) });
        }
    }

    /** @throws Error when another key has the same value: API Gateway tells keys apart by it. */
    addKey(key: ApiKey): void {
        const other = this.#keysByValue.get(key.value);
        if (other !== undefined && other.id !== key.id) {
            throw new Error(`The API keys "${other.name}" and "${key.name}" have the same value. Give each its own.`);
        }
        this.removeKey(key.id);
        this.keys.set(key.id, key);
        this.#keysByValue.set(key.value, key);
    }

    removeKey(id: string): void {
        const key = this.keys.get(id);
        if (key !== undefined) this.#keysByValue.delete(key.value);
        this.keys.delete(id);
    }

    /** Undefined when the key is unknown, disabled, or in no plan that holds the stage. */
    entitlement(value: string, apiId: string, stage: string): Entitlement | undefined {
        const key = this.#keysByValue.get(value);
        if (key === undefined || !key.enabled) return undefined;
        for (const plan of this.plans.values()) {
            if (!plan.keyIds.has(key.id)) continue;
            const planStage = plan.stages.find((one) => one.apiId === apiId && one.stage === stage);
            if (planStage !== undefined) return { key, plan, planStage };
        }
        return undefined;
    }

    /** Counts one request; false, and not counted, when the quota of the period is used up. */
    consume({ key, plan }: Entitlement): boolean {
        const usage = this.#current(plan, key.id);
        const remaining = this.#limit(plan, usage) - usage.used;
        if (remaining <= 0) return false;
        usage.used += 1;
        const today = Math.floor(this.clock.now() / DAY_MS);
        const [usedToday] = usage.days.get(today) ?? [0, 0];
        usage.days.set(today, [usedToday + 1, Number.isFinite(remaining) ? remaining - 1 : 0]);
        this.#kept.put(`${plan.id}/${key.id}`, { ...usage, days: [...usage.days] });
        return true;
    }

    /** `[used, remaining]` of each day, both ends included (milliseconds at midnight UTC). */
    usageByDay(plan: UsagePlan, keyId: string, from: number, to: number): [number, number][] {
        const usage = this.#usage.get(`${plan.id}/${keyId}`);
        const days: [number, number][] = [];
        let remaining = plan.quota?.limit ?? 0;
        for (let day = Math.floor(from / DAY_MS); day <= Math.floor(to / DAY_MS); day++) {
            const logged = usage?.days.get(day);
            if (plan.quota && periodStart(plan.quota, day * DAY_MS) === day * DAY_MS) remaining = plan.quota.limit;
            remaining = logged?.[1] ?? remaining;
            days.push([logged?.[0] ?? 0, remaining]);
        }
        return days;
    }

    #current(plan: UsagePlan, keyId: string): KeyUsage {
        const start = plan.quota === undefined ? 0 : periodStart(plan.quota, this.clock.now());
        const name = `${plan.id}/${keyId}`;
        let usage = this.#usage.get(name);
        if (usage === undefined) {
            usage = { periodStart: start, used: 0, days: new Map() };
            this.#usage.set(name, usage);
        }
        if (usage.periodStart !== start) {
            usage.periodStart = start;
            usage.used = 0;
        }
        return usage;
    }

    #limit({ quota, createdAt }: UsagePlan, usage: KeyUsage): number {
        if (quota === undefined) return Number.POSITIVE_INFINITY;
        return periodStart(quota, createdAt) === usage.periodStart ? quota.limit - quota.offset : quota.limit;
    }
}

function periodStart({ period }: Quota, at: number): number {
    const date = new Date(at);
    const day = Date.UTC(date.getUTCFullYear(), date.getUTCMonth(), date.getUTCDate());
    if (period === "DAY") return day;
    if (period === "WEEK") return day - date.getUTCDay() * DAY_MS;
    return Date.UTC(date.getUTCFullYear(), date.getUTCMonth(), 1);
}
