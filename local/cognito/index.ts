export { Cognito, type CognitoOptions } from "./cognito";
export type { Message } from "./mailbox";
export type { FunctionInvoker } from "./triggers";
