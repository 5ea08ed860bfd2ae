import assert from "node:assert/strict";

import type { Graph, GraphValue, Properties } from "../../../graph/model";
import { definitionOf, ofType, only, statementsOf, withApiFirst } from "./graphs";

function member(value: GraphValue | undefined, ...path: string[]): GraphValue | undefined {
    return path.reduce<GraphValue | undefined>((inner, key) => (inner as Properties | undefined)?.[key], value);
}

describe("the API-first architecture's events", () => {
    let graph: Graph;

    before(async () => {
        graph = await withApiFirst(true);
    });

    const arnOf = (type: string, name: string): unknown =>
        ofType(graph, type).find((resource) => resource.name === name)?.outputs["arn"];

    describe("from the outbox", () => {
        it("go from the orders' stream by a function to the bus", () => {
            const { inputs } = only(graph, "aws:pipes/pipe:Pipe");
            const orders = ofType(graph, "aws:dynamodb/table:Table").find(({ name }) => name === "shop-orders");
            assert.equal(orders?.inputs["streamViewType"], "NEW_IMAGE");
            assert.equal(inputs["source"], orders.outputs["streamArn"]);
            assert.equal(inputs["enrichment"], arnOf("aws:lambda/alias:Alias", "shop-order-events"));
            assert.equal(inputs["target"], arnOf("aws:cloudwatch/eventBus:EventBus", "shop"));
        });

        it("begin with the first change, and end in the dead-letter queue where they cannot be told", () => {
            const stream = member(
                only(graph, "aws:pipes/pipe:Pipe").inputs["sourceParameters"],
                "dynamodbStreamParameters",
            );
            assert.equal(member(stream, "startingPosition"), "TRIM_HORIZON");
            assert.equal(member(stream, "deadLetterConfig", "arn"), arnOf("aws:sqs/queue:Queue", "shop-failed"));
            // By default a pipe tries for ever, and one bad record holds up all that come after it.
            assert.ok(Number(member(stream, "maximumRetryAttempts")) > 0);
            assert.ok(Number(member(stream, "maximumRecordAgeInSeconds")) < 24 * 3600);
        });

        it("need no more than reading the stream, asking the function and telling the bus", () => {
            const actions = statementsOf(graph, "shop-outbox").flatMap(({ Action }) => Action);
            assert.deepEqual(actions.sort(), [
                "dynamodb:DescribeStream",
                "dynamodb:GetRecords",
                "dynamodb:GetShardIterator",
                "dynamodb:ListStreams",
                "events:PutEvents",
                "lambda:InvokeFunction",
                "sqs:SendMessage",
            ]);
            assert.ok(statementsOf(graph, "shop-outbox").every(({ Resource }) => !String(Resource).includes("*")));
        });
    });

    describe("from the gateway itself", () => {
        it("have an integration with the bus, in a role that may do nothing else", () => {
            const operation = definitionOf(graph).paths["/v2/feedback"]?.["post"];
            const integration = operation?.["x-amazon-apigateway-integration"] as Properties;
            assert.equal(integration["uri"], "arn:aws:apigateway:eu-central-1:events:action/PutEvents");
            assert.equal(integration["credentials"], arnOf("aws:iam/role:Role", "shop-publish"));
            assert.deepEqual(
                statementsOf(graph, "shop-publish").map(({ Action, Resource }) => [Action, Resource]),
                [["events:PutEvents", arnOf("aws:cloudwatch/eventBus:EventBus", "shop")]],
            );
        });

        it("leave nothing for a handler to check", () => {
            const { definitions } = definitionOf(graph);
            const comment = member(definitions, "Feedback", "properties", "comment");
            assert.equal(member(comment, "maxLength"), 2000);
        });
    });
});
