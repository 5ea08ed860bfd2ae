export type { Deliver, Delivery, InvocationRecord } from "./asynchronous";
export { type InvokeRequest, type InvokeResult, Lambda, type LambdaOptions } from "./lambda";
export { limitationOf, whyNotRunnable } from "./model";
