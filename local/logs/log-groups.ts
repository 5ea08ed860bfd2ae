import { MEMORY, type Store } from "../store";
import { Journal } from "./journal";
import { LogGroup } from "./log-group";
import type { LogGroupSettings } from "./model";
import { alreadyExists, missing } from "./refusals";

/** All log groups, by name. */
export class LogGroups {
    readonly #groups = new Map<string, LogGroup>();
    readonly #journal: Journal;

    constructor(store: Store = MEMORY) {
        this.#journal = new Journal(store);
        for (const { settings, creationTime, events } of this.#journal.load()) {
            this.#add(settings, creationTime).restore(events);
        }
    }

    /** @throws ServiceError `ResourceAlreadyExistsException` */
    create(settings: LogGroupSettings, now: number): LogGroup {
        if (this.#groups.has(settings.logGroupName)) throw alreadyExists("log group");
        this.#journal.putGroup(settings, now);
        return this.#add(settings, now);
    }

    #add(settings: LogGroupSettings, creationTime: number): LogGroup {
        const group = new LogGroup(settings, creationTime, this.#journal.keeperOf(settings.logGroupName));
        this.#groups.set(group.name, group);
        return group;
    }

    /** Creates a group, or gives the one of this name other settings. */
    put(settings: LogGroupSettings, now: number): void {
        const known = this.#groups.get(settings.logGroupName);
        if (known === undefined) this.create(settings, now);
        else known.settle(settings);
    }

    find(name: string): LogGroup | undefined {
        return this.#groups.get(name);
    }

    /** @throws ServiceError `ResourceNotFoundException` */
    get(name: string): LogGroup {
        const group = this.find(name);
        if (group === undefined) throw missing("log group");
        return group;
    }

    delete(name: string): void {
        this.#groups.get(name)?.clear();
        this.#groups.delete(name);
        this.#journal.deleteGroup(name);
    }

    /** Sorted by name. */
    all(): LogGroup[] {
        return [...this.#groups.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
    }
}
