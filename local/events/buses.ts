import type { Clock } from "../clock";
import { ServiceError } from "../errors";
import { compilePatternText, type EventPredicate, PatternError } from "../patterns";
import { compileSchedule, type Schedule, ScheduleError } from "../schedules";
import type { Records, Store } from "../store";
import {
    type ArnOf,
    type BusSettings,
    DEFAULT_BUS,
    type EventBus,
    type Rule,
    ruleArn,
    type RuleSettings,
    type RuleTarget,
} from "./model";
import { invalid, missing } from "./refusals";

/** What is kept of a bus that a client has created or changed. */
interface KeptBus {
    settings: BusSettings;
    statements: [string, object][];
    createdAt: number;
    modifiedAt: number;
    tags: [string, string][];
}

/** What is kept of a rule that a client has created or changed, with its targets. */
interface KeptRule {
    settings: RuleSettings;
    targets: RuleTarget[];
    createdAt: number;
    tags: [string, string][];
}

/** The account's buses and their rules. */
export class Buses {
    readonly #buses = new Map<string, EventBus>();
    readonly #keptBuses: Records<KeptBus>;
    readonly #keptRules: Records<KeptRule>;

    constructor(
        private readonly clock: Clock,
        store: Store,
        private readonly arnOf: ArnOf,
    ) {
        this.#keptBuses = store.records("events/buses");
        this.#keptRules = store.records("events/rules");
        this.put(DEFAULT_BUS, {});
        this.#restore();
    }

    get all(): EventBus[] {
        return [...this.#buses.values()].sort((one, other) => (one.name < other.name ? -1 : 1));
    }

    /** Adds a bus; one that exists keeps its rules and gets other settings. */
    put(name: string, settings: BusSettings): EventBus {
        const now = this.clock.now();
        const bus = this.#buses.get(name) ?? {
            name,
            arn: this.arnOf("event-bus", name),
            settings,
            statements: new Map<string, object>(),
            rules: new Map<string, Rule>(),
            createdAt: now,
            modifiedAt: now,
            tags: new Map<string, string>(),
        };
        bus.settings = settings;
        bus.modifiedAt = now;
        this.#buses.set(name, bus);
        return bus;
    }

    remove(name: string): void {
        for (const rule of this.#buses.get(name)?.rules.values() ?? []) this.removeRule(rule);
        this.#buses.delete(name);
        this.#keptBuses.delete(name);
    }

    get(nameOrArn: string): EventBus | undefined {
        return this.#buses.get(nameOrArn.replace(/^arn:.*:event-bus\//, ""));
    }

    /** @throws ServiceError ResourceNotFoundException */
    find(nameOrArn: string = DEFAULT_BUS): EventBus {
        const bus = this.get(nameOrArn);
        if (bus === undefined) throw missing(`Event bus ${nameOrArn}`);
        return bus;
    }

    /** @throws ServiceError ResourceNotFoundException */
    rule(name: string, busName?: string): Rule {
        const bus = this.find(busName);
        const rule = bus.rules.get(name);
        if (rule === undefined) {
            throw new ServiceError(
                "ResourceNotFoundException",
                `Rule ${name} does not exist on EventBus ${bus.name}.`,
            );
        }
        return rule;
    }

    /**
     * Creates a rule, or changes the one of this name, which keeps its targets.
     * @throws ServiceError InvalidEventPatternException, ValidationException, ResourceNotFoundException
     */
    putRule(settings: RuleSettings): Rule {
        const bus = this.find(settings.busName);
        const { name, eventPattern, scheduleExpression } = settings;
        if (eventPattern === undefined && scheduleExpression === undefined) {
            throw invalid("Parameter(s) EventPattern or ScheduleExpression must be specified.");
        }
        if (scheduleExpression !== undefined && bus.name !== DEFAULT_BUS) {
            throw invalid("ScheduleExpression is supported only on the default event bus.");
        }
        const before = bus.rules.get(name);
        const rule: Rule = {
            ...settings,
            busName: bus.name,
            arn: ruleArn(this.arnOf, bus.name, name),
            state: settings.state ?? "ENABLED",
            fits: eventPattern === undefined ? () => false : patternOf(eventPattern),
            schedule: scheduleExpression === undefined ? undefined : scheduleOf(scheduleExpression),
            createdAt: before?.createdAt ?? this.clock.now(),
            targets: before?.targets ?? new Map(),
            tags: before?.tags ?? new Map(),
        };
        bus.rules.set(name, rule);
        return rule;
    }

    removeRule({ busName, name }: Rule): void {
        this.#buses.get(busName)?.rules.delete(name);
        this.#keptRules.delete(`${busName}/${name}`);
    }

    /** Makes what a client has created or changed outlive the cloud. */
    keep({ name, settings, statements, createdAt, modifiedAt, tags }: EventBus): void {
        this.#keptBuses.put(name, { settings, statements: [...statements], createdAt, modifiedAt, tags: [...tags] });
    }

    keepRule({ targets, createdAt, tags, ...rule }: Rule): void {
        const { name, busName, description, state, eventPattern, scheduleExpression, roleArn } = rule;
        this.#keptRules.put(`${busName}/${name}`, {
            settings: { name, busName, description, state, eventPattern, scheduleExpression, roleArn },
            targets: [...targets.values()],
            createdAt,
            tags: [...tags],
        });
    }

    #restore(): void {
        for (const [name, { settings, statements, createdAt, modifiedAt, tags }] of this.#keptBuses.load()) {
            const bus = this.put(name, settings);
            Object.assign(bus, { statements: new Map(statements), createdAt, modifiedAt, tags: new Map(tags) });
        }
        for (const [, { settings, targets, createdAt, tags }] of this.#keptRules.load()) {
            // A graph's bus is not there yet: it will take over what is put here in its place.
            if (this.get(settings.busName) === undefined) this.put(settings.busName, {});
            const rule = this.putRule(settings);
            rule.createdAt = createdAt;
            for (const target of targets) rule.targets.set(target.Id, target);
            for (const [key, value] of tags) rule.tags.set(key, value);
        }
    }
}

/** @throws ServiceError InvalidEventPatternException */
export function patternOf(text: string): EventPredicate {
    try {
        return compilePatternText(text);
    } catch (error) {
        if (!(error instanceof PatternError)) throw error;
        throw new ServiceError("InvalidEventPatternException", error.message);
    }
}

function scheduleOf(expression: string): Schedule {
    // One-time schedules are EventBridge Scheduler's:
    // https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-scheduled-rule-pattern.html
    if (!/^(rate|cron)\(/.test(expression)) throw invalid("Parameter ScheduleExpression is not valid.");
    try {
        return compileSchedule(expression);
    } catch (error) {
        if (!(error instanceof ScheduleError)) throw error;
        throw invalid("Parameter ScheduleExpression is not valid.");
    }
}
