import assert from "node:assert/strict";
import { cp, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { DynamoDBClient, GetItemCommand, ListTablesCommand, PutItemCommand } from "@aws-sdk/client-dynamodb";
import { InvokeCommand, LambdaClient, ListFunctionsCommand } from "@aws-sdk/client-lambda";

import { StartProcess } from "./start-process";

const ROOT = join(__dirname, "..", "..");

describe("npm start --watch", () => {
    let directory: string;
    let running: StartProcess;
    let lambda: LambdaClient;
    let dynamoDb: DynamoDBClient;

    beforeEach(async () => {
        directory = await mkdtemp(join(tmpdir(), "program-"));
        await cp(join(ROOT, "tests", "fixtures", "programs", "ledger"), directory, { recursive: true });
        await symlink(join(ROOT, "node_modules"), join(directory, "node_modules"));
        await edit("index.ts", (text) => text.replaceAll("../../../../components", join(ROOT, "components")));
        running = new StartProcess("--program", directory, "--watch");
        const client = {
            endpoint: await running.url(),
            region: "eu-west-1",
            credentials: { accessKeyId: "local", secretAccessKey: "local" },
            maxAttempts: 1,
        };
        lambda = new LambdaClient(client);
        dynamoDb = new DynamoDBClient(client);
        await running.printed(/Watching/);
    });

    afterEach(async () => {
        lambda.destroy();
        dynamoDb.destroy();
        await running.end();
        await rm(directory, { recursive: true });
    });

    async function edit(file: string, change: (text: string) => string): Promise<void> {
        const path = join(directory, file);
        await writeFile(path, change(await readFile(path, "utf8")));
    }

    async function functionNamed(prefix: string): Promise<string> {
        const { Functions = [] } = await lambda.send(new ListFunctionsCommand());
        const found = Functions.find(({ FunctionName }) => FunctionName?.startsWith(prefix));
        return found?.FunctionName ?? assert.fail(`no function ${prefix}`);
    }

    async function tables(): Promise<string[]> {
        return (await dynamoDb.send(new ListTablesCommand())).TableNames ?? [];
    }

    it("swaps a changed function under load without losing a request", async () => {
        const FunctionName = await functionNamed("greet");
        const greetings = new Set<string>();
        let isRunning = true;
        const call = async (): Promise<void> => {
            while (isRunning) {
                const { Payload, FunctionError } = await lambda.send(new InvokeCommand({ FunctionName }));
                assert.equal(FunctionError, undefined);
                greetings.add(String(JSON.parse(Buffer.from(Payload ?? []).toString())));
            }
        };
        const callers = Array.from({ length: 4 }, call);
        await edit("greeting.ts", (text) => text.replace("hello", "good day"));
        await running.printed(/Reloaded in \d+ ms: greet updated/);
        while (!greetings.has("good day")) await new Promise((resolve) => setImmediate(resolve));
        isRunning = false;
        await Promise.all(callers);
        assert.deepEqual([...greetings], ["hello", "good day"]);
    });

    it("adds and removes resources, and leaves the others their state", async () => {
        const [entries = ""] = (await tables()).filter((name) => name.startsWith("entries"));
        await dynamoDb.send(new PutItemCommand({ TableName: entries, Item: { id: { S: "1" } } }));
        const more = 'new Table("notes", { key: { hash: "id" }, keepData: false, tags });\n';
        await edit("index.ts", (text) => text.replace("const greet =", `${more}const greet =`));
        await running.printed(/Reloaded in \d+ ms: notes created/);
        assert.ok((await tables()).some((name) => name.startsWith("notes")));

        await edit("index.ts", (text) => text.replace(more, ""));
        await running.printed(/Reloaded in \d+ ms: notes deleted/);
        assert.ok(!(await tables()).some((name) => name.startsWith("notes")));
        const { Item } = await dynamoDb.send(new GetItemCommand({ TableName: entries, Key: { id: { S: "1" } } }));
        assert.deepEqual(Item, { id: { S: "1" } });
    });

    it("goes on as before where the program is broken, and tells why", async () => {
        await edit("greeting.ts", () => "export const GREETING = ;");
        await running.printed(/Not reloaded:.*greeting\.ts.*All goes on as before/s);
        const { Payload } = await lambda.send(new InvokeCommand({ FunctionName: await functionNamed("greet") }));
        assert.equal(Buffer.from(Payload ?? []).toString(), '"hello"');
        await edit("greeting.ts", () => 'export const GREETING = "mended";');
        await running.printed(/Reloaded in \d+ ms: greet updated/);
    });
});
