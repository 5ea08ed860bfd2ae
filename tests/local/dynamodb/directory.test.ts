import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { VirtualClock } from "../../../local/clock";
import { DynamoDb } from "../../../local/dynamodb";
import { DiskStore } from "../../../local/store";
import { ORDERS, PLACE, run, simpleTable } from "./fixture";

describe("DynamoDB in a directory", () => {
    let directory: string;
    const clock = new VirtualClock();
    const open = async () => {
        const store = await DiskStore.open(directory, { stack: "shop/dev", ...PLACE });
        const dynamoDb = new DynamoDb({ clock, ...PLACE, store });
        const close = (): Promise<void> => {
            dynamoDb.close();
            return store.close();
        };
        return { dynamoDb, close };
    };

    beforeEach(async () => {
        directory = await mkdtemp(join(tmpdir(), "dynamodb-"));
    });

    afterEach(() => rm(directory, { recursive: true }));

    it("finds tables, items, indexes and settings again", async () => {
        const { dynamoDb: first, close } = await open();
        await first.run("CreateTable", { ...ORDERS, Tags: [{ Key: "team", Value: "sales" }] });
        await first.run("CreateTable", simpleTable("orders-gone"));
        await first.run("PutItem", { TableName: "orders-gone", Item: { pk: { S: "a" } } });
        await first.run("UpdateTimeToLive", {
            TableName: "orders",
            TimeToLiveSpecification: { AttributeName: "expires", Enabled: true },
        });
        const item = (id: number, more: object = {}) => ({
            customer: { S: "ann" },
            id: { S: String(id) },
            state: { S: "open" },
            date: { N: String(id) },
            ...more,
        });
        const puts = Array.from({ length: 50 }, (_, id) =>
            first.run("PutItem", { TableName: "orders", Item: item(id) }),
        );
        await Promise.all(puts);
        const { customer, id } = item(7);
        await first.run("DeleteItem", { TableName: "orders", Key: { customer, id } });
        const expires = { N: String(Math.floor(clock.now() / 1000) + 1) };
        await first.run("PutItem", { TableName: "orders", Item: item(8, { expires }) });
        await first.run("DeleteTable", { TableName: "orders-gone" });
        const before = await run(first, "DescribeTable", { TableName: "orders" });
        await close();

        const { dynamoDb: second, close: closeAgain } = await open();
        assert.deepEqual(await run(second, "DescribeTable", { TableName: "orders" }), before);
        assert.deepEqual(await run(second, "ListTables", {}), { TableNames: ["orders"] });
        const scan = { TableName: "orders", IndexName: "by-state", Select: "COUNT" };
        assert.equal((await run(second, "Scan", scan))["Count"], 49);
        const tags = { ResourceArn: `arn:aws:dynamodb:eu-central-1:123456789012:table/orders` };
        assert.deepEqual((await run(second, "ListTagsOfResource", tags))["Tags"], [{ Key: "team", Value: "sales" }]);
        await clock.advance(2 * 60_000);
        assert.equal((await run(second, "Scan", scan))["Count"], 48);
        await closeAgain();
    });
});
