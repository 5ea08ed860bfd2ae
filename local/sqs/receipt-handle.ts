import type { Message } from "./model";
import { invalidReceiptHandle } from "./refusals";

/** Names one receipt of one message. */
export function receiptHandle(queueName: string, { id, receiveCount }: Message): string {
    return Buffer.from(JSON.stringify([queueName, id, receiveCount])).toString("base64");
}

/** @throws ServiceError ReceiptHandleIsInvalid where it is of no message of this queue. */
export function parseReceiptHandle(queueName: string, handle: string): { id: string; receiveCount: number } {
    try {
        const parsed: unknown = JSON.parse(Buffer.from(handle, "base64").toString());
        if (Array.isArray(parsed) && parsed[0] === queueName) {
            return { id: String(parsed[1]), receiveCount: Number(parsed[2]) };
        }
    } catch {
        // Told below.
    }
    throw invalidReceiptHandle(handle);
}
