export { DynamoDb, type DynamoDbOptions } from "./dynamodb";
export type { AttributeValue, Item, ItemChange, ItemChangeListener, TableDescription } from "./model";
