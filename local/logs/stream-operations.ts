import type { Clock } from "../clock";
import type { JsonObject } from "../service";
import type { LogGroups } from "./log-groups";
import type { LogStream } from "./model";
import { invalidMember, invalidParameter } from "./refusals";
import { logGroupName, logGroupOf, logStreamName, optionalText, page } from "./requests";

const ORDERS = ["LogStreamName", "LastEventTime"];

/** The operations on log streams. */
export class StreamOperations {
    constructor(
        private readonly groups: LogGroups,
        private readonly clock: Clock,
        /** `arn:aws:logs:<region>:<account>:log-group:` */
        private readonly arnPrefix: string,
    ) {}

    create(input: JsonObject): JsonObject {
        const name = logStreamName(input);
        this.groups.get(logGroupName(input)).createStream(name, this.clock.now());
        return {};
    }

    delete(input: JsonObject): JsonObject {
        this.groups.get(logGroupName(input)).deleteStream(logStreamName(input));
        return {};
    }

    describe(input: JsonObject): JsonObject {
        const group = this.groups.get(logGroupOf(input));
        const prefix = optionalText(input, "logStreamNamePrefix");
        const orderBy = optionalText(input, "orderBy") ?? "LogStreamName";
        if (!ORDERS.includes(orderBy)) {
            throw invalidMember("orderBy", orderBy, `Member must satisfy enum value set: [${ORDERS.join(", ")}]`);
        }
        if (orderBy === "LastEventTime" && prefix !== undefined) {
            throw invalidParameter("Cannot order by LastEventTime with a logStreamNamePrefix.");
        }
        const sign = input["descending"] === true ? -1 : 1;
        const time = (stream: LogStream): number =>
            orderBy === "LastEventTime" ? (stream.lastEventTimestamp ?? stream.creationTime) : 0;
        const streams = [...group.streams.values()]
            .filter(({ name }) => name.startsWith(prefix ?? ""))
            .sort((a, b) => sign * (time(a) - time(b) || (a.name < b.name ? -1 : 1)));
        const { items, nextToken } = page(streams, ({ name }) => name, input, 50);
        return { logStreams: items.map((stream) => this.#description(group.name, stream)), nextToken };
    }

    #description(group: string, stream: LogStream): JsonObject {
        return {
            logStreamName: stream.name,
            creationTime: stream.creationTime,
            firstEventTimestamp: stream.firstEventTimestamp,
            lastEventTimestamp: stream.lastEventTimestamp,
            lastIngestionTime: stream.lastIngestionTime,
            arn: `${this.arnPrefix}${group}:log-stream:${stream.name}`,
            // AWS has answered 0 since June 2019:
            // https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_LogStream.html
            storedBytes: 0,
        };
    }
}
