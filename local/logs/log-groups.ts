import { LogGroup } from "./log-group";
import type { LogGroupSettings } from "./model";
import { alreadyExists, missing } from "./refusals";

/** All log groups, by name. */
export class LogGroups {
    readonly #groups = new Map<string, LogGroup>();

    /** @throws ServiceError `ResourceAlreadyExistsException` */
    create(settings: LogGroupSettings, now: number): LogGroup {
        if (this.#groups.has(settings.logGroupName)) throw alreadyExists("log group");
        const group = new LogGroup(settings, now);
        this.#groups.set(group.name, group);
        return group;
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
        this.#groups.delete(name);
    }

    /** Sorted by name. */
    all(): LogGroup[] {
        return [...this.#groups.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
    }
}
