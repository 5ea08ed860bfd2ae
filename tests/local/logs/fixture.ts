import assert from "node:assert/strict";

import { VirtualClock } from "../../../local/clock";
import { ServiceError } from "../../../local/errors";
import { Logs } from "../../../local/logs";
import type { JsonObject, RequestContext } from "../../../local/service";

export const PLACE = { region: "eu-west-1", account: "123456789012" };
export const GROUP = "/aws/lambda/orders";
export const STREAM = "2026/01/01/[$LATEST]abc";
export const DAY = 24 * 60 * 60 * 1000;

const context: RequestContext = {
    caller: { kind: "developer", arn: "arn:aws:iam::123456789012:user/developer", userId: "U", accessKeyId: "A" },
    requestId: "r",
    ...PLACE,
    headers: {},
    sourceIp: "127.0.0.1",
    waitForClock: (promise) => promise,
};

export interface Shown {
    events: { timestamp: number; message: string; eventId: string; logStreamName: string; ingestionTime: number }[];
    nextToken?: string;
    nextForwardToken: string;
    nextBackwardToken: string;
}

/** CloudWatch Logs with one group and one stream, on a clock that stands still. */
export class Fixture {
    readonly clock = new VirtualClock();
    readonly logs = new Logs({ clock: this.clock, ...PLACE });

    async withStream(): Promise<this> {
        await this.run("CreateLogGroup", { logGroupName: GROUP });
        await this.run("CreateLogStream", { logGroupName: GROUP, logStreamName: STREAM });
        return this;
    }

    async run(operation: string, input: JsonObject): Promise<JsonObject> {
        const found = this.logs.service.operations[operation];
        assert.ok(found, operation);
        return found.run(input, context);
    }

    /** Writes events, `ms` after now each. */
    put(...events: [ms: number, message: string][]): Promise<JsonObject> {
        return this.run("PutLogEvents", {
            logGroupName: GROUP,
            logStreamName: STREAM,
            logEvents: events.map(([ms, message]) => ({ timestamp: this.clock.now() + ms, message })),
        });
    }

    async get(input: JsonObject = {}): Promise<Shown> {
        return shown(await this.run("GetLogEvents", { logGroupName: GROUP, logStreamName: STREAM, ...input }));
    }

    async filter(input: JsonObject = {}): Promise<Shown> {
        return shown(await this.run("FilterLogEvents", { logGroupName: GROUP, ...input }));
    }
}

function shown(output: JsonObject): Shown {
    assert.ok(Array.isArray(output["events"]));
    return output as unknown as Shown;
}

export function messages({ events }: Shown): string[] {
    return events.map(({ message }) => message);
}

/** Checks that a request is refused with this error, and with this in its message. */
export async function refused(request: Promise<unknown>, name: string, message: RegExp = /./): Promise<void> {
    await assert.rejects(request, (error: unknown) => {
        assert.ok(error instanceof ServiceError, String(error));
        assert.equal(error.name, name);
        assert.match(error.message, message);
        return true;
    });
}
