export type { InvocationRecord } from "./invocation-record";
export { type InvokeRequest, type InvokeResult, Lambda, type LambdaOptions } from "./lambda";
export { limitationOf, whyNotRunnable } from "./model";
