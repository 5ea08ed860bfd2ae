import type { Clock } from "../clock";
import { ServiceError } from "../errors";
import { fillTemplate, readPath } from "../input-transform";
import { type BatchOutcome, withParsedBody } from "../polling";
import { type Delivery, isRetryable } from "../targets";
import type { PipeSettings } from "./settings";
import { contentFor } from "./target-delivery";

const VARIABLE = /<(\$[^<>]*|aws\.pipes\.[\w.-]+)>/g;

/** One record of the source, with what tells it from others. */
export interface PipeRecord {
    id: string;
    record: Record<string, unknown>;
}

export interface PipeTools {
    clock: Clock;
    /** Rejects where it is not delivered. */
    deliver: (delivery: Delivery) => Promise<string | undefined>;
}

/** A payload on its way to the target. */
interface Payload {
    /** Of the record that it was made of; undefined where an enrichment has made one of many. */
    recordId: string | undefined;
    value: unknown;
}

/** Takes batches of records through enrichment and templates to the target. */
export class Pipe {
    constructor(
        readonly settings: PipeSettings,
        private readonly tools: PipeTools,
    ) {}

    /** @param attempt From 1. */
    async handle(records: PipeRecord[], attempt: number): Promise<BatchOutcome> {
        const [first] = records;
        if (first === undefined) return { failed: false };
        const batchId = `${this.settings.name}/${first.id}`;
        const enriched = await this.#enrich(records, batchId, attempt);
        const payloads = enriched.map((payload) => ({ ...payload, input: this.#input(payload.value) }));
        if (payloads.length === 0) return { failed: false };
        if (this.settings.target.split(":")[2] === "lambda") {
            const body = `[${payloads.map(({ input }) => input).join(",")}]`;
            await this.#deliver(batchId, attempt, this.settings.target, { ...this.#content(undefined, body) });
            return { failed: false };
        }
        for (const { recordId, value, input } of payloads) {
            const id = `${this.settings.name}/${recordId ?? first.id}`;
            try {
                await this.#deliver(id, attempt, this.settings.target, this.#content(value, input));
            } catch (cause) {
                return { failed: true, cause, ...(recordId === undefined ? {} : { from: recordId }) };
            }
        }
        return { failed: false };
    }

    /** @throws where another attempt may succeed. */
    async tellDeadLetters(id: string, body: object, lost: (why: string) => void): Promise<void> {
        const { deadLetterArn, name } = this.settings;
        if (deadLetterArn === undefined) return lost("it has no dead-letter queue");
        try {
            await this.#deliver(`${name}/${id}/DeadLetter`, 1, deadLetterArn, { body: JSON.stringify(body) });
        } catch (error) {
            if (isRetryable(error)) throw error;
            lost(error instanceof Error ? error.message : String(error));
        }
    }

    async #enrich(records: PipeRecord[], batchId: string, attempt: number): Promise<Payload[]> {
        const { enrichment, enrichmentTemplate } = this.settings;
        const plain = records.map(({ id, record }) => ({ recordId: id, value: record }));
        if (enrichment === undefined) return plain;
        const inputs = records.map(({ record }) => this.#render(enrichmentTemplate, record));
        const content = { body: `[${inputs.join(",")}]`, waits: true };
        const answer = await this.#deliver(`${batchId}/Enrichment`, attempt, enrichment, content);
        const result: unknown = JSON.parse(answer ?? "null");
        if (result === null) return [];
        const values: unknown[] = Array.isArray(result) ? result : [result];
        return values.map((value, at) => ({
            recordId: values.length === records.length ? records[at]?.id : undefined,
            value,
        }));
    }

    #input(payload: unknown): string {
        return this.#render(this.settings.targetTemplate, payload);
    }

    #render(template: string | undefined, payload: unknown): string {
        if (template === undefined) return JSON.stringify(payload);
        const { name, arn, source, enrichment, target } = this.settings;
        const readable = withParsedBody(Object(payload) as Record<string, unknown>);
        const reserved: Record<string, unknown> = {
            "aws.pipes.pipe-name": name,
            "aws.pipes.pipe-arn": arn,
            "aws.pipes.source-arn": source,
            "aws.pipes.enrichment-arn": enrichment,
            "aws.pipes.target-arn": target,
            "aws.pipes.event.ingestion-time": new Date(this.tools.clock.now()).toISOString(),
            "aws.pipes.event": payload,
            "aws.pipes.event.json": payload,
        };
        return fillTemplate(template, VARIABLE, (variable) =>
            variable.startsWith("$") ? readPath(variable, readable) : reserved[variable],
        );
    }

    #content(payload: unknown, input: string): ReturnType<typeof contentFor> {
        try {
            return contentFor(this.settings, withParsedBody(Object(payload) as Record<string, unknown>), input);
        } catch (error) {
            throw new ServiceError("ValidationException", error instanceof Error ? error.message : String(error));
        }
    }

    #deliver(
        id: string,
        attempt: number,
        targetArn: string,
        content: Pick<Delivery, "body" | "waits">,
    ): Promise<string | undefined> {
        const { arn, roleArn } = this.settings;
        const sender = { service: "pipes.amazonaws.com", sourceArn: arn, roleArn };
        return this.tools.deliver({ id, attempt, targetArn, sender, ...content });
    }
}
