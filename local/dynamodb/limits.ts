/** https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/ServiceQuotas.html */
export const MAX_ITEM_BYTES = 400 * 1024;
export const MAX_TRANSACTION_ACTIONS = 100;
export const MAX_TRANSACTION_BYTES = 4 * 1024 * 1024;
export const MAX_BATCH_WRITES = 25;
export const MAX_BATCH_READ_BYTES = 16 * 1024 * 1024;
export const MAX_TAGS = 50;
