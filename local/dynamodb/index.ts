export { DynamoDb, type DynamoDbOptions, type StreamEvent, type StreamSource } from "./dynamodb";
export type { AttributeValue, Item, TableDescription } from "./model";
