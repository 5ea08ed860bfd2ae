import assert from "node:assert/strict";

import type { GraphValue, Properties, Resource } from "../../../graph/model";
import { Activity } from "../../../local/activity";
import { VirtualClock } from "../../../local/clock";
import { Lambda, type LambdaOptions } from "../../../local/lambda";

export const REGION = "eu-west-1";
export const ACCOUNT = "123456789012";

export interface Failure {
    errorType: string;
    errorMessage: string;
    trace?: string[];
}

/** A Lambda service with permissive roles, whose log is kept in a list. */
export class LambdaFixture {
    readonly clock = new VirtualClock(Date.now());
    readonly activity = new Activity();
    readonly log: string[] = [];
    readonly lambda: Lambda;
    #listeners: ((line: string) => void)[] = [];

    constructor(options: Partial<LambdaOptions> = {}) {
        this.lambda = new Lambda({
            clock: this.clock,
            activity: this.activity,
            region: REGION,
            account: ACCOUNT,
            iam: {
                serviceSession: () => ({ accessKeyId: "ASIA1", secretAccessKey: "secret", sessionToken: "token" }),
                serviceMayAct: ({ resourcePolicy, service }) => resourcePolicy.includes(service),
                roleMay: () => ({ allowed: true }),
            },
            logs: {
                put: (_group, _stream, messages) => {
                    this.log.push(...messages);
                    for (const message of messages) for (const listener of this.#listeners) listener(message);
                    return true;
                },
            },
            endpoint: () => ({ url: "http://127.0.0.1:1", connect: (socket) => socket.destroy() }),
            ...options,
        });
    }

    /** Creates a function of a text of JavaScript. */
    async define(name: string, code: string, inputs: Properties = {}): Promise<void> {
        const archive = { $archive: { assets: { "index.js": { $asset: { text: code } } } } };
        await this.create("aws:lambda/function:Function", name, {
            code: archive,
            handler: "index.handler",
            runtime: "nodejs24.x",
            role: `arn:aws:iam::${ACCOUNT}:role/${name}`,
            ...inputs,
        });
    }

    async create(type: string, name: string, inputs: Record<string, GraphValue>): Promise<void> {
        const arn = `arn:aws:lambda:${REGION}:${ACCOUNT}:function:${name}`;
        const resource = { type, name, inputs, outputs: { name, arn, version: "1", statementId: name }, id: name };
        await this.lambda.materialisers[type]?.create(resource as unknown as Resource);
    }

    /** Lets time pass, with all that comes of it. */
    advance(ms: number): Promise<void> {
        return this.clock.advance(ms, () => this.activity.quiet());
    }

    /** The parsed answer, and whether the function failed. */
    async call(name: string, event: unknown = {}): Promise<{ value: unknown; functionError?: string }> {
        const answer = await this.lambda.invoke({ functionArn: name, payload: JSON.stringify(event) });
        return { value: JSON.parse(answer.payload), functionError: answer.functionError };
    }

    /** The error that a function answers with. */
    async failure(name: string, event: unknown = {}): Promise<Failure> {
        const { value, functionError } = await this.call(name, event);
        assert.equal(functionError, "Unhandled", JSON.stringify(value));
        return value as Failure;
    }

    /** Settles with the next line of the log that fits. */
    logged(pattern: RegExp): Promise<string> {
        return new Promise((resolve) => this.#listeners.push((line) => pattern.test(line) && resolve(line)));
    }
}
