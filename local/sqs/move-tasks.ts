import { randomUUID } from "node:crypto";

import type { Clock } from "../clock";
import { ServiceError } from "../errors";
import type { JsonObject } from "../service";
import type { Queue } from "./queue";
import type { Queues } from "./queues";
import { missingParameter } from "./refusals";

interface MoveTask {
    handle: string;
    source: Queue;
    destinationArn?: string;
    perSecond: number;
    status: "RUNNING" | "COMPLETED" | "CANCELLED" | "FAILED";
    moved: number;
    toMove: number;
    startedAt: number;
    failure?: string;
}

/** SQS moves at most so many a second. */
const MOST_PER_SECOND = 500;

/** Dead letters' way back: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_StartMessageMoveTask.html */
export class MoveTasks {
    readonly #tasks: MoveTask[] = [];

    constructor(
        private readonly queues: Queues,
        private readonly clock: Clock,
    ) {}

    start(input: JsonObject): JsonObject {
        const source = this.#source(input);
        if (!this.queues.all.some(({ redrivePolicy }) => redrivePolicy?.deadLetterTargetArn === source.arn)) {
            throw new ServiceError("InvalidParameterValue", "Source queue must be configured as a Dead Letter Queue.");
        }
        if (this.#tasks.some((task) => task.source === source && task.status === "RUNNING")) {
            throw new ServiceError(
                "UnsupportedOperation",
                "There is already a task running. Only one active task is allowed for a source queue arn at a given time.",
            );
        }
        const { DestinationArn: destination, MaxNumberOfMessagesPerSecond: rate } = input;
        const task: MoveTask = {
            handle: Buffer.from(randomUUID()).toString("base64"),
            source,
            destinationArn: typeof destination === "string" ? destination : undefined,
            perSecond: typeof rate === "number" ? Math.min(rate, MOST_PER_SECOND) : MOST_PER_SECOND,
            status: "RUNNING",
            moved: 0,
            toMove: source.counts.visible,
            startedAt: this.clock.now(),
        };
        this.#tasks.unshift(task);
        this.#step(task);
        return { TaskHandle: task.handle };
    }

    list(input: JsonObject): JsonObject {
        const source = this.#source(input);
        const limit = typeof input["MaxResults"] === "number" ? input["MaxResults"] : 1;
        const ofSource = this.#tasks.filter((task) => task.source === source).slice(0, limit);
        return {
            Results: ofSource.map((task) => ({
                ...(task.status === "RUNNING" ? { TaskHandle: task.handle } : {}),
                Status: task.status,
                SourceArn: source.arn,
                DestinationArn: task.destinationArn,
                MaxNumberOfMessagesPerSecond: task.perSecond,
                ApproximateNumberOfMessagesMoved: task.moved,
                ApproximateNumberOfMessagesToMove: task.toMove,
                FailureReason: task.failure,
                StartedTimestamp: task.startedAt,
            })),
        };
    }

    cancel({ TaskHandle: handle }: JsonObject): JsonObject {
        const task = this.#tasks.find((each) => each.handle === handle);
        if (task === undefined) throw new ServiceError("ResourceNotFoundException", "Task does not exist.");
        if (task.status !== "RUNNING") {
            throw new ServiceError("UnsupportedOperation", "Only active tasks can be cancelled.");
        }
        task.status = "CANCELLED";
        return { ApproximateNumberOfMessagesMoved: task.moved };
    }

    /** Moves what a second allows, and goes on a second later. */
    #step(task: MoveTask): void {
        if (task.status !== "RUNNING") return;
        for (const message of task.source.takeOut(task.perSecond)) {
            const target = this.queues.byArn(task.destinationArn ?? message.deadLetterSource ?? "");
            if (target === undefined) {
                task.source.move(message, message.deadLetterSource);
                task.status = "FAILED";
                task.failure = "CouldNotDetermineMessageSource";
                return;
            }
            target.move(message);
            task.moved++;
        }
        if (task.source.counts.visible === 0 || task.moved >= task.toMove) task.status = "COMPLETED";
        else this.clock.after(1000, () => this.#step(task));
    }

    #source({ SourceArn: arn }: JsonObject): Queue {
        if (typeof arn !== "string") throw missingParameter("SourceArn");
        const queue = this.queues.byArn(arn);
        if (queue !== undefined) return queue;
        throw new ServiceError(
            "ResourceNotFoundException",
            "The resource that you specified for the SourceArn parameter doesn't exist.",
        );
    }
}
