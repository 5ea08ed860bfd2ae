export { DynamoDb, type DynamoDbOptions, type StreamEvent } from "./dynamodb";
export type { AttributeValue, Item, TableDescription } from "./model";
