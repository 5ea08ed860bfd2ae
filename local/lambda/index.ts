export type { Deliver, InvocationRecord } from "./asynchronous";
export { type InvokeRequest, type InvokeResult, Lambda, type LambdaOptions } from "./lambda";
