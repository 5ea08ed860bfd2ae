export { Sqs, type SqsOptions } from "./sqs";
