import assert from "node:assert/strict";

import { Fixture, PASSWORD, POOL_ID, signUp } from "./fixture";

const HOUR = 3_600_000;

describe("Cognito sign-up", () => {
    it("makes the username a sub and sends a code where users sign in by e-mail", async () => {
        const cloud = await Fixture.withPool();
        const answer = await cloud.client("SignUp", signUp("ann@example.com"));
        assert.match(String(answer["UserSub"]), /^[0-9a-f-]{36}$/);
        assert.equal(answer["UserConfirmed"], false);
        assert.deepEqual(answer["CodeDeliveryDetails"], {
            Destination: "a***@e***",
            DeliveryMedium: "EMAIL",
            AttributeName: "email",
        });
        const user = await cloud.admin("AdminGetUser", { Username: "ann@example.com" });
        assert.equal(user["Username"], answer["UserSub"]);
        assert.equal(user["UserStatus"], "UNCONFIRMED");
        const [message] = cloud.cognito.messages;
        assert.equal(message?.destination, "ann@example.com");
        assert.match(message?.code ?? "", /^\d{6}$/);
    });

    it("confirms with the code, which verifies the address and works once", async () => {
        const cloud = await Fixture.withPool();
        await cloud.user();
        const user = await cloud.admin("AdminGetUser", { Username: "ann@example.com" });
        assert.equal(user["UserStatus"], "CONFIRMED");
        assert.ok(JSON.stringify(user["UserAttributes"]).includes('{"Name":"email_verified","Value":"true"}'));
        await assert.rejects(
            cloud.client("ConfirmSignUp", { Username: "ann@example.com", ConfirmationCode: cloud.lastCode }),
            { name: "NotAuthorizedException", message: "User cannot be confirmed. Current status is CONFIRMED" },
        );
    });

    it("refuses a wrong code, and any code after 24 hours", async () => {
        const cloud = await Fixture.withPool();
        await cloud.client("SignUp", signUp("ann@example.com"));
        const confirm = (code: string) =>
            cloud.client("ConfirmSignUp", { Username: "ann@example.com", ConfirmationCode: code });
        const wrong = cloud.lastCode === "000000" ? "000001" : "000000";
        await assert.rejects(confirm(wrong), { name: "CodeMismatchException" });
        await cloud.clock.advance(24 * HOUR);
        await assert.rejects(confirm(cloud.lastCode), { name: "ExpiredCodeException" });
        const first = cloud.lastCode;
        await cloud.client("ResendConfirmationCode", { Username: "ann@example.com" });
        assert.equal(cloud.cognito.messages.length, 2);
        if (first !== cloud.lastCode) await assert.rejects(confirm(first), { name: "CodeMismatchException" });
        await confirm(cloud.lastCode);
    });

    it("stops taking codes after five wrong ones", async () => {
        const cloud = await Fixture.withPool();
        await cloud.client("SignUp", signUp("ann@example.com"));
        const confirm = (code: string) =>
            cloud.client("ConfirmSignUp", { Username: "ann@example.com", ConfirmationCode: code });
        for (let attempt = 0; attempt < 5; attempt++) {
            await assert.rejects(confirm("no code"), { name: "CodeMismatchException" });
        }
        await assert.rejects(confirm(cloud.lastCode), { name: "LimitExceededException" });
    });

    it("refuses passwords that the policy does not admit", async () => {
        const cloud = await Fixture.withPool({
            passwordPolicy: { minimumLength: 10, requireLowercase: true, requireUppercase: true, requireNumbers: true },
        });
        const cases: [string, string][] = [
            ["Short1", "Password not long enough"],
            ["no-upper-case-1", "Password must have uppercase characters"],
            ["NO-LOWER-CASE-1", "Password must have lowercase characters"],
            ["No-Digit-In-It", "Password must have numeric characters"],
        ];
        for (const [password, why] of cases) {
            await assert.rejects(cloud.client("SignUp", signUp("ann@example.com", password)), {
                name: "InvalidPasswordException",
                message: `Password did not conform with policy: ${why}`,
            });
        }
        await cloud.client("SignUp", signUp("ann@example.com", "NoSymbolNeeded1"));
    });

    it("asks for all kinds of characters where the pool names no policy", async () => {
        const cloud = await Fixture.withPool();
        await assert.rejects(cloud.client("SignUp", signUp("ann@example.com", "NoSymbolHere1")), {
            message: "Password did not conform with policy: Password must have symbol characters",
        });
    });

    it("refuses a taken address, whatever its case in a pool without case", async () => {
        const cloud = await Fixture.withPool({ usernameConfiguration: { caseSensitive: false } });
        await cloud.user("ann@example.com");
        await assert.rejects(cloud.client("SignUp", signUp("Ann@Example.com")), {
            name: "UsernameExistsException",
            message: "An account with the given email already exists.",
        });
        assert.ok((await cloud.signIn("ANN@example.com"))["AuthenticationResult"]);
    });

    it("refuses what is no e-mail address, unknown attributes, and flags that users may not set", async () => {
        const cloud = await Fixture.withPool();
        await assert.rejects(cloud.client("SignUp", { Username: "ann", Password: PASSWORD }), {
            name: "InvalidParameterException",
            message: "Username should be an email.",
        });
        const attribute = (Name: string) => ({
            ...signUp("ann@example.com"),
            UserAttributes: [{ Name, Value: "true" }],
        });
        await assert.rejects(cloud.client("SignUp", attribute("custom:plan")), { name: "InvalidParameterException" });
        await assert.rejects(cloud.client("SignUp", attribute("email_verified")), { name: "NotAuthorizedException" });
        await assert.rejects(cloud.client("SignUp", { Username: "ann@example.com" }), {
            name: "InvalidParameterException",
            message:
                "1 validation error detected: Value at 'password' failed to satisfy constraint: Member must not be null",
        });
    });

    it("keeps to the schema's custom attributes", async () => {
        const cloud = await Fixture.withPool({
            schemas: [
                {
                    name: "plan",
                    attributeDataType: "String",
                    mutable: false,
                    stringAttributeConstraints: { minLength: "2", maxLength: "4" },
                },
                { name: "given_name", attributeDataType: "String", required: true },
            ],
        });
        const withPlan = (Value: string, ...more: unknown[]) => ({
            ...signUp("ann@example.com"),
            UserAttributes: [{ Name: "custom:plan", Value }, ...more],
        });
        const name = { Name: "given_name", Value: "Ann" };
        await assert.rejects(cloud.client("SignUp", withPlan("platinum", name)), { name: "InvalidParameterException" });
        await assert.rejects(cloud.client("SignUp", withPlan("free")), {
            message: "Attributes did not conform to the schema: given_name: The attribute is required\n",
        });
        await cloud.client("SignUp", withPlan("free", name));
        const changed = { Username: "ann@example.com", UserAttributes: [{ Name: "custom:plan", Value: "paid" }] };
        await assert.rejects(cloud.admin("AdminUpdateUserAttributes", changed), { name: "InvalidParameterException" });
    });

    it("leaves sign-up to administrators where the pool says so", async () => {
        const cloud = await Fixture.withPool({ adminCreateUserConfig: { allowAdminCreateUserOnly: true } });
        await assert.rejects(cloud.client("SignUp", signUp("ann@example.com")), {
            name: "NotAuthorizedException",
            message: "SignUp is not permitted for this user pool",
        });
    });

    it("takes plain usernames and verified aliases", async () => {
        const cloud = await Fixture.withPool({ usernameAttributes: [], aliasAttributes: ["email"] });
        await cloud.client("SignUp", { ...signUp("ann@example.com"), Username: "ann" });
        await assert.rejects(cloud.signIn("ann@example.com"), { name: "UserNotFoundException" });
        await cloud.client("ConfirmSignUp", { Username: "ann", ConfirmationCode: cloud.lastCode });
        assert.ok((await cloud.signIn("ann@example.com"))["AuthenticationResult"]);
        assert.ok((await cloud.signIn("ann"))["AuthenticationResult"]);
        await cloud.client("SignUp", { ...signUp("ann@example.com"), Username: "bob" });
        const confirm = { Username: "bob", ConfirmationCode: cloud.lastCode };
        await assert.rejects(cloud.client("ConfirmSignUp", confirm), { name: "AliasExistsException" });
    });

    it("does not tell who exists where the client prevents it", async () => {
        const cloud = await Fixture.withPool({}, { preventUserExistenceErrors: "ENABLED" });
        const nobody = { Username: "nobody@example.com" };
        await assert.rejects(cloud.client("ConfirmSignUp", { ...nobody, ConfirmationCode: "123456" }), {
            name: "ExpiredCodeException",
        });
        assert.ok((await cloud.client("ResendConfirmationCode", nobody))["CodeDeliveryDetails"]);
        assert.ok((await cloud.client("ForgotPassword", nobody))["CodeDeliveryDetails"]);
        assert.equal(cloud.cognito.messages.length, 0);
        await assert.rejects(cloud.signIn("nobody@example.com"), {
            name: "NotAuthorizedException",
            message: "Incorrect username or password.",
        });
    });

    it("refuses clients that do not exist", async () => {
        const cloud = await Fixture.withPool();
        await assert.rejects(cloud.call("SignUp", { ...signUp("ann@example.com"), ClientId: "nope" }), {
            name: "ResourceNotFoundException",
            message: "User pool client nope does not exist.",
        });
    });

    it("shows the messages over HTTP and to a listener", async () => {
        const cloud = await Fixture.withPool();
        const heard: string[] = [];
        cloud.cognito.onMessage = ({ username, code }) => heard.push(`${username}: ${code}`);
        const { UserSub } = await cloud.client("SignUp", signUp("ann@example.com"));
        assert.deepEqual(heard, [`${String(UserSub)}: ${cloud.lastCode}`]);
        const { body } = await cloud.get(`/_cognito/${POOL_ID}/messages`);
        const { messages } = JSON.parse(String(body)) as { messages: { code: string; purpose: string }[] };
        assert.equal(messages[0]?.code, cloud.lastCode);
        assert.equal(messages[0].purpose, "SignUp");
    });
});
