import assert from "node:assert/strict";

import type { Graph } from "../../../graph/model";
import { definitionOf, ofType, only, withApiFirst } from "./graphs";

const FUNCTION = "aws:lambda/function:Function";

describe("the API-first architecture's settings", () => {
    let graph: Graph;

    before(async () => {
        graph = await withApiFirst(true);
    });

    describe("authentication", () => {
        it("by a user pool demands long passwords and gives short-lived tokens", () => {
            const pool = only(graph, "aws:cognito/userPool:UserPool");
            assert.equal((pool.inputs["passwordPolicy"] as Record<string, unknown>)["minimumLength"], 12);
            const client = only(graph, "aws:cognito/userPoolClient:UserPoolClient");
            assert.equal(client.inputs["accessTokenValidity"], 60);
            assert.equal(client.inputs["preventUserExistenceErrors"], "ENABLED");
        });

        it("takes passwords over the wire in unprotected stacks only", async () => {
            const flows = (from: Graph): unknown =>
                only(from, "aws:cognito/userPoolClient:UserPoolClient").inputs["explicitAuthFlows"];
            assert.ok(JSON.stringify(flows(graph)).includes('"ALLOW_USER_PASSWORD_AUTH"'));
            assert.ok(!JSON.stringify(flows(await withApiFirst(true, "prod"))).includes('"ALLOW_USER_PASSWORD_AUTH"'));
        });

        it("by a Lambda authorizer checks tokens of the issuer that is named", async () => {
            const lambda = await withApiFirst({
                auth: "lambda",
                authorizer: { issuer: "https://issuer.example.com", audience: "shop" },
            });
            assert.equal(ofType(lambda, "aws:cognito/userPool:UserPool").length, 0);
            const authorizer = ofType(lambda, FUNCTION).find(({ name }) => name === "shop-authorizer");
            const { variables } = authorizer?.inputs["environment"] as { variables: Record<string, string> };
            assert.equal(variables["ISSUER"], "https://issuer.example.com");
            assert.equal(variables["AUDIENCE"], "shop");
        });

        it("by a Lambda authorizer makes a user pool where no issuer is named", async () => {
            const lambda = await withApiFirst({ auth: "lambda" });
            const pool = only(lambda, "aws:cognito/userPool:UserPool");
            const authorizer = ofType(lambda, FUNCTION).find(({ name }) => name === "shop-authorizer");
            const { variables } = authorizer?.inputs["environment"] as { variables: Record<string, string> };
            assert.equal(variables["ISSUER"], `https://${String(pool.outputs["endpoint"])}`);
        });

        it("by IAM gives out a policy and lets nobody else in", async () => {
            const iam = await withApiFirst({ auth: "iam" });
            assert.equal(ofType(iam, "aws:cognito/userPool:UserPool").length, 0);
            assert.match(String(iam.outputs["invokePolicyArn"]), /^arn:aws:iam::/);
            const policy = JSON.stringify(definitionOf(iam)["x-amazon-apigateway-policy"]);
            assert.match(policy, /"Effect":"Allow".*"Resource":\["execute-api:\/\*\/GET\/openapi.json"/);
            assert.doesNotMatch(policy, /"Effect":"Allow"[^}]*"execute-api:\/\*"/);
        });

        it("by API key makes the keys and a usage plan with quota", async () => {
            const apiKey = await withApiFirst({
                auth: "apiKey",
                apiKeys: ["web", "partner"],
                quota: { limit: 500, period: "WEEK" },
            });
            assert.deepEqual(
                ofType(apiKey, "aws:apigateway/apiKey:ApiKey")
                    .map(({ name }) => name)
                    .sort(),
                ["shop-partner", "shop-web"],
            );
            const plan = only(apiKey, "aws:apigateway/usagePlan:UsagePlan");
            assert.deepEqual(plan.inputs["quotaSettings"], { limit: 500, period: "WEEK" });
            assert.ok("apiKey" in Object(Object(definitionOf(apiKey)["securityDefinitions"]).caller) === false);
        });
    });

    describe("options", () => {
        it("add a domain with a certificate that the zone validates", async () => {
            const domain = await withApiFirst({ domain: { name: "orders.example.com", zoneId: "Z1" } });
            assert.equal(domain.outputs["ordersUrl"], "https://orders.example.com");
            for (const type of [
                "aws:acm/certificate:Certificate",
                "aws:acm/certificateValidation:CertificateValidation",
                "aws:apigateway/domainName:DomainName",
                "aws:apigateway/basePathMapping:BasePathMapping",
            ]) {
                assert.equal(ofType(domain, type).length, 1, type);
            }
            assert.equal(ofType(graph, "aws:acm/certificate:Certificate").length, 0);
        });

        it("use a certificate that exists", async () => {
            const certificateArn = "arn:aws:acm:us-east-1:123456789012:certificate/1";
            const domain = await withApiFirst({ domain: { name: "orders.example.com", zoneId: "Z1", certificateArn } });
            assert.equal(ofType(domain, "aws:acm/certificate:Certificate").length, 0);
        });

        it("add a firewall", async () => {
            const guarded = await withApiFirst({ waf: true });
            assert.equal(ofType(guarded, "aws:wafv2/webAclAssociation:WebAclAssociation").length, 1);
            assert.equal(ofType(graph, "aws:wafv2/webAcl:WebAcl").length, 0);
        });

        it("allow the pages of the given origins", async () => {
            const cors = await withApiFirst({ corsOrigins: ["https://shop.example.com"] });
            const preflight = JSON.stringify(definitionOf(cors).paths["/v1/orders"]?.["options"]);
            assert.match(preflight, /'https:\/\/shop\.example\.com'/);
        });
    });
});
