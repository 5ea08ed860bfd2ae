import assert from "node:assert/strict";
import { createHmac } from "node:crypto";

import { CLIENT_ID, claimsOf, Fixture, PASSWORD, POOL_ID, signUp, tokensOf } from "./fixture";
import { SrpClient } from "./srp-client";

const EMAIL = "ann@example.com";
const TIMESTAMP = "Thu Jan 1 00:00:00 UTC 2026";
const wrongPassword = { name: "NotAuthorizedException", message: "Incorrect username or password." };

describe("Cognito sign-in", () => {
    describe("with a password", () => {
        it("refuses unknown, unconfirmed and disabled users and wrong passwords", async () => {
            const cloud = await Fixture.withPool();
            await assert.rejects(cloud.signIn(), { name: "UserNotFoundException", message: "User does not exist." });
            await cloud.client("SignUp", signUp(EMAIL));
            await assert.rejects(cloud.signIn(EMAIL, "wrong"), wrongPassword);
            await assert.rejects(cloud.signIn(), { name: "UserNotConfirmedException" });
            await cloud.admin("AdminConfirmSignUp", { Username: EMAIL });
            assert.ok((await cloud.signIn())["AuthenticationResult"]);
            await cloud.admin("AdminDisableUser", { Username: EMAIL });
            await assert.rejects(cloud.signIn(), { name: "NotAuthorizedException", message: "User is disabled." });
            await cloud.admin("AdminEnableUser", { Username: EMAIL });
            assert.ok((await cloud.signIn())["AuthenticationResult"]);
        });

        it("locks a user out for a while after five wrong passwords", async () => {
            const cloud = await Fixture.withPool();
            await cloud.user();
            for (let attempt = 0; attempt < 5; attempt++) {
                await assert.rejects(cloud.signIn(EMAIL, "wrong"), wrongPassword);
            }
            await assert.rejects(cloud.signIn(), { message: "Password attempts exceeded" });
            await cloud.clock.advance(1000);
            assert.ok((await cloud.signIn())["AuthenticationResult"]);
        });

        it("admits only the client's flows", async () => {
            const cloud = await Fixture.withPool({}, { explicitAuthFlows: ["ALLOW_USER_SRP_AUTH"] });
            await assert.rejects(cloud.signIn(), {
                name: "InvalidParameterException",
                message: "USER_PASSWORD_AUTH flow not enabled for this client",
            });
            const AuthParameters = { USERNAME: EMAIL, PASSWORD };
            const asAdmin = { ClientId: CLIENT_ID, AuthFlow: "ADMIN_USER_PASSWORD_AUTH", AuthParameters };
            await assert.rejects(cloud.admin("AdminInitiateAuth", asAdmin), {
                message: "Auth flow not enabled for this client",
            });
            await assert.rejects(cloud.client("InitiateAuth", asAdmin), {
                message: "Initiate Auth method not supported.",
            });
        });

        it("signs in for administrators", async () => {
            const cloud = await Fixture.withPool();
            await cloud.user();
            const answer = await cloud.admin("AdminInitiateAuth", {
                ClientId: CLIENT_ID,
                AuthFlow: "ADMIN_USER_PASSWORD_AUTH",
                AuthParameters: { USERNAME: EMAIL, PASSWORD },
            });
            assert.ok(answer["AuthenticationResult"]);
        });

        it("asks clients with a secret to prove it", async () => {
            const cloud = await Fixture.withPool({}, { generateSecret: true }, undefined, { clientSecret: "s3cret" });
            const SecretHash = createHmac("sha256", "s3cret")
                .update(EMAIL + CLIENT_ID)
                .digest("base64");
            await assert.rejects(cloud.client("SignUp", signUp(EMAIL)), { name: "NotAuthorizedException" });
            await assert.rejects(cloud.client("SignUp", { ...signUp(EMAIL), SecretHash: "wrong" }), {
                message: `Unable to verify secret hash for client ${CLIENT_ID}`,
            });
            await cloud.client("SignUp", { ...signUp(EMAIL), SecretHash });
            await cloud.client("ConfirmSignUp", { Username: EMAIL, ConfirmationCode: cloud.lastCode, SecretHash });
            await assert.rejects(cloud.signIn(), { name: "NotAuthorizedException" });
            const AuthParameters = { USERNAME: EMAIL, PASSWORD, SECRET_HASH: SecretHash };
            const signedIn = await cloud.client("InitiateAuth", { AuthFlow: "USER_PASSWORD_AUTH", AuthParameters });
            const { refresh } = tokensOf(signedIn["AuthenticationResult"]);
            const RefreshToken = { RefreshToken: refresh };
            await assert.rejects(cloud.client("GetTokensFromRefreshToken", RefreshToken), {
                name: "NotAuthorizedException",
            });
            const proven = { ...RefreshToken, ClientSecret: "s3cret" };
            assert.ok((await cloud.client("GetTokensFromRefreshToken", proven))["AuthenticationResult"]);
        });
    });

    describe("with SRP", () => {
        const start = async (cloud: Fixture, srp: SrpClient, USERNAME = EMAIL) => {
            const AuthParameters = { USERNAME, SRP_A: srp.publicHex };
            const answer = await cloud.client("InitiateAuth", { AuthFlow: "USER_SRP_AUTH", AuthParameters });
            assert.equal(answer["ChallengeName"], "PASSWORD_VERIFIER");
            return { ...(answer["ChallengeParameters"] as Record<string, string>) };
        };
        const respond = (cloud: Fixture, challenge: Record<string, string>, signature: string, time = TIMESTAMP) =>
            cloud.client("RespondToAuthChallenge", {
                ChallengeName: "PASSWORD_VERIFIER",
                ChallengeResponses: {
                    USERNAME: challenge["USER_ID_FOR_SRP"],
                    PASSWORD_CLAIM_SECRET_BLOCK: challenge["SECRET_BLOCK"],
                    PASSWORD_CLAIM_SIGNATURE: signature,
                    TIMESTAMP: time,
                },
            });

        it("admits a client that knows the password, whatever the padding of its numbers", async () => {
            const cloud = await Fixture.withPool();
            const sub = await cloud.user();
            for (let round = 0; round < 4; round++) {
                const srp = new SrpClient();
                const challenge = await start(cloud, srp);
                assert.equal(challenge["USER_ID_FOR_SRP"], sub);
                const signature = srp.sign(POOL_ID, PASSWORD, challenge, TIMESTAMP);
                const answer = await respond(cloud, challenge, signature);
                assert.equal(claimsOf(tokensOf(answer["AuthenticationResult"]).id)["sub"], sub);
            }
        });

        it("refuses wrong passwords, other timestamps and a second use", async () => {
            const cloud = await Fixture.withPool();
            await cloud.user();
            const srp = new SrpClient();
            let challenge = await start(cloud, srp);
            await assert.rejects(
                respond(cloud, challenge, srp.sign(POOL_ID, "wrong", challenge, TIMESTAMP)),
                wrongPassword,
            );
            challenge = await start(cloud, srp);
            const signature = srp.sign(POOL_ID, PASSWORD, challenge, TIMESTAMP);
            await assert.rejects(respond(cloud, challenge, signature, "another time"), wrongPassword);
            await assert.rejects(respond(cloud, challenge, signature), {
                message: "Invalid session for the user, session is expired.",
            });
        });

        it("gives the client's session validity to answer", async () => {
            const cloud = await Fixture.withPool({}, { authSessionValidity: 5 });
            await cloud.user();
            const srp = new SrpClient();
            const challenge = await start(cloud, srp);
            await cloud.clock.advance(5 * 60_000);
            const signature = srp.sign(POOL_ID, PASSWORD, challenge, TIMESTAMP);
            await assert.rejects(respond(cloud, challenge, signature), { name: "NotAuthorizedException" });
        });

        it("refuses public values that would give the key away", async () => {
            const cloud = await Fixture.withPool();
            await cloud.user();
            for (const SRP_A of ["0", "not hex"]) {
                const AuthParameters = { USERNAME: EMAIL, SRP_A };
                await assert.rejects(cloud.client("InitiateAuth", { AuthFlow: "USER_SRP_AUTH", AuthParameters }), {
                    name: "InvalidParameterException",
                });
            }
        });

        it("pretends that unknown users exist, always with the same salt", async () => {
            const cloud = await Fixture.withPool({}, { preventUserExistenceErrors: "ENABLED" });
            const srp = new SrpClient();
            const challenge = await start(cloud, srp, "nobody@example.com");
            const again = await start(cloud, srp, "nobody@example.com");
            assert.equal(challenge["SALT"], again["SALT"]);
            assert.match(challenge["USER_ID_FOR_SRP"] ?? "", /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
            assert.equal(challenge["USER_ID_FOR_SRP"], again["USER_ID_FOR_SRP"]);
            const signature = srp.sign(POOL_ID, PASSWORD, challenge, TIMESTAMP);
            await assert.rejects(respond(cloud, challenge, signature), wrongPassword);
        });
    });

    describe("with a temporary password", () => {
        const invite = (cloud: Fixture) =>
            cloud.admin("AdminCreateUser", {
                Username: EMAIL,
                UserAttributes: [{ Name: "email", Value: EMAIL }],
                TemporaryPassword: "Temporary-1",
            });
        const respond = (cloud: Fixture, Session: unknown, NEW_PASSWORD: string) =>
            cloud.client("RespondToAuthChallenge", {
                ChallengeName: "NEW_PASSWORD_REQUIRED",
                Session,
                ChallengeResponses: { USERNAME: EMAIL, NEW_PASSWORD, "userAttributes.given_name": "Ann" },
            });

        it("asks for a new one, which the same session may send again after a refusal", async () => {
            const cloud = await Fixture.withPool();
            await invite(cloud);
            const challenge = await cloud.signIn(EMAIL, "Temporary-1");
            assert.equal(challenge["ChallengeName"], "NEW_PASSWORD_REQUIRED");
            const { userAttributes } = { ...(challenge["ChallengeParameters"] as Record<string, string>) };
            assert.deepEqual(JSON.parse(userAttributes ?? ""), { email: EMAIL });
            await assert.rejects(respond(cloud, challenge["Session"], "weak"), { name: "InvalidPasswordException" });
            const answer = await respond(cloud, challenge["Session"], PASSWORD);
            assert.equal(claimsOf(tokensOf(answer["AuthenticationResult"]).id)["given_name"], "Ann");
            await assert.rejects(respond(cloud, challenge["Session"], PASSWORD), { name: "NotAuthorizedException" });
            assert.ok((await cloud.signIn())["AuthenticationResult"]);
        });

        it("expires as the policy says", async () => {
            const cloud = await Fixture.withPool({ passwordPolicy: { temporaryPasswordValidityDays: 2 } });
            await invite(cloud);
            await cloud.clock.advance(2 * 86_400_000);
            await assert.rejects(cloud.signIn(EMAIL, "Temporary-1"), {
                message: "Temporary password has expired and must be reset by an administrator.",
            });
            await cloud.admin("AdminCreateUser", { Username: EMAIL, MessageAction: "RESEND" });
            assert.equal((await cloud.signIn(EMAIL, cloud.lastCode))["ChallengeName"], "NEW_PASSWORD_REQUIRED");
        });
    });

    describe("with a forgotten or changed password", () => {
        it("resets by a code that lives for an hour", async () => {
            const cloud = await Fixture.withPool();
            await cloud.user();
            await cloud.client("ForgotPassword", { Username: EMAIL });
            const confirm = (Password: string) =>
                cloud.client("ConfirmForgotPassword", { Username: EMAIL, ConfirmationCode: cloud.lastCode, Password });
            await assert.rejects(confirm("weak"), { name: "InvalidPasswordException" });
            await confirm("Another-Horse-2");
            await assert.rejects(confirm("Another-Horse-3"), { name: "ExpiredCodeException" });
            await assert.rejects(cloud.signIn(), wrongPassword);
            assert.ok((await cloud.signIn(EMAIL, "Another-Horse-2"))["AuthenticationResult"]);
            await cloud.client("ForgotPassword", { Username: EMAIL });
            await cloud.clock.advance(3_600_000);
            await assert.rejects(confirm("Another-Horse-3"), { name: "ExpiredCodeException" });
        });

        it("sends no code to users without a verified address", async () => {
            const cloud = await Fixture.withPool();
            await cloud.client("SignUp", signUp(EMAIL));
            await assert.rejects(cloud.client("ForgotPassword", { Username: EMAIL }), {
                name: "InvalidParameterException",
            });
        });

        it("changes the password of whoever is signed in and knows the old one", async () => {
            const cloud = await Fixture.withPool();
            await cloud.user();
            const { access } = await cloud.tokens();
            const change = (PreviousPassword: string) =>
                cloud.call("ChangePassword", {
                    AccessToken: access,
                    PreviousPassword,
                    ProposedPassword: "Another-Horse-2",
                });
            await assert.rejects(change("wrong"), wrongPassword);
            await change(PASSWORD);
            assert.ok((await cloud.signIn(EMAIL, "Another-Horse-2"))["AuthenticationResult"]);
        });

        it("must be reset after an administrator said so", async () => {
            const cloud = await Fixture.withPool();
            await cloud.user();
            await cloud.admin("AdminResetUserPassword", { Username: EMAIL });
            await assert.rejects(cloud.signIn(), { name: "PasswordResetRequiredException" });
            await cloud.client("ConfirmForgotPassword", {
                Username: EMAIL,
                ConfirmationCode: cloud.lastCode,
                Password: "Another-Horse-2",
            });
            assert.ok((await cloud.signIn(EMAIL, "Another-Horse-2"))["AuthenticationResult"]);
        });
    });
});
