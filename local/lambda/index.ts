export type { Deliver, InvocationRecord } from "./asynchronous";
export { whyNotRunnable } from "./model";
export { type InvokeRequest, type InvokeResult, Lambda, type LambdaOptions } from "./lambda";
