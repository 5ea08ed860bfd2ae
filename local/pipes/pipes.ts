import type { Resource } from "../../graph/model";
import { ServiceError } from "../errors";
import { type PollerTools, requirePollingAllowed } from "../polling";
import type { AccessRequest, Materialisers, RestService } from "../service";
import type { Delivery } from "../targets";
import { pipesService } from "./operations";
import { Pipe } from "./pipe";
import { type PipeSources, startPolling } from "./pollers";
import { pipeSettings } from "./settings";

export interface PipesOptions extends PollerTools {
    region: string;
    account: string;
    sources: PipeSources;
    targets: { deliver(delivery: Delivery): Promise<string | undefined> };
    iam: {
        /** Throws a ServiceError where the role does not trust the service. */
        serviceSession(roleArn: string, service: string, sessionName: string): unknown;
        roleMay(roleArn: string, access: AccessRequest): { allowed: boolean };
    };
    logs: { put(logGroupName: string, streamName: string, messages: string[]): boolean };
}

export interface RunningPipe {
    pipe: Pipe;
    poller?: { close(): void };
    createdAt: number;
}

/** EventBridge Pipes: https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-pipes.html */
export class Pipes {
    readonly service: RestService;
    readonly materialisers: Materialisers;
    readonly #options: PipesOptions;
    readonly #pipes = new Map<string, RunningPipe>();

    constructor(options: PipesOptions) {
        this.#options = options;
        this.service = pipesService(this, options);
        this.materialisers = {
            "aws:pipes/pipe:Pipe": {
                create: (resource) => this.#put(resource),
                update: (resource) => this.#put(resource),
                delete: ({ outputs }) => this.#delete(String(outputs["name"])),
            },
        };
    }

    get all(): RunningPipe[] {
        return [...this.#pipes.values()];
    }

    /** @throws ServiceError NotFoundException */
    find(name: string): RunningPipe {
        const found = this.#pipes.get(name);
        if (found !== undefined) return found;
        throw new ServiceError("NotFoundException", `Pipe ${name} does not exist.`, 404);
    }

    start(running: RunningPipe): void {
        running.pipe.settings.isRunning = true;
        running.poller ??= startPolling(running.pipe, {
            ...this.#options,
            lost: (pipe, text) => this.#log(pipe, text),
        });
    }

    stop(running: RunningPipe): void {
        running.pipe.settings.isRunning = false;
        running.poller?.close();
        running.poller = undefined;
    }

    close(): void {
        for (const { poller } of this.all) poller?.close();
    }

    #put(resource: Resource): void {
        const { iam, clock, targets } = this.#options;
        const settings = pipeSettings(resource);
        iam.serviceSession(settings.roleArn, "pipes.amazonaws.com", settings.name);
        requirePollingAllowed(settings.roleArn, settings.source, iam);
        const before = this.#pipes.get(settings.name);
        before?.poller?.close();
        const pipe = new Pipe(settings, { clock, deliver: (delivery) => targets.deliver(delivery) });
        const running: RunningPipe = { pipe, createdAt: before?.createdAt ?? clock.now() };
        this.#pipes.set(settings.name, running);
        if (settings.isRunning) this.start(running);
    }

    #delete(name: string): void {
        const running = this.#pipes.get(name);
        if (running === undefined) return;
        running.poller?.close();
        this.#options.checkpoints.forget(running.pipe.settings.arn);
        this.#pipes.delete(name);
    }

    #log({ settings }: Pipe, text: string): void {
        const group = settings.logGroupArn?.split(":")[6];
        if (group !== undefined) this.#options.logs.put(group, settings.name, [text]);
    }
}
