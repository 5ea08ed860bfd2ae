export { ApiFirst } from "./api-first";
export type { ApiFirstArgs, Throttle } from "./api-first-args";
