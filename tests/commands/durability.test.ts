import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { DynamoDBClient, ListTablesCommand, PutItemCommand, ScanCommand } from "@aws-sdk/client-dynamodb";

import { StartProcess } from "./start-process";

const PROGRAM = join(__dirname, "..", "fixtures", "programs", "ledger");

describe("npm start --data", () => {
    let directory: string;
    let running: StartProcess | undefined;

    beforeEach(async () => {
        directory = await mkdtemp(join(tmpdir(), "data-"));
    });

    afterEach(async () => {
        await running?.end();
        await rm(directory, { recursive: true });
    });

    const start = (): StartProcess => (running = new StartProcess("--program", PROGRAM, "--data", directory));

    async function clientOf(process: StartProcess): Promise<DynamoDBClient> {
        return new DynamoDBClient({
            endpoint: await process.url(),
            region: "eu-central-1",
            credentials: { accessKeyId: "local", secretAccessKey: "local" },
            maxAttempts: 1,
        });
    }

    async function tableNamed(client: DynamoDBClient, prefix: string): Promise<string> {
        const { TableNames = [] } = await client.send(new ListTablesCommand());
        return TableNames.find((name) => name.startsWith(prefix)) ?? assert.fail(`no table ${prefix}`);
    }

    /** Ids in a table, with how often they were booked. */
    async function items(client: DynamoDBClient, prefix: string): Promise<Map<string, number>> {
        const found = new Map<string, number>();
        let ExclusiveStartKey: Record<string, never> | undefined;
        do {
            const page = await client.send(
                new ScanCommand({
                    TableName: await tableNamed(client, prefix),
                    ConsistentRead: true,
                    ExclusiveStartKey,
                }),
            );
            for (const { id, times } of page.Items ?? []) found.set(id?.S ?? "", Number(times?.N ?? 0));
            ExclusiveStartKey = page.LastEvaluatedKey as typeof ExclusiveStartKey;
        } while (ExclusiveStartKey !== undefined);
        return found;
    }

    /** Reads until all is booked that was written. */
    async function untilBooked(client: DynamoDBClient, ids: Iterable<string>): Promise<Map<string, number>> {
        for (;;) {
            const booked = await items(client, "bookings");
            if ([...ids].every((id) => booked.has(id))) return booked;
        }
    }

    it("loses no acknowledged write and no event of one, killed under load, however often", async () => {
        const acknowledged = new Set<string>();
        for (let round = 0; round < 3; round++) {
            const process = start();
            const client = await clientOf(process);
            const TableName = await tableNamed(client, "entries");
            let isRunning = true;
            const write = async (worker: number): Promise<void> => {
                for (let n = 0; isRunning; n++) {
                    const id = `${round}-${worker}-${n}`;
                    try {
                        await client.send(new PutItemCommand({ TableName, Item: { id: { S: id } } }));
                        acknowledged.add(id);
                    } catch {
                        return;
                    }
                }
            };
            const workers = Array.from({ length: 8 }, (_, worker) => write(worker));
            const goal = acknowledged.size + 150;
            while (acknowledged.size < goal) await new Promise((resolve) => setImmediate(resolve));
            await process.end();
            isRunning = false;
            await Promise.all(workers);
            client.destroy();
        }
        const client = await clientOf(start());
        const kept = await items(client, "entries");
        assert.deepEqual(
            [...acknowledged].filter((id) => !kept.has(id)),
            [],
        );
        await untilBooked(client, kept.keys());
        client.destroy();
    });

    it("repeats no effect that came to its end", async () => {
        const ids = Array.from({ length: 20 }, (_, n) => String(n));
        const client = await clientOf(start());
        const TableName = await tableNamed(client, "entries");
        await Promise.all(ids.map((id) => client.send(new PutItemCommand({ TableName, Item: { id: { S: id } } }))));
        await untilBooked(client, ids);
        client.destroy();
        await running?.end("SIGINT");

        const again = await clientOf(start());
        await again.send(new PutItemCommand({ TableName, Item: { id: { S: "last" } } }));
        const booked = await untilBooked(again, ["last"]);
        assert.deepEqual(
            [...booked].filter(([, times]) => times !== 1),
            [],
        );
        again.destroy();
    });

    it("refuses a folder of something else, of another stack or in use, and says what to do", async () => {
        await writeFile(join(directory, "letter.txt"), "dear reader");
        const other = new StartProcess("--program", PROGRAM, "--data", directory);
        await other.printed(/is not empty and holds no state.*--data/s);
        await rm(join(directory, "letter.txt"));

        await start().url();
        const second = new StartProcess("--program", PROGRAM, "--data", directory);
        await second.printed(/is in use by another local cloud/);
        await running?.end();

        const ofOthers = new StartProcess("--data", directory);
        await ofOthers.printed(/its stack is "ledger\/dev", not "quintet\/dev"/);
        await writeFile(join(directory, "local-cloud.json"), "{");
        const damaged = new StartProcess("--program", PROGRAM, "--data", directory);
        await damaged.printed(/cannot be read/);
        await Promise.all([other, second, ofOthers, damaged].map((each) => each.end()));
    });
});
