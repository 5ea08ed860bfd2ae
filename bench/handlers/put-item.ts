import { DynamoDBClient, PutItemCommand } from "@aws-sdk/client-dynamodb";

let count = 0;

/** One PutItem for each request. */
export function handler(): () => Promise<{ statusCode: number; body: string }> {
    const client = new DynamoDBClient();
    return async () => {
        const Item = { id: { S: `item-${++count % 1000}` }, text: { S: "some text that is stored" } };
        await client.send(new PutItemCommand({ TableName: process.env["TABLE"], Item }));
        return { statusCode: 201, body: "{}" };
    };
}
