import assert from "node:assert/strict";

import { VirtualClock } from "../../../local/clock";
import type { DynamoDb } from "../../../local/dynamodb";
import { newDynamoDb, ORDERS, refused, run, simpleTable } from "./fixture";

const TableName = "sessions";
const MINUTE_MS = 60_000;

describe("DynamoDB time to live", () => {
    let clock: VirtualClock;
    let dynamoDb: DynamoDb;
    const put = (pk: string, expires: object) =>
        dynamoDb.run("PutItem", { TableName, Item: { pk: { S: pk }, expires } });
    const get = async (pk: string) => (await run(dynamoDb, "GetItem", { TableName, Key: { pk: { S: pk } } }))["Item"];
    const seconds = (fromNow: number) => ({ N: String(Math.floor(clock.now() / 1000) + fromNow) });
    const switchTo = (Enabled: boolean, AttributeName = "expires") =>
        run(dynamoDb, "UpdateTimeToLive", { TableName, TimeToLiveSpecification: { AttributeName, Enabled } });
    const describeIt = async () => (await run(dynamoDb, "DescribeTimeToLive", { TableName }))["TimeToLiveDescription"];

    beforeEach(async () => {
        clock = new VirtualClock();
        dynamoDb = newDynamoDb(clock);
        await dynamoDb.run("CreateTable", simpleTable(TableName));
    });

    it("deletes expired items in the background, after they were still readable", async () => {
        await switchTo(true);
        await put("expired", seconds(10));
        await put("later", seconds(3600));
        await put("text", { S: "0" });
        await put("six years ago", seconds(-6 * 365 * 24 * 3600));
        await clock.advance(30_000);
        assert.ok(await get("expired"), "expired but not yet swept");
        await clock.advance(MINUTE_MS);
        assert.equal(await get("expired"), undefined);
        assert.ok((await get("later")) && (await get("text")) && (await get("six years ago")));
    });

    it("keeps an item that was renewed before the sweep", async () => {
        await switchTo(true);
        await put("a", seconds(10));
        await clock.advance(50_000);
        await put("a", seconds(3600));
        await clock.advance(2 * MINUTE_MS);
        assert.ok(await get("a"));
    });

    it("removes expired items from the indexes", async () => {
        await dynamoDb.run("CreateTable", ORDERS);
        await dynamoDb.run("UpdateTimeToLive", {
            TableName: "orders",
            TimeToLiveSpecification: { AttributeName: "date", Enabled: true },
        });
        const item = { customer: { S: "ann" }, id: { S: "1" }, state: { S: "open" }, date: seconds(1) };
        await dynamoDb.run("PutItem", { TableName: "orders", Item: item });
        await clock.advance(2 * MINUTE_MS);
        const output = await run(dynamoDb, "Scan", { TableName: "orders", IndexName: "by-state" });
        assert.equal(output["Count"], 0);
    });

    it("is described, and runs a timer only while a table needs it", async () => {
        assert.deepEqual(await describeIt(), { TimeToLiveStatus: "DISABLED" });
        assert.equal(clock.pending, 0);
        assert.deepEqual(await switchTo(true), {
            TimeToLiveSpecification: { AttributeName: "expires", Enabled: true },
        });
        assert.deepEqual(await describeIt(), { TimeToLiveStatus: "ENABLED", AttributeName: "expires" });
        await clock.advance(5 * MINUTE_MS);
        assert.equal(clock.pending, 1);
        await refused(switchTo(true), "ValidationException", /already enabled/);
        await refused(switchTo(true, "other"), "ValidationException", /active on a different AttributeName/);
        await switchTo(false);
        assert.equal(clock.pending, 0);
        await refused(switchTo(false), "ValidationException", /already disabled/);
        await switchTo(true, "other");
        await dynamoDb.run("DeleteTable", { TableName });
        assert.equal(clock.pending, 0);
    });
});
