export { Logs, type LogsOptions, type PutOptions } from "./logs";
export type { LogEvent, LogEventListener, NewLogEvent } from "./model";
