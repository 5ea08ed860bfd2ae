import timers from "node:timers";
import { syncBuiltinESMExports } from "node:module";
import timersPromises from "node:timers/promises";
import { promisify } from "node:util";
import { MessageChannel } from "node:worker_threads";

import type { RuntimeMessage } from "./messages";

type Post = (message: RuntimeMessage) => void;
type Action = (...args: unknown[]) => void;

/** How often it is looked whether code that waits for its time has anything else to do. */
const LOOK_AGAIN_MS = 2;

/** Keeps the event loop from ending, but waits for nothing itself. */
const BACKGROUND = ["MessagePort"];

const realTimeout = setTimeout;
const realImmediate = setImmediate;

/** Lets Date and the timers of this thread follow the cloud's clock, which others advance. */
export class VirtualTime {
    readonly #now: Float64Array;
    readonly #post: Post;
    readonly #pending = new Map<number, VirtualTimeout>();
    #count = 0;
    /** Timers that have fired; what is said about an earlier state is out of date. */
    #fired = 0;
    #isLooking = false;
    /** Keeps the event loop going while a timer that should do so is pending. */
    readonly #anchor = new MessageChannel().port1;

    /** @param isAwaitingAnswer Whether code waits for the endpoint. */
    constructor(
        shared: SharedArrayBuffer,
        post: Post,
        private readonly isAwaitingAnswer: () => boolean,
    ) {
        this.#now = new Float64Array(shared);
        this.#post = post;
        this.#anchor.on("message", () => undefined);
        this.#anchor.unref();
    }

    install(): void {
        globalThis.Date = followingDate(() => this.#now[0] ?? 0);
        const set = (action: Action, ms?: number, ...args: unknown[]) => this.#set(action, ms, args, false);
        const setRepeating = (action: Action, ms?: number, ...args: unknown[]) => this.#set(action, ms, args, true);
        const clear = (timer: unknown): void => this.#clear(timer);
        const wait = <T>(ms?: number, value?: T): Promise<T> =>
            new Promise((resolve) => void set(() => resolve(value as T), ms));
        Object.defineProperty(set, promisify.custom, { value: wait });
        const replaced = { setTimeout: set, setInterval: setRepeating, clearTimeout: clear, clearInterval: clear };
        Object.assign(globalThis, replaced);
        Object.assign(timers, replaced);
        Object.assign(timersPromises, { setTimeout: wait });
        Object.assign(timersPromises.scheduler, { wait });
        syncBuiltinESMExports();
    }

    fire(id: number): void {
        this.#fired++;
        const timer = this.#pending.get(id);
        if (timer?.repeats === true) this.#schedule(timer);
        else this.#pending.delete(id);
        timer?.run();
        this.#hold();
        this.look();
    }

    #hold(): void {
        const mustGoOn = [...this.#pending.values()].some((timer) => timer.hasRef());
        if (mustGoOn) this.#anchor.ref();
        else this.#anchor.unref();
    }

    /** Says so once the code can only go on when a timer fires. */
    look(): void {
        if (this.#isLooking) return;
        this.#isLooking = true;
        // Twice: what one turn of the loop resolves, the next one may go on with.
        realImmediate(() => realImmediate(() => this.#look()));
    }

    #look(): void {
        this.#isLooking = false;
        if (this.#pending.size === 0) return;
        const hasWork = process.getActiveResourcesInfo().some((resource) => !BACKGROUND.includes(resource));
        if (!hasWork && !this.isAwaitingAnswer()) return this.#post({ type: "waiting", fired: this.#fired });
        this.#isLooking = true;
        realTimeout(() => this.#look(), LOOK_AGAIN_MS).unref();
    }

    #set(action: Action, ms: number | undefined, args: unknown[], repeats: boolean): VirtualTimeout {
        const timer = new VirtualTimeout(this.#count++, Math.max(1, Number(ms) || 1), repeats, () => action(...args), {
            schedule: (again) => this.#schedule(again),
            cancel: (again) => this.#clear(again),
            hold: () => this.#hold(),
        });
        this.#schedule(timer);
        return timer;
    }

    #schedule(timer: VirtualTimeout): void {
        this.#pending.set(timer.id, timer);
        this.#post({ type: "timer", id: timer.id, ms: timer.ms });
        this.#hold();
        this.look();
    }

    #clear(timer: unknown): void {
        const id = timer instanceof VirtualTimeout ? timer.id : Number(timer);
        if (this.#pending.delete(id)) this.#post({ type: "cancel", id });
        this.#hold();
    }
}

interface Scheduler {
    schedule(timer: VirtualTimeout): void;
    cancel(timer: VirtualTimeout): void;
    hold(): void;
}

/** What code may do with Node's Timeout. */
class VirtualTimeout {
    #hasRef = true;

    constructor(
        readonly id: number,
        readonly ms: number,
        readonly repeats: boolean,
        readonly run: () => void,
        private readonly scheduler: Scheduler,
    ) {}

    ref(): this {
        this.#hasRef = true;
        this.scheduler.hold();
        return this;
    }

    unref(): this {
        this.#hasRef = false;
        this.scheduler.hold();
        return this;
    }

    hasRef(): boolean {
        return this.#hasRef;
    }

    refresh(): this {
        this.scheduler.cancel(this);
        this.scheduler.schedule(this);
        return this;
    }

    close(): this {
        this.scheduler.cancel(this);
        return this;
    }

    [Symbol.toPrimitive](): number {
        return this.id;
    }

    [Symbol.dispose ?? Symbol.for("nodejs.dispose")](): void {
        this.scheduler.cancel(this);
    }
}

/** Date, whose present is another one. */
function followingDate(now: () => number): DateConstructor {
    return new Proxy(Date, {
        construct: (target, args: unknown[], newTarget) =>
            Reflect.construct(target, args.length === 0 ? [now()] : args, newTarget) as object,
        apply: (target) => new target(now()).toString(),
        get: (target, property, receiver): unknown =>
            property === "now" ? now : Reflect.get(target, property, receiver),
    });
}
