import {
    CloudWatchLogsClient,
    type FilteredLogEvent,
    paginateDescribeLogGroups,
    paginateFilterLogEvents,
} from "@aws-sdk/client-cloudwatch-logs";

import { DEFAULT_PORT } from "../local/cloud";
import { run } from "./run";
import { type Style, styleFor } from "./terminal";
import { parsePort, type Usage, UsageError } from "./usage";

const usage: Usage = {
    command: "npm run logs",
    summary: "Shows what functions, APIs and pipes of a running local cloud have logged.",
    argument: { name: "group", help: "Part of the log group's name, a function's for example (default: all)." },
    options: {
        follow: { flag: true, help: "Go on with what is logged from now on, until Ctrl-C." },
        since: { value: "<minutes>", help: "How far to look back (default: 10)." },
        port: { value: "<number>", help: `Port of the local cloud (default: ${DEFAULT_PORT}).` },
    },
};

const POLL_MS = 300;
/** The region that a local cloud takes any request for. */
const REGION = "us-east-1";

interface Line extends FilteredLogEvent {
    group: string;
}

void run(usage, async (given) => {
    const port = parsePort(given.text("port") ?? String(DEFAULT_PORT));
    const client = new CloudWatchLogsClient({
        endpoint: `http://127.0.0.1:${port}`,
        region: REGION,
        credentials: { accessKeyId: "local", secretAccessKey: "local" },
    });
    const wanted = given.argument() ?? "";
    const groups = await groupsLike(client, wanted, port);
    const style = styleFor(process.stdout);
    process.once("SIGINT", () => process.exit(0));
    const seen = new Set<string>();
    let since = Date.now() - minutes(given.text("since") ?? "10") * 60_000;
    do {
        const lines = await newLines(client, groups, since, seen);
        for (const line of lines) process.stdout.write(`${format(line, style)}\n`);
        // Events may still come with the time of the last one.
        since = Math.max(since, ...lines.map(({ timestamp = 0 }) => timestamp));
        if (given.flag("follow")) await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    } while (given.flag("follow"));
    return 0;
});

async function groupsLike(client: CloudWatchLogsClient, part: string, port: number): Promise<string[]> {
    const names: string[] = [];
    try {
        for await (const { logGroups = [] } of paginateDescribeLogGroups({ client }, {})) {
            names.push(...logGroups.map(({ logGroupName = "" }) => logGroupName));
        }
    } catch (error) {
        if (Reflect.get(Object(error), "code") !== "ECONNREFUSED") throw error;
        throw new UsageError(`No local cloud runs at port ${port}. Start one with npm start, or name its --port.`);
    }
    const found = names.filter((name) => name.includes(part));
    if (found.length > 0) return found;
    throw new UsageError(`No log group's name has "${part}" in it. There are:\n  ${names.join("\n  ")}`);
}

async function newLines(
    client: CloudWatchLogsClient,
    groups: string[],
    since: number,
    seen: Set<string>,
): Promise<Line[]> {
    const lines: Line[] = [];
    for (const logGroupName of groups) {
        for await (const { events = [] } of paginateFilterLogEvents({ client }, { logGroupName, startTime: since })) {
            lines.push(...events.map((event) => ({ ...event, group: logGroupName })));
        }
    }
    const fresh = lines.filter(({ group, eventId }) => !seen.has(`${group} ${eventId}`));
    for (const { group, eventId } of fresh) seen.add(`${group} ${eventId}`);
    return fresh.sort((a, b) => (a.timestamp ?? 0) - (b.timestamp ?? 0));
}

function format({ timestamp = 0, group, message = "" }: Line, style: Style): string {
    const time = new Date(timestamp).toISOString().slice(11, 23);
    const name = group.slice(group.lastIndexOf("/") + 1);
    const text = message.trimEnd();
    const isError = /\bERROR\b|"level":"ERROR"|Status: (error|timeout|failure)/.test(text);
    return `${style.dim(time)} ${style.bold(name)} ${isError ? style.bad(text) : text}`;
}

function minutes(text: string): number {
    const value = Number(text);
    if (text !== "" && value >= 0) return value;
    throw new UsageError(`--since takes a number of minutes, not "${text}".`);
}
