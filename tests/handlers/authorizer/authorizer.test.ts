import assert from "node:assert/strict";

import type { APIGatewayAuthorizerResult, PolicyDocument } from "aws-lambda";
import { createLocalJWKSet, exportJWK, generateKeyPair, type JWTPayload, SignJWT } from "jose";

import { authorize, handler, type TokenRules } from "../../../handlers/authorizer/authorizer";

const ISSUER = "https://issuer.example.com/pool";
const STAGE = "arn:aws:execute-api:eu-west-1:123456789012:api1/live";
const ARN = `${STAGE}/GET/v1/orders`;

/** IAM's wildcards: `*` is any text, `?` any one character. */
function allows(policy: PolicyDocument, arn: string): boolean {
    const [statement] = policy.Statement as { Effect: string; Resource: string[] }[];
    const patterns = statement?.Effect === "Allow" ? statement.Resource : [];
    return patterns.some((pattern) =>
        new RegExp(`^${pattern.replace(/[.]/g, "\\.").replace(/\*/g, ".*").replace(/\?/g, ".")}$`).test(arn),
    );
}

describe("the Lambda authorizer", () => {
    let rules: TokenRules;
    let sign: (claims: JWTPayload, expires?: string) => Promise<string>;

    before(async () => {
        const { privateKey, publicKey } = await generateKeyPair("ES256");
        const key = { ...(await exportJWK(publicKey)), kid: "k1", alg: "ES256" };
        rules = { issuer: ISSUER, keys: createLocalJWKSet({ keys: [key] }) };
        sign = (claims, expires = "1h") =>
            new SignJWT({ sub: "ada", iss: ISSUER, ...claims })
                .setProtectedHeader({ alg: "ES256", kid: "k1" })
                .setIssuedAt()
                .setExpirationTime(expires)
                .sign(privateKey);
    });

    function asked(token: string, more: Partial<TokenRules> = {}): Promise<APIGatewayAuthorizerResult> {
        const event = { authorizationToken: `Bearer ${token}`, methodArn: ARN };
        return authorize(event, { ...rules, ...more });
    }

    it("opens the routes of the token's scopes, on the whole stage", async () => {
        const answer = await asked(await sign({ scope: "orders/read orders/admin unknown" }));
        assert.equal(answer.principalId, "ada");
        assert.deepEqual(answer.context, { scope: "orders/read orders/admin unknown" });
    });

    it("opens to a scope its own routes only", async () => {
        const routes = [
            "GET/v1/orders",
            "GET/v2/orders/o-1",
            "POST/v1/orders",
            "PATCH/v1/orders/o-1",
            "POST/v2/orders/o-1/cancel",
            "GET/v1/statuses/placed/orders",
        ];
        const expected: Record<string, string[]> = {
            "orders/read": ["GET/v1/orders", "GET/v2/orders/o-1"],
            "orders/write": ["POST/v1/orders", "PATCH/v1/orders/o-1", "POST/v2/orders/o-1/cancel"],
            "orders/admin": ["GET/v1/statuses/placed/orders"],
        };
        for (const [scope, open] of Object.entries(expected)) {
            const { policyDocument } = await asked(await sign({ scope }));
            assert.deepEqual(
                routes.filter((route) => allows(policyDocument, `${STAGE}/${route}`)),
                open,
                scope,
            );
        }
    });

    it("denies everything to a valid token without scopes", async () => {
        const { policyDocument } = await asked(await sign({}));
        assert.equal(policyDocument.Statement[0]?.Effect, "Deny");
    });

    it("answers Unauthorized, which becomes 401, to tokens that do not count", async () => {
        const tokens: Record<string, string> = {
            expired: await sign({}, "-1s"),
            "of another issuer": await sign({ iss: "https://elsewhere.example.com" }),
            "an ID token": await sign({ token_use: "id" }),
            nonsense: "nonsense",
            "tampered with": (await sign({ scope: "orders/read" })).replace(/\.[^.]+\./, ".eyJzdWIiOiJldmUifQ."),
            unsigned: `${Buffer.from('{"alg":"none"}').toString("base64url")}.e30.`,
        };
        for (const [what, token] of Object.entries(tokens)) {
            await assert.rejects(asked(token), { message: "Unauthorized" }, what);
        }
    });

    it("checks the audience where one is set, also as Cognito names it", async () => {
        const cases: [JWTPayload, boolean][] = [
            [{ aud: "shop" }, true],
            [{ aud: ["other", "shop"] }, true],
            [{ client_id: "shop" }, true],
            [{ aud: "other" }, false],
            [{}, false],
        ];
        for (const [claims, allowed] of cases) {
            const answered = asked(await sign(claims), { audience: "shop" });
            await (allowed ? answered : assert.rejects(answered, { message: "Unauthorized" }));
        }
    });

    it("does not blame the token when the issuer's keys cannot be fetched", async () => {
        const keys = (): never => {
            throw new TypeError("fetch failed");
        };
        await assert.rejects(asked(await sign({}), { keys }), { message: "fetch failed" });
    });

    it("needs to know its issuer", () => {
        assert.throws(() => handler(), /ISSUER must name/);
    });
});
