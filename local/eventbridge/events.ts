import type { Clock } from "../clock";
import { ServiceError } from "../errors";
import type { AccessRequest, JsonObject, JsonService, Materialisers } from "../service";
import { MEMORY, type Store } from "../store";
import type { Delivery, Target } from "../targets";
import { Buses, policyOf } from "./buses";
import { Deliveries } from "./deliveries";
import { eventsMaterialisers } from "./materialisers";
import { type BusEvent, DEFAULT_BUS, type EventBus, type Rule } from "./model";
import { eventsService } from "./operations";
import { type EntryError, type EventEntry, readEntries } from "./put-events";
import { Scheduler } from "./scheduler";

export interface EventsOptions {
    clock: Clock;
    region: string;
    account: string;
    /** Default: nothing is kept. */
    store?: Store;
    targets: { deliver(delivery: Delivery): Promise<unknown> };
    faults: { newId(resource: string, content: string): string };
    iam: {
        serviceMayAct(request: {
            service: string;
            action: string;
            resource: string;
            sourceArn: string;
            resourcePolicy: string;
        }): boolean;
        roleMay(roleArn: string, access: AccessRequest): { allowed: boolean };
    };
    logs: {
        put(logGroupName: string, streamName: string, messages: string[], options: { createGroup: boolean }): boolean;
    };
}

/** Where it is told what could not be delivered: EventBridge itself only counts it. */
const LOST_GROUP = "/aws/events/undelivered";
const PUT_EVENTS = "events:PutEvents";

/** EventBridge buses and rules: https://docs.aws.amazon.com/eventbridge/latest/APIReference/Welcome.html */
export class Events {
    readonly service: JsonService;
    readonly materialisers: Materialisers;
    readonly buses: Buses;
    readonly scheduler: Scheduler;
    /** For other services' deliveries to buses. */
    readonly target: Target;
    readonly #options: EventsOptions;
    readonly #deliveries: Deliveries;

    constructor(options: EventsOptions) {
        const { clock, store = MEMORY, targets, faults, logs } = options;
        this.#options = options;
        this.buses = new Buses(clock, options);
        this.#deliveries = new Deliveries({
            clock,
            store,
            deliver: (delivery) => targets.deliver(delivery),
            newId: (resource, content) => faults.newId(resource, content),
            find: (busName, ruleName, targetId) => {
                const rule = this.buses.get(busName)?.rules.get(ruleName);
                const target = rule?.targets.get(targetId);
                return rule === undefined || target === undefined ? undefined : { rule, target };
            },
            lost: (text) => void logs.put(LOST_GROUP, "events", [text], { createGroup: true }),
        });
        this.scheduler = new Scheduler(clock, (rule, at) => this.#fire(rule, at));
        this.target = { deliver: (delivery) => this.#receive(delivery) };
        this.materialisers = eventsMaterialisers(this);
        this.service = eventsService(this, options);
    }

    /** @throws ServiceError ValidationException where the request as a whole is wrong. */
    putEvents(input: JsonObject): JsonObject {
        const results = readEntries(input).map((entry): { EventId: string } | EntryError =>
            "ErrorCode" in entry ? entry : this.#put(entry),
        );
        return { FailedEntryCount: results.filter((result) => "ErrorCode" in result).length, Entries: results };
    }

    /** Goes on with what an earlier run has left. Call it once the rules exist. */
    resume(): void {
        this.#deliveries.resume();
    }

    close(): void {
        this.scheduler.close();
        this.#deliveries.close();
    }

    #put(entry: EventEntry): { EventId: string } | EntryError {
        const bus = this.buses.get(entry.busName);
        if (bus === undefined) {
            const ErrorMessage = `Event bus ${entry.busName} does not exist.`;
            return { ErrorCode: "ResourceNotFoundException", ErrorMessage };
        }
        const { source, detailType, detail, resources, time } = entry;
        const event = this.#event({ source, detailType, detail, resources, time });
        this.#route(bus, event);
        return { EventId: event.id };
    }

    #event(entry: Omit<EventEntry, "busName">): BusEvent {
        const { region, account, clock, faults } = this.#options;
        const { source, detailType, detail, resources, time = clock.now() } = entry;
        return {
            version: "0",
            id: faults.newId(source, JSON.stringify([detailType, detail])),
            "detail-type": detailType,
            source,
            account,
            time: new Date(time).toISOString().replace(/\.\d+Z$/, "Z"),
            region,
            resources,
            detail,
        };
    }

    #route(bus: EventBus, event: BusEvent): void {
        for (const rule of bus.rules.values()) {
            if (rule.state === "ENABLED" && rule.fits(event)) this.#hand(rule, event);
        }
    }

    #hand(rule: Rule, event: BusEvent): void {
        for (const target of rule.targets.values()) this.#deliveries.accept(rule, target, event);
    }

    /** https://docs.aws.amazon.com/eventbridge/latest/ref/events-ref-scheduledevents.html */
    #fire(rule: Rule, at: number): void {
        const entry = {
            source: "aws.events",
            detailType: "Scheduled Event",
            detail: {},
            resources: [rule.arn],
            time: at,
        };
        this.#hand(rule, this.#event(entry));
    }

    /** An event of its own where `delivery.event` says so, otherwise a whole event that another bus hands on. */
    #receive({ targetArn, sender, body, event }: Delivery): Promise<undefined> {
        const bus = this.buses.find(targetArn);
        this.#requirePermission(bus, sender);
        const content: unknown = JSON.parse(body);
        if (event !== undefined) {
            const { source, detailType, resources = [], time } = event;
            this.#route(bus, this.#event({ source, detailType, detail: content, resources, time }));
        } else {
            this.#route(bus, content as BusEvent);
        }
        return Promise.resolve(undefined);
    }

    #requirePermission(bus: EventBus, { service, sourceArn, roleArn }: Delivery["sender"]): void {
        const { iam } = this.#options;
        const access = { action: PUT_EVENTS, resource: bus.arn };
        const resourcePolicy = policyOf(bus);
        const allowed =
            roleArn === undefined
                ? // Services tell their own events on the account's default bus unasked.
                  bus.name === DEFAULT_BUS ||
                  (resourcePolicy !== undefined && iam.serviceMayAct({ ...access, service, sourceArn, resourcePolicy }))
                : iam.roleMay(roleArn, access).allowed;
        if (allowed) return;
        const statement =
            roleArn === undefined
                ? { Effect: "Allow", Principal: { Service: service }, Action: PUT_EVENTS, Resource: bus.arn }
                : { Effect: "Allow", Action: PUT_EVENTS, Resource: bus.arn };
        throw new ServiceError(
            "AccessDeniedException",
            `${roleArn ?? `${service} for ${sourceArn}`} is not authorized to perform: ${PUT_EVENTS} on resource: ` +
                `${bus.arn}. ${roleArn === undefined ? "The bus's policy" : "The role"} lacks the statement ` +
                JSON.stringify(statement),
            403,
        );
    }
}
