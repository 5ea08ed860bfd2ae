export { requirePollingAllowed } from "./access";
export { Checkpoints } from "./checkpoints";
export {
    type MessageAttribute,
    QueuePoller,
    type QueueConsumer,
    type QueueMessage,
    type QueueSource,
} from "./queue-poller";
export {
    type BatchOutcome,
    type GiveUpReason,
    type PollerTools,
    StreamPoller,
    type StreamConsumer,
    type StreamRecord,
    type StreamSource,
} from "./stream-poller";
export { queueRecord, withParsedBody } from "./queue-record";
