import type { Clock } from "../clock";
import { ServiceError } from "../errors";
import { compilePattern, PatternError } from "../patterns";
import { compileSchedule, ScheduleError } from "../schedules";
import { DEFAULT_BUS, type EventBus, type Rule } from "./model";
import { invalid, missing } from "./refusals";

export interface RuleSettings {
    name: string;
    busName: string;
    description?: string;
    state?: string;
    eventPattern?: string;
    scheduleExpression?: string;
    roleArn?: string;
}

/** The account's buses and their rules. */
export class Buses {
    readonly #buses = new Map<string, EventBus>();

    constructor(
        private readonly clock: Clock,
        private readonly place: { region: string; account: string },
    ) {
        this.add(DEFAULT_BUS, "");
    }

    get all(): EventBus[] {
        return [...this.#buses.values()];
    }

    arnOf(kind: "event-bus" | "rule", name: string): string {
        return `arn:aws:events:${this.place.region}:${this.place.account}:${kind}/${name}`;
    }

    /** Adds a bus; one that exists keeps its rules. */
    add(name: string, description: string): EventBus {
        const bus = this.#buses.get(name) ?? {
            name,
            arn: this.arnOf("event-bus", name),
            description,
            statements: new Map<string, object>(),
            rules: new Map<string, Rule>(),
            createdAt: this.clock.now(),
            tags: new Map<string, string>(),
        };
        bus.description = description;
        this.#buses.set(name, bus);
        return bus;
    }

    remove(name: string): void {
        this.#buses.delete(name);
    }

    get(nameOrArn: string): EventBus | undefined {
        return this.#buses.get(nameOrArn.replace(/^arn:.*:event-bus\//, ""));
    }

    /** @throws ServiceError ResourceNotFoundException */
    find(nameOrArn: unknown = DEFAULT_BUS): EventBus {
        const bus = this.get(String(nameOrArn));
        if (bus === undefined) throw missing(`Event bus ${String(nameOrArn)}`);
        return bus;
    }

    /** @throws ServiceError ResourceNotFoundException */
    rule(name: unknown, busName: unknown): Rule {
        const bus = this.find(busName);
        const rule = bus.rules.get(String(name));
        if (rule === undefined) throw missing(`Rule ${String(name)}`);
        return rule;
    }

    /**
     * Creates a rule, or changes the one of this name, which keeps its targets.
     * @throws ServiceError InvalidEventPatternException, ValidationException, ResourceNotFoundException
     */
    putRule(settings: RuleSettings): Rule {
        const bus = this.find(settings.busName);
        const { name, eventPattern, scheduleExpression } = settings;
        if (!/^[.\-_A-Za-z0-9]{1,64}$/.test(name)) throw invalid(`Rule name ${JSON.stringify(name)} is not valid.`);
        if (eventPattern === undefined && scheduleExpression === undefined) {
            throw invalid("Parameter(s) EventPattern or ScheduleExpression must be specified.");
        }
        if (scheduleExpression !== undefined && bus.name !== DEFAULT_BUS) {
            throw invalid("ScheduleExpression is supported only on the default event bus.");
        }
        const before = bus.rules.get(name);
        const rule: Rule = {
            name,
            arn: this.arnOf("rule", bus.name === DEFAULT_BUS ? name : `${bus.name}/${name}`),
            busName: bus.name,
            description: settings.description ?? "",
            state: settings.state === "DISABLED" ? "DISABLED" : "ENABLED",
            eventPattern,
            scheduleExpression,
            roleArn: settings.roleArn,
            ...this.#compile(eventPattern, scheduleExpression),
            createdAt: before?.createdAt ?? this.clock.now(),
            targets: before?.targets ?? new Map(),
            tags: before?.tags ?? new Map(),
        };
        bus.rules.set(name, rule);
        return rule;
    }

    #compile(pattern: string | undefined, schedule: string | undefined): Pick<Rule, "fits" | "schedule"> {
        try {
            return {
                fits: pattern === undefined ? () => false : compilePattern(JSON.parse(pattern)),
                schedule: schedule === undefined ? undefined : compileSchedule(schedule),
            };
        } catch (error) {
            const message = error instanceof Error ? error.message : String(error);
            if (error instanceof ScheduleError) throw invalid(message);
            const reason = error instanceof PatternError ? message : `Event pattern is not valid. Reason: ${message}`;
            throw new ServiceError("InvalidEventPatternException", reason);
        }
    }
}

/** A bus's policy as JSON text; undefined where nobody has been permitted anything. */
export function policyOf({ statements }: EventBus): string | undefined {
    if (statements.size === 0) return undefined;
    return JSON.stringify({ Version: "2012-10-17", Statement: [...statements.values()] });
}
