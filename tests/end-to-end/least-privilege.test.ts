import assert from "node:assert/strict";
import { join } from "node:path";

import { CloudWatchLogsClient, FilterLogEventsCommand } from "@aws-sdk/client-cloudwatch-logs";
import { DynamoDBClient, GetItemCommand, PutItemCommand, ScanCommand } from "@aws-sdk/client-dynamodb";
import { GetCallerIdentityCommand, STSClient } from "@aws-sdk/client-sts";

import { captureGraph } from "../../graph/capture";
import { LocalCloud } from "../../local/cloud";
import { placing, RunningStack } from "./running-stack";

const ROOT = join(__dirname, "..", "..");

describe("least privilege in the local cloud", () => {
    let stack: RunningStack;

    before(async () => {
        stack = await RunningStack.start(true);
    });

    after(() => stack?.close());

    it("lets a function's role do what it was granted and denies the rest", async () => {
        const role = stack.api.all("aws:iam/role:Role").find(({ name }) => name === "shop-get-order");
        assert.ok(role);
        const credentials = stack.cloud.services.iam.serviceSession(
            String(role.outputs["arn"]),
            "lambda.amazonaws.com",
            "test",
        );
        const dynamo = new DynamoDBClient({ ...stack.administrator, credentials });
        const key = { pk: { S: "ORDER#none" }, sk: { S: "ORDER" } };
        await dynamo.send(new GetItemCommand({ TableName: stack.ordersTable, Key: key }));
        for (const command of [
            new PutItemCommand({ TableName: stack.ordersTable, Item: key }),
            new ScanCommand({ TableName: stack.ordersTable }),
            new GetItemCommand({ TableName: "another", Key: key }),
        ]) {
            await assert.rejects(dynamo.send(command as PutItemCommand), (error: Error) => {
                assert.equal(error.name, "AccessDeniedException");
                assert.match(
                    error.message,
                    /^User: arn:aws:sts::.+ is not authorized to perform: dynamodb:\w+ on resource: /,
                );
                return true;
            });
        }
        dynamo.destroy();
    });

    it("denies a function what its uses do not declare", async () => {
        const graph = await captureGraph("dev", { program: join(ROOT, "tests", "fixtures", "programs", "overreach") });
        const cloud = await LocalCloud.start({ region: graph.region, account: graph.account, port: 0 });
        try {
            await cloud.run(graph, ROOT);
            const reader = graph.resources.find(({ type }) => type === "aws:lambda/function:Function");
            const invoke = async (action: string) =>
                cloud.services.lambda.invoke({ functionArn: reader?.id ?? "", payload: JSON.stringify(action) });
            assert.equal((await invoke("read")).payload, '"none"');
            const { functionError, payload } = await invoke("write");
            assert.equal(functionError, "Unhandled");
            const { errorType, errorMessage } = JSON.parse(payload) as { errorType: string; errorMessage: string };
            assert.equal(errorType, "AccessDeniedException");
            assert.match(errorMessage, /assumed-role\/reader-\w+\/\S+ is not authorized to perform: dynamodb:PutItem/);
        } finally {
            await cloud.close();
        }
    });

    it("knows its sessions", async () => {
        const role = stack.api.all("aws:iam/role:Role").find(({ name }) => name === "shop-get-order");
        const credentials = stack.cloud.services.iam.serviceSession(
            String(role?.outputs["arn"]),
            "lambda.amazonaws.com",
            "test",
        );
        const sts = new STSClient({ ...stack.administrator, credentials });
        const identity = await sts.send(new GetCallerIdentityCommand({}));
        assert.match(identity.Arn ?? "", /:assumed-role\/shop-get-order-[0-9a-f]+\/test$/);
        sts.destroy();
    });

    it("refuses a session of a function's role to anybody but Lambda", () => {
        const role = stack.api.all("aws:iam/role:Role").find(({ name }) => name === "shop-get-order");
        assert.throws(() =>
            stack.cloud.services.iam.serviceSession(String(role?.outputs["arn"]), "events.amazonaws.com", "test"),
        );
    });

    it("writes what functions log to their own groups, with the caller's correlation id", async () => {
        const ada = await stack.customer("ada@example.com");
        await ada.expect(201, "/v1/orders", {
            ...placing("logged-0001"),
            headers: { "idempotency-key": "logged-0001", "x-correlation-id": "trace-me-0001" },
        });
        const logs = new CloudWatchLogsClient(stack.administrator);
        const { events = [] } = await logs.send(
            new FilterLogEventsCommand({
                logGroupName: "/aws/lambda/quintet-dev/shop-place-order",
                filterPattern: '"trace-me-0001"',
            }),
        );
        assert.ok(events.length > 0);
        assert.ok(events.every(({ message }) => !message?.includes("Bearer")));
        logs.destroy();
    });
});
