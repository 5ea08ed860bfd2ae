import { DynamoDBPersistenceLayer } from "@aws-lambda-powertools/idempotency/dynamodb";
import { Logger } from "@aws-lambda-powertools/logger";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { DynamoDBDocumentClient, PutCommand } from "@aws-sdk/lib-dynamodb";
import * as aws from "@pulumi/aws";
import * as z from "zod/mini";

/** The packages that placing an order needs, as CallbackFunction ships them; its own logic weighs next to nothing. */
new aws.lambda.CallbackFunction("place-order", {
    callbackFactory: () => {
        const client = new DynamoDBClient();
        const documents = DynamoDBDocumentClient.from(client);
        const answers = new DynamoDBPersistenceLayer({ tableName: "answers", awsSdkV3Client: client });
        const logger = new Logger();
        const schema = z.strictObject({ id: z.string() });
        return async (event: unknown) => {
            const order = z.parse(schema, event);
            logger.info("placing", { kept: answers.idempotencyKeyPrefix });
            await documents.send(new PutCommand({ TableName: "orders", Item: order }));
        };
    },
});
