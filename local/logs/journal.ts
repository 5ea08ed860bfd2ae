import type { Records, Store } from "../store";
import type { LogEvent, LogGroupSettings } from "./model";

interface KeptGroup {
    settings: LogGroupSettings;
    creationTime: number;
}

/** Where one group's events outlive the cloud. */
export interface EventKeeper {
    put(event: LogEvent): void;
    delete(event: LogEvent): void;
}

/** Between a group and an event; part of no group's name. */
const SEPARATOR = " ";

/** Keeps groups and their events. Streams follow from the events. */
export class Journal {
    readonly #groups: Records<KeptGroup>;
    readonly #events: Records<LogEvent>;

    constructor(store: Store) {
        this.#groups = store.records("logs/groups");
        this.#events = store.records("logs/events");
    }

    /** What an earlier run has left, each group with its events in their order. */
    load(): (KeptGroup & { events: LogEvent[] })[] {
        const found = new Map(
            this.#groups.load().map(([name, group]) => [name, { ...group, events: [] as LogEvent[] }]),
        );
        for (const [key, event] of this.#events.load()) {
            found.get(key.slice(0, key.indexOf(SEPARATOR)))?.events.push(event);
        }
        return [...found.values()];
    }

    putGroup(settings: LogGroupSettings, creationTime: number): void {
        this.#groups.put(settings.logGroupName, { settings, creationTime });
    }

    deleteGroup(name: string): void {
        this.#groups.delete(name);
    }

    keeperOf(group: string): EventKeeper {
        const keyOf = ({ eventId }: LogEvent): string => group + SEPARATOR + eventId;
        return {
            put: (event) => this.#events.put(keyOf(event), event),
            delete: (event) => this.#events.delete(keyOf(event)),
        };
    }
}
