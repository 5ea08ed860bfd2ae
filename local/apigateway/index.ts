export { ApiGateway, type ApiGatewayOptions } from "./api-gateway";
export type { AwsServiceInvoker, FunctionInvoker, Guard, LogSink, TokenVerifier } from "./ports";
