import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import type { Properties } from "../../../graph/model";
import { Faults } from "../../../local/faults";
import type { InvocationRecord } from "../../../local/lambda";
import { DiskStore } from "../../../local/store";
import type { Delivery } from "../../../local/targets";
import { ACCOUNT, LambdaFixture, REGION } from "./fixture";

const ECHO = "exports.handler = async (event) => event;";
const FAILS = "exports.handler = async () => { console.log('attempt'); throw new Error('no'); };";

describe("invoking a function without waiting", () => {
    let fixture: LambdaFixture;
    let delivered: Delivery[];

    beforeEach(() => {
        delivered = [];
        const deliver = async (delivery: Delivery): Promise<undefined> => {
            if (delivery.targetArn.includes(":lambda:")) await fixture.lambda.target.deliver(delivery);
            else delivered.push(delivery);
        };
        fixture = new LambdaFixture({ targets: { deliver } });
    });

    afterEach(() => fixture.lambda.close());

    /** Runs an event to its last attempt. */
    async function exhaust(functionName: string): Promise<void> {
        fixture.lambda.invokeAsync({ functionArn: functionName, payload: '{"a":1}' });
        await fixture.advance(200_000);
    }

    function configure(functionName: string, inputs: Properties): Promise<void> {
        const type = "aws:lambda/functionEventInvokeConfig:FunctionEventInvokeConfig";
        return fixture.create(type, "config", { functionName, ...inputs });
    }

    it("tries a failing function three times, then tells its destination", async () => {
        await fixture.define("fails", FAILS);
        await configure("fails", { destinationConfig: { onFailure: { destination: "arn:aws:sqs:q" } } });
        await exhaust("fails");
        const [{ targetArn, body, sender } = assert.fail("nothing was delivered")] = delivered;
        assert.equal(targetArn, "arn:aws:sqs:q");
        assert.equal(sender.roleArn, `arn:aws:iam::${ACCOUNT}:role/fails`);
        const record = JSON.parse(body) as InvocationRecord;
        assert.equal(record.requestContext.condition, "RetriesExhausted");
        assert.equal(record.requestContext.approximateInvokeCount, 3);
        assert.deepEqual(record.requestPayload, { a: 1 });
        assert.equal((record.responsePayload as { errorMessage: string }).errorMessage, "no");
        assert.equal(fixture.log.filter((line) => line.endsWith("attempt")).length, 3);
    });

    it("hands the event itself to a dead-letter queue", async () => {
        await fixture.define("fails", FAILS, { deadLetterConfig: { targetArn: "arn:aws:sqs:dead" } });
        await exhaust("fails");
        const [{ targetArn, body, attributes = {} } = assert.fail("nothing was delivered")] = delivered;
        assert.deepEqual([targetArn, body], ["arn:aws:sqs:dead", '{"a":1}']);
        assert.equal(attributes["ErrorMessage"], "no");
    });

    it("tells a function that is its destination", async () => {
        await fixture.define("echo", ECHO);
        await fixture.define("told", "exports.handler = async (record) => console.log(record.responsePayload.a);");
        const destination = `arn:aws:lambda:${REGION}:${ACCOUNT}:function:told`;
        await configure("echo", { destinationConfig: { onSuccess: { destination } } });
        const told = fixture.logged(/INFO\t7$/);
        fixture.lambda.invokeAsync({ functionArn: "echo", payload: '{"a":7}' });
        await told;
    });

    it("gives up on events that are too old", async () => {
        await fixture.define("off", ECHO, { reservedConcurrentExecutions: 0 });
        await configure("off", {
            maximumEventAgeInSeconds: 60,
            destinationConfig: { onFailure: { destination: "arn:aws:sqs:q" } },
        });
        fixture.lambda.invokeAsync({ functionArn: "off", payload: "{}" });
        await new Promise((resolve) => setImmediate(resolve));
        await fixture.clock.advance(61_000);
        const [{ body } = assert.fail("nothing was delivered")] = delivered;
        assert.equal((JSON.parse(body) as InvocationRecord).requestContext.condition, "EventAgeExceeded");
    });

    it("tries nothing again once the cloud is closed", async () => {
        await fixture.define("fails", "exports.handler = () => new Promise(() => console.log('waiting'));");
        const waiting = fixture.logged(/waiting/);
        fixture.lambda.invokeAsync({ functionArn: "fails", payload: "{}" });
        await waiting;
        await fixture.lambda.close();
        await fixture.clock.advance(10 * 60_000);
        assert.equal(fixture.log.filter((line) => line.startsWith("INIT_START")).length, 1);
    });

    it("says in the log what cannot be delivered", async () => {
        fixture = new LambdaFixture();
        await fixture.define("echo", ECHO);
        await configure("echo", { destinationConfig: { onSuccess: { destination: "arn:aws:sqs:q" } } });
        const undelivered = fixture.logged(/was not delivered to arn:aws:sqs:q/);
        fixture.lambda.invokeAsync({ functionArn: "echo", payload: "{}" });
        await fixture.advance(60_000);
        await undelivered;
    });

    it("goes on after a restart where it was", async () => {
        const directory = await mkdtemp(join(tmpdir(), "lambda-"));
        const open = () => DiskStore.open(directory, { stack: "s", account: ACCOUNT, region: REGION });
        const first = await open();
        const before = new LambdaFixture({ store: first });
        await before.define("fails", FAILS);
        before.lambda.invokeAsync({ functionArn: "fails", payload: "{}" });
        await before.advance(1000);
        await before.lambda.close();
        await first.close();

        const second = await open();
        const after = new LambdaFixture({ store: second });
        await after.define("fails", FAILS);
        after.lambda.resume();
        await after.advance(200_000);
        const attempts = (log: string[]): number => log.filter((line) => line.endsWith("attempt")).length;
        assert.deepEqual(
            [before, after].map(({ log }) => attempts(log)),
            [1, 2],
        );
        await after.lambda.close();
        await second.close();
        await rm(directory, { recursive: true });
    });

    describe("under faults", () => {
        const NOTES = "exports.handler = async () => console.log('attempt');";
        const cases = { drop: 1, duplicate: 2, delay: 1, crash: 2 };

        for (const [fault, attempts] of Object.entries(cases)) {
            it(`still takes effect: ${fault}`, async () => {
                const rule = { on: "invocation" as const, fault: fault as "drop", attempts: 1 };
                const struck = new LambdaFixture({ faults: new Faults([rule]) });
                await struck.define("notes", NOTES);
                struck.lambda.invokeAsync({ functionArn: "notes", payload: "{}" });
                await struck.advance(100_000);
                assert.equal(struck.log.filter((line) => line.endsWith("attempt")).length, attempts);
                await struck.lambda.close();
            });
        }
    });
});
