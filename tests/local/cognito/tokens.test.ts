import assert from "node:assert/strict";
import { createPublicKey, type JsonWebKey, verify } from "node:crypto";

import { CLIENT_ID, claimsOf, Fixture, POOL_ARN, POOL_ID, REGION, tokensOf } from "./fixture";

const MINUTE = 60_000;
const ISSUER = `https://cognito-idp.${REGION}.amazonaws.com/${POOL_ID}`;

async function signedByPool(cloud: Fixture, token: string): Promise<boolean> {
    const { body } = await cloud.get(`/${POOL_ID}/.well-known/jwks.json`);
    const { keys } = JSON.parse(String(body)) as { keys: (JsonWebKey & { kid: string })[] };
    const [header = "", payload = "", signature = ""] = token.split(".");
    const { kid, alg } = JSON.parse(Buffer.from(header, "base64url").toString()) as { kid: string; alg: string };
    const key = keys.find((one) => one.kid === kid);
    assert.equal(alg, "RS256");
    assert.ok(key);
    const publicKey = createPublicKey({ key, format: "jwk" });
    return verify("sha256", Buffer.from(`${header}.${payload}`), publicKey, Buffer.from(signature, "base64url"));
}

describe("Cognito tokens", () => {
    it("are signed by the key that the JWKS shows", async () => {
        const cloud = await Fixture.withPool();
        await cloud.user();
        const { id, access } = await cloud.tokens();
        assert.ok(await signedByPool(cloud, id));
        assert.ok(await signedByPool(cloud, access));
        const { body } = await cloud.get(`/${POOL_ID}/.well-known/openid-configuration`);
        const configuration = JSON.parse(String(body)) as Record<string, unknown>;
        assert.equal(configuration["issuer"], ISSUER);
        assert.equal(configuration["jwks_uri"], `${ISSUER}/.well-known/jwks.json`);
    });

    it("carry the claims that AWS documents", async () => {
        const cloud = await Fixture.withPool({ schemas: [{ name: "plan", attributeDataType: "String" }] });
        const sub = await cloud.user();
        await cloud.create("userGroup:UserGroup", "staff", { userPoolId: POOL_ID, precedence: 2 }, { name: "staff" });
        await cloud.admin("CreateGroup", { GroupName: "boss", Precedence: 1, RoleArn: "arn:aws:iam::1:role/boss" });
        for (const GroupName of ["staff", "boss"]) {
            await cloud.admin("AdminAddUserToGroup", { Username: "ann@example.com", GroupName });
        }
        const UserAttributes = [{ Name: "custom:plan", Value: "free" }];
        await cloud.admin("AdminUpdateUserAttributes", { Username: "ann@example.com", UserAttributes });
        const now = cloud.clock.now() / 1000;
        const { id, access } = await cloud.tokens();
        const { jti: idJti, event_id: idEvent, origin_jti: idOrigin, ...idClaims } = claimsOf(id);
        assert.deepEqual(idClaims, {
            sub,
            aud: CLIENT_ID,
            "cognito:username": sub,
            "cognito:groups": ["boss", "staff"],
            "cognito:roles": ["arn:aws:iam::1:role/boss"],
            "cognito:preferred_role": "arn:aws:iam::1:role/boss",
            email: "ann@example.com",
            email_verified: true,
            "custom:plan": "free",
            token_use: "id",
            iss: ISSUER,
            auth_time: now,
            iat: now,
            exp: now + 3600,
        });
        const { jti, event_id: event, origin_jti: origin, ...accessClaims } = claimsOf(access);
        assert.deepEqual(accessClaims, {
            sub,
            client_id: CLIENT_ID,
            username: sub,
            "cognito:groups": ["boss", "staff"],
            scope: "aws.cognito.signin.user.admin",
            token_use: "access",
            iss: ISSUER,
            auth_time: now,
            iat: now,
            exp: now + 3600,
        });
        assert.equal(idEvent, event);
        assert.equal(idOrigin, origin);
        assert.notEqual(idJti, jti);
    });

    it("live as long as the client says, in its units", async () => {
        const cloud = await Fixture.withPool(
            {},
            {
                accessTokenValidity: 5,
                idTokenValidity: 2,
                refreshTokenValidity: 3,
                tokenValidityUnits: { accessToken: "minutes", idToken: "hours", refreshToken: "days" },
            },
        );
        await cloud.user();
        const { AuthenticationResult } = await cloud.signIn();
        assert.equal((AuthenticationResult as { ExpiresIn: number }).ExpiresIn, 300);
        const { id, access, refresh } = tokensOf(AuthenticationResult);
        assert.equal(Number(claimsOf(id)["exp"]) - Number(claimsOf(id)["iat"]), 7200);
        await cloud.call("GetUser", { AccessToken: access });
        await cloud.clock.advance(5 * MINUTE);
        await assert.rejects(cloud.call("GetUser", { AccessToken: access }), {
            name: "NotAuthorizedException",
            message: "Access Token has expired",
        });
        const renew = () =>
            cloud.client("InitiateAuth", {
                AuthFlow: "REFRESH_TOKEN_AUTH",
                AuthParameters: { REFRESH_TOKEN: refresh },
            });
        const renewed = await renew();
        assert.equal((renewed["AuthenticationResult"] as Record<string, unknown>)["RefreshToken"], undefined);
        const again = tokensOf(renewed["AuthenticationResult"]);
        assert.equal(claimsOf(again.id)["auth_time"], claimsOf(id)["auth_time"]);
        assert.equal(claimsOf(again.id)["origin_jti"], claimsOf(id)["origin_jti"]);
        await cloud.clock.advance(3 * 1440 * MINUTE);
        await assert.rejects(renew(), { name: "NotAuthorizedException", message: "Refresh Token has expired" });
    });

    it("can be verified for API Gateway, by pool and time, at little cost", async () => {
        const cloud = await Fixture.withPool();
        await cloud.user();
        const { id, refresh } = await cloud.tokens();
        const verified = await cloud.cognito.verify(id, [POOL_ARN]);
        assert.ok("claims" in verified && verified.claims["token_use"] === "id");
        assert.ok("reason" in (await cloud.cognito.verify(id, [`${POOL_ARN}x`])));
        assert.ok("reason" in (await cloud.cognito.verify(refresh, [POOL_ARN])));
        const [header = "", payload = "", signature = ""] = id.split(".");
        const forged = Buffer.from(JSON.stringify({ ...claimsOf(id), sub: "root" })).toString("base64url");
        assert.ok("reason" in (await cloud.cognito.verify([header, forged, signature].join("."), [POOL_ARN])));
        const unsigned = Buffer.from(JSON.stringify({ alg: "none" })).toString("base64url");
        assert.ok("reason" in (await cloud.cognito.verify(`${unsigned}.${payload}.`, [POOL_ARN])));
        await cloud.clock.advance(60 * MINUTE);
        assert.deepEqual(await cloud.cognito.verify(id, [POOL_ARN]), { reason: "The token has expired." });
    });

    it("end when they are revoked or the user signs out everywhere", async () => {
        const cloud = await Fixture.withPool();
        await cloud.user();
        const first = await cloud.tokens();
        const second = await cloud.tokens();
        await cloud.client("RevokeToken", { Token: first.refresh });
        const revoked = { name: "NotAuthorizedException", message: "Access Token has been revoked" };
        await assert.rejects(cloud.call("GetUser", { AccessToken: first.access }), revoked);
        await cloud.call("GetUser", { AccessToken: second.access });
        await cloud.call("GlobalSignOut", { AccessToken: second.access });
        await assert.rejects(cloud.call("GetUser", { AccessToken: second.access }), revoked);
        const refresh = { AuthFlow: "REFRESH_TOKEN_AUTH", AuthParameters: { REFRESH_TOKEN: second.refresh } };
        await assert.rejects(cloud.client("InitiateAuth", refresh), { message: "Refresh Token has been revoked" });
    });

    it("admit to the user's own operations only as access tokens", async () => {
        const cloud = await Fixture.withPool();
        await cloud.user();
        const { id } = await cloud.tokens();
        const invalid = { name: "NotAuthorizedException", message: "Invalid Access Token" };
        await assert.rejects(cloud.call("GetUser", { AccessToken: id }), invalid);
        await assert.rejects(cloud.call("GetUser", { AccessToken: "nonsense" }), invalid);
    });

    it("rotate where the client says so, with a grace period", async () => {
        const cloud = await Fixture.withPool(
            {},
            { refreshTokenRotation: { feature: "ENABLED", retryGracePeriodSeconds: 10 } },
        );
        await cloud.user();
        const { refresh } = await cloud.tokens();
        const renew = async (RefreshToken: string) =>
            tokensOf((await cloud.client("GetTokensFromRefreshToken", { RefreshToken }))["AuthenticationResult"]);
        const next = await renew(refresh);
        assert.notEqual(next.refresh, refresh);
        await renew(refresh);
        await cloud.clock.advance(10_000);
        await assert.rejects(renew(refresh), { name: "RefreshTokenReuseException" });
        await renew(next.refresh);
    });
});

