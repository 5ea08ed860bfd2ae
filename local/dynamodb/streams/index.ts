export { lambdaRecord, sequenceText } from "./events";
export { streamsService } from "./operations";
export type { Stream, StreamRecord } from "./stream";
export { Streams } from "./streams";
