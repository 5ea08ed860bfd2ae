import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";

import { InlineFunction } from "../../../components/building-blocks/inline-function";
import { Table } from "../../../components/building-blocks/table";

const tags = { project: "trivial", stack: "dev", architecture: "bench", owner: "bench" };
const ANSWER = { statusCode: 200, headers: { "Content-Type": "application/json" }, body: '{"hello":"world"}' };

const table = new Table("items", { key: { hash: "id" }, keepData: false, tags });
const functions = {
    hello: new InlineFunction("hello", { tags, callback: () => ANSWER }),
    put: new InlineFunction("put", {
        tags,
        uses: [table.grant("TABLE", ["PutItem"])],
        factory: async () => (await import("../../handlers/put-item")).handler(),
    }),
};
const allow = new InlineFunction("allow", {
    tags,
    callback: (event: { methodArn: string }) => ({
        principalId: "ada",
        policyDocument: {
            Version: "2012-10-17",
            Statement: [{ Effect: "Allow", Action: "execute-api:Invoke", Resource: "*" }],
        },
        context: { arn: event.methodArn },
    }),
});

const definition = pulumi
    .all([functions.hello.alias.invokeArn, functions.put.alias.invokeArn, allow.alias.invokeArn])
    .apply(([hello, put, authorizerUri]) => {
        const operation = (uri: string, parameters: object[]): object => ({
            parameters,
            responses: {},
            security: [{ caller: [] }],
            "x-amazon-apigateway-integration": { type: "aws_proxy", httpMethod: "POST", uri },
        });
        const limit = { name: "limit", in: "query", required: true, type: "string" };
        const item = { name: "Item", in: "body", required: true, schema: { $ref: "#/definitions/Item" } };
        return JSON.stringify({
            swagger: "2.0",
            info: { title: "trivial", version: "1" },
            paths: {
                "/hello/{name}": { get: operation(hello, [limit]) },
                "/items": { post: operation(put, [item]) },
            },
            definitions: {
                Item: { type: "object", required: ["id"], properties: { id: { type: "string", minLength: 1 } } },
            },
            securityDefinitions: {
                caller: {
                    type: "apiKey",
                    name: "Authorization",
                    in: "header",
                    "x-amazon-apigateway-authtype": "custom",
                    "x-amazon-apigateway-authorizer": {
                        type: "token",
                        authorizerUri,
                        authorizerResultTtlInSeconds: 3600,
                    },
                },
            },
            "x-amazon-apigateway-request-validators": {
                all: { validateRequestBody: true, validateRequestParameters: true },
            },
            "x-amazon-apigateway-request-validator": "all",
        });
    });
const api = new aws.apigateway.RestApi("api", { body: definition });
const deployment = new aws.apigateway.Deployment("api", { restApi: api.id });
const stage = new aws.apigateway.Stage("api", { restApi: api.id, deployment: deployment.id, stageName: "live" });
new aws.apigateway.MethodSettings("all", {
    restApi: api.id,
    stageName: stage.stageName,
    methodPath: "*/*",
    settings: { throttlingRateLimit: 100_000, throttlingBurstLimit: 50_000 },
});
for (const [name, fn] of Object.entries({ ...functions, allow })) {
    new aws.lambda.Permission(name, {
        action: "lambda:InvokeFunction",
        function: fn.nodes.function.name,
        qualifier: fn.alias.name,
        principal: "apigateway.amazonaws.com",
        sourceArn: pulumi.interpolate`${api.executionArn}/*`,
    });
}

module.exports = { url: stage.invokeUrl };