describe("Cognito token endpoint", () => {
    const FORM = { "content-type": "application/x-www-form-urlencoded" };
    const machine = async () => {
        const cloud = await Fixture.withPool(
            {},
            {
                generateSecret: true,
                allowedOauthFlowsUserPoolClient: true,
                allowedOauthFlows: ["client_credentials"],
                allowedOauthScopes: ["orders/read", "orders/write"],
            },
            undefined,
            { clientSecret: "s3cret" },
        );
        const scopes = ["read", "write", "admin"].map((scopeName) => ({ scopeName, scopeDescription: scopeName }));
        const inputs = { userPoolId: POOL_ID, identifier: "orders", name: "Orders", scopes };
        await cloud.create("resourceServer:ResourceServer", "orders", inputs);
        await cloud.create("userPoolDomain:UserPoolDomain", "shop", { userPoolId: POOL_ID, domain: "shop" });
        return cloud;
    };
    const basic = `Basic ${Buffer.from(`${CLIENT_ID}:s3cret`).toString("base64")}`;

    it("gives clients tokens of their own, by host or by path", async () => {
        const cloud = await machine();
        const body = "grant_type=client_credentials&scope=orders%2Fread";
        const headers = { ...FORM, authorization: basic, host: `shop.auth.${REGION}.amazoncognito.com` };
        const byHost = await cloud.http("POST", "/oauth2/token", headers, body);
        assert.equal(byHost.status, 200);
        const answer = JSON.parse(String(byHost.body)) as Record<string, unknown>;
        assert.equal(answer["expires_in"], 3600);
        const claims = claimsOf(String(answer["access_token"]));
        assert.equal(claims["sub"], CLIENT_ID);
        assert.equal(claims["scope"], "orders/read");
        const path = `/_cognito/${POOL_ID}/oauth2/token`;
        const inForm = `grant_type=client_credentials&client_id=${CLIENT_ID}&client_secret=s3cret`;
        const byPath = JSON.parse(String((await cloud.http("POST", path, FORM, inForm)).body)) as Record<
            string,
            unknown
        >;
        assert.equal(claimsOf(String(byPath["access_token"]))["scope"], "orders/read orders/write");
    });

    it("refuses as OAuth says", async () => {
        const cloud = await machine();
        const ask = async (body: string, authorization = basic) => {
            const headers = { ...FORM, authorization };
            const answer = await cloud.http("POST", `/_cognito/${POOL_ID}/oauth2/token`, headers, body);
            assert.equal(answer.status, 400);
            return (JSON.parse(String(answer.body)) as { error: string }).error;
        };
        assert.equal(await ask("grant_type=client_credentials", "Basic bm86bm8="), "invalid_client");
        assert.equal(await ask("grant_type=client_credentials&scope=orders/admin"), "invalid_scope");
        assert.equal(await ask("grant_type=password"), "unsupported_grant_type");
        assert.equal(await ask(""), "invalid_request");
        assert.equal(await ask("grant_type=refresh_token&refresh_token=no"), "invalid_grant");
    });
});
