import { ServiceError } from "../../errors";
import { compilePattern } from "../../patterns";
import {
    type PollerTools,
    QueuePoller,
    type QueueSource,
    requirePollingAllowed,
    StreamPoller,
    type StreamSource,
} from "../../polling";
import type { AccessRequest, JsonObject } from "../../service";
import { type Delivery, isRetryable } from "../../targets";
import type { FunctionReference, Functions } from "../model";
import type { FunctionAnswer } from "./function-answer";
import { queueConsumer } from "./queue-consumer";
import { type MappingSettings, parseSettings } from "./settings";
import { type GivenUp, streamConsumer } from "./stream-consumer";

/** What mappings can read from. */
export interface EventSources {
    /** By the service in the source's ARN: `dynamodb`. */
    streams: Record<string, StreamSource>;
    queues?: QueueSource;
}

/** The functions that mappings invoke. */
export interface MappedFunctions {
    functions: Pick<Functions, "find">;
    /** @throws ServiceError where the function cannot run, because it is throttled for instance. */
    invoke(request: { functionArn: string; payload: string }): Promise<FunctionAnswer>;
}

export interface MappingTools extends PollerTools {
    region: string;
    sources: EventSources;
    functions: MappedFunctions;
    iam: { roleMay(roleArn: string, access: AccessRequest): { allowed: boolean } };
    /** Rejects where it is not delivered. */
    deliver: (delivery: Delivery) => Promise<unknown>;
    /** Is told of records that were given up and not delivered anywhere. */
    lost: (target: FunctionReference, text: string) => void;
}

export interface Mapping {
    settings: MappingSettings;
    /** As it was created, for updates. */
    input: JsonObject;
    lastModified: number;
    poller?: { close(): void };
}

/** What functions get from queues and streams: https://docs.aws.amazon.com/lambda/latest/dg/invocation-eventsourcemapping.html */
export class EventSourceMappings {
    readonly #tools: MappingTools;
    readonly #mappings = new Map<string, Mapping>();

    constructor(tools: MappingTools) {
        this.#tools = tools;
    }

    get all(): Mapping[] {
        return [...this.#mappings.values()];
    }

    /** @throws ServiceError ResourceNotFoundException */
    find(uuid: string): Mapping {
        const found = this.#mappings.get(uuid);
        if (found !== undefined) return found;
        throw new ServiceError("ResourceNotFoundException", "The resource you requested does not exist.", 404);
    }

    /**
     * Creates a mapping, or replaces the one of this id, which goes on where it was.
     * @param input As CreateEventSourceMapping takes it.
     * @throws ServiceError InvalidParameterValueException, ResourceNotFoundException
     */
    put(uuid: string, input: JsonObject): Mapping {
        const target = this.#tools.functions.functions.find(String(input["FunctionName"]));
        const settings = parseSettings(uuid, target.arn, input);
        requirePollingAllowed(target.function.configuration.roleArn, settings.eventSourceArn, this.#tools.iam);
        const before = this.#mappings.get(uuid);
        before?.poller?.close();
        const mapping: Mapping = { settings, input, lastModified: this.#tools.clock.now() };
        this.#mappings.set(uuid, mapping);
        if (settings.enabled) mapping.poller = this.#start(settings);
        return mapping;
    }

    delete(uuid: string): Mapping | undefined {
        const mapping = this.#mappings.get(uuid);
        mapping?.poller?.close();
        this.#tools.checkpoints.forget(uuid);
        this.#mappings.delete(uuid);
        return mapping;
    }

    close(): void {
        for (const { poller } of this.all) poller?.close();
    }

    #start(settings: MappingSettings): { close(): void } {
        const { region, clock, sources } = this.#tools;
        const service = settings.eventSourceArn.split(":")[2] ?? "";
        const filters = settings.filterPatterns.map((pattern) => compilePattern(JSON.parse(pattern)));
        const accepts = (record: unknown): boolean => filters.length === 0 || filters.some((fits) => fits(record));
        const call = (event: unknown): Promise<FunctionAnswer> =>
            this.#tools.functions.invoke({ functionArn: settings.functionArn, payload: JSON.stringify(event) });
        const stream = sources.streams[service];
        if (stream !== undefined) {
            const deliver = (what: GivenUp): Promise<void> => this.#giveUp(settings, what);
            const consumer = streamConsumer(settings, { clock, call, accepts, deliver });
            return new StreamPoller(stream, consumer, this.#tools);
        }
        if (service === "sqs" && sources.queues !== undefined) {
            return new QueuePoller(sources.queues, queueConsumer(settings, { region, call, accepts }), this.#tools);
        }
        throw new ServiceError(
            "InvalidParameterValueException",
            `Event sources like ${settings.eventSourceArn} do not run locally.`,
        );
    }

    async #giveUp({ functionArn, onFailureArn }: MappingSettings, { id, body }: GivenUp): Promise<void> {
        const { functions, deliver, lost } = this.#tools;
        const target = functions.functions.find(functionArn);
        if (onFailureArn === undefined) return lost(target, `No destination takes what was given up: ${body}`);
        const { roleArn } = target.function.configuration;
        const sender = { service: "lambda.amazonaws.com", sourceArn: functionArn, roleArn };
        try {
            await deliver({ id, body, attempt: 1, targetArn: onFailureArn, sender });
        } catch (error) {
            if (isRetryable(error)) throw error;
            const why = error instanceof Error ? error.message : String(error);
            lost(target, `${onFailureArn} has not taken what was given up: ${why} ${body}`);
        }
    }
}
