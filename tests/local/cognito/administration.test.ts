import assert from "node:assert/strict";

import { CLIENT_ID, Fixture, POOL_ARN, POOL_ID, signUp } from "./fixture";

const EMAIL = "ann@example.com";
const unsignedOperations = [
    "ChangePassword",
    "ConfirmForgotPassword",
    "ConfirmSignUp",
    "DeleteUser",
    "DeleteUserAttributes",
    "ForgotPassword",
    "GetTokensFromRefreshToken",
    "GetUser",
    "GetUserAttributeVerificationCode",
    "GlobalSignOut",
    "InitiateAuth",
    "ResendConfirmationCode",
    "RespondToAuthChallenge",
    "RevokeToken",
    "SignUp",
    "UpdateUserAttributes",
    "VerifyUserAttribute",
];

describe("Cognito administration", () => {
    it("is guarded by IAM on the pool, what users do is not", async () => {
        const cloud = await Fixture.withPool();
        const { operations } = cloud.cognito.service;
        const open = Object.keys(operations).filter((name) => operations[name]?.access === "public");
        assert.deepEqual(open.sort(), unsignedOperations);
        const access = operations["AdminGetUser"]?.access;
        assert.ok(typeof access === "function");
        const context = {
            caller: { kind: "anonymous" as const, arn: "", userId: "", accessKeyId: "" },
            requestId: "",
            region: "eu-central-1",
            account: "123456789012",
            headers: {},
            sourceIp: "",
            waitForClock: <T>(promise: Promise<T>) => promise,
        };
        assert.deepEqual(access({ UserPoolId: POOL_ID }, context), [
            { action: "cognito-idp:AdminGetUser", resource: POOL_ARN },
        ]);
    });

    it("creates users with a temporary password that it sends, or keeps to itself", async () => {
        const cloud = await Fixture.withPool();
        const created = await cloud.admin("AdminCreateUser", { Username: EMAIL });
        assert.equal((created["User"] as Record<string, unknown>)["UserStatus"], "FORCE_CHANGE_PASSWORD");
        assert.equal((await cloud.signIn(EMAIL, cloud.lastCode))["ChallengeName"], "NEW_PASSWORD_REQUIRED");
        await cloud.admin("AdminCreateUser", { Username: "bob@example.com", MessageAction: "SUPPRESS" });
        assert.equal(cloud.cognito.messages.length, 1);
        await assert.rejects(cloud.admin("AdminCreateUser", { Username: EMAIL }), { name: "UsernameExistsException" });
        const password = { Username: "bob@example.com", Password: "Permanent-1", Permanent: true };
        await cloud.admin("AdminSetUserPassword", password);
        assert.ok((await cloud.signIn("bob@example.com", "Permanent-1"))["AuthenticationResult"]);
    });

    it("lists users by a filter and page by page", async () => {
        const cloud = await Fixture.withPool();
        for (const name of ["ann", "anton", "bob"]) await cloud.client("SignUp", signUp(`${name}@example.com`));
        const list = async (input: Record<string, unknown>) => {
            const { Users, PaginationToken } = await cloud.admin("ListUsers", input);
            const emails = (Users as { Attributes: { Name: string; Value: string }[] }[]).map(
                ({ Attributes }) => Attributes.find(({ Name }) => Name === "email")?.Value,
            );
            return { emails, PaginationToken };
        };
        assert.deepEqual((await list({ Filter: 'email = "bob@example.com"' })).emails, ["bob@example.com"]);
        assert.equal((await list({ Filter: 'email ^= "an"' })).emails.length, 2);
        assert.equal((await list({ Filter: 'cognito:user_status = "CONFIRMED"' })).emails.length, 0);
        await assert.rejects(list({ Filter: "email like bob" }), { name: "InvalidParameterException" });
        const first = await list({ Limit: 2 });
        assert.deepEqual(first.emails, ["ann@example.com", "anton@example.com"]);
        const second = await list({ Limit: 2, PaginationToken: first.PaginationToken });
        assert.deepEqual(second, { emails: ["bob@example.com"], PaginationToken: undefined });
        await assert.rejects(list({ Limit: 61 }), { name: "InvalidParameterException" });
    });

    it("keeps groups and their members", async () => {
        const cloud = await Fixture.withPool();
        await cloud.user();
        await cloud.admin("CreateGroup", { GroupName: "staff", Description: "All orders" });
        await assert.rejects(cloud.admin("CreateGroup", { GroupName: "staff" }), { name: "GroupExistsException" });
        const member = { Username: EMAIL, GroupName: "staff" };
        await assert.rejects(cloud.admin("AdminAddUserToGroup", { ...member, GroupName: "none" }), {
            name: "ResourceNotFoundException",
        });
        await cloud.admin("AdminAddUserToGroup", member);
        const users = async () => (await cloud.admin("ListUsersInGroup", { GroupName: "staff" }))["Users"] as unknown[];
        assert.equal((await users()).length, 1);
        const { Groups } = await cloud.admin("AdminListGroupsForUser", { Username: EMAIL });
        assert.equal((Groups as { GroupName: string }[])[0]?.GroupName, "staff");
        await cloud.admin("AdminRemoveUserFromGroup", member);
        assert.equal((await users()).length, 0);
        await cloud.admin("DeleteGroup", { GroupName: "staff" });
        await assert.rejects(cloud.admin("GetGroup", { GroupName: "staff" }), { message: "Group not found." });
    });

    it("materialises declared users and their groups", async () => {
        const cloud = await Fixture.withPool();
        const declared = { userPoolId: POOL_ID, username: EMAIL };
        await cloud.create("userGroup:UserGroup", "staff", { userPoolId: POOL_ID }, { name: "staff" });
        await cloud.create("user:User", "ann", { ...declared, password: "Permanent-1", attributes: { locale: "de" } });
        await cloud.create("userInGroup:UserInGroup", "ann", { ...declared, groupName: "staff" });
        assert.ok((await cloud.signIn(EMAIL, "Permanent-1"))["AuthenticationResult"]);
        const { Groups } = await cloud.admin("AdminListGroupsForUser", { Username: EMAIL });
        assert.equal((Groups as unknown[]).length, 1);
        await assert.rejects(
            cloud.create("userInGroup:UserInGroup", "bob", { ...declared, username: "bob", groupName: "staff" }),
            /its user pool has no user "bob"/,
        );
    });

    it("describes pools and clients as the API names things", async () => {
        const cloud = await Fixture.withPool(
            { tags: { "cost-center": "shop" }, usernameConfiguration: { caseSensitive: false } },
            {
                callbackUrls: ["https://example.com"],
                accessTokenValidity: 5,
                tokenValidityUnits: { accessToken: "minutes" },
            },
        );
        const pool = (await cloud.admin("DescribeUserPool"))["UserPool"] as Record<string, unknown>;
        assert.equal(pool["Arn"], POOL_ARN);
        assert.deepEqual(pool["UserPoolTags"], { "cost-center": "shop" });
        assert.deepEqual(pool["UsernameConfiguration"], { CaseSensitive: false });
        const described = await cloud.admin("DescribeUserPoolClient", { ClientId: CLIENT_ID });
        const client = described["UserPoolClient"] as Record<string, unknown>;
        assert.deepEqual(client["CallbackURLs"], ["https://example.com"]);
        assert.deepEqual(client["TokenValidityUnits"], { AccessToken: "minutes" });
        assert.equal(client["ClientName"], "web");
        await assert.rejects(cloud.admin("DescribeUserPool", { UserPoolId: "eu-central-1_nope" }), {
            name: "ResourceNotFoundException",
            message: "User pool eu-central-1_nope does not exist.",
        });
    });

    describe("by users themselves", () => {
        it("changes attributes; a new address must be verified", async () => {
            const cloud = await Fixture.withPool();
            await cloud.user();
            const { access } = await cloud.tokens();
            const changed = [
                { Name: "email", Value: "new@example.com" },
                { Name: "given_name", Value: "Ann" },
            ];
            await cloud.call("UpdateUserAttributes", { AccessToken: access, UserAttributes: changed });
            const email = { AccessToken: access, AttributeName: "email" };
            const attributes = async () => {
                const { UserAttributes } = await cloud.call("GetUser", { AccessToken: access });
                const list = UserAttributes as { Name: string; Value: string }[];
                return Object.fromEntries(list.map(({ Name, Value }) => [Name, Value]));
            };
            assert.equal((await attributes())["email_verified"], "false");
            await cloud.call("VerifyUserAttribute", { ...email, Code: cloud.lastCode });
            assert.equal((await attributes())["email_verified"], "true");
            assert.equal((await attributes())["email"], "new@example.com");
            await cloud.call("GetUserAttributeVerificationCode", email);
            assert.equal(cloud.cognito.messages.at(-1)?.purpose, "VerifyUserAttribute");
        });

        it("keeps the old address until the new one is verified where the pool says so", async () => {
            const cloud = await Fixture.withPool({
                userAttributeUpdateSettings: { attributesRequireVerificationBeforeUpdates: ["email"] },
            });
            await cloud.user();
            const { access } = await cloud.tokens();
            const UserAttributes = [{ Name: "email", Value: "new@example.com" }];
            await cloud.call("UpdateUserAttributes", { AccessToken: access, UserAttributes });
            assert.equal(cloud.cognito.messages.at(-1)?.destination, "new@example.com");
            assert.ok((await cloud.signIn(EMAIL))["AuthenticationResult"]);
            const verify = { AccessToken: access, AttributeName: "email", Code: cloud.lastCode };
            await cloud.call("VerifyUserAttribute", verify);
            assert.ok((await cloud.signIn("new@example.com"))["AuthenticationResult"]);
        });

        it("refuses an address of somebody else, and lets users leave", async () => {
            const cloud = await Fixture.withPool();
            await cloud.user();
            await cloud.user("bob@example.com");
            const { access } = await cloud.tokens();
            const UserAttributes = [{ Name: "email", Value: "bob@example.com" }];
            await assert.rejects(cloud.call("UpdateUserAttributes", { AccessToken: access, UserAttributes }), {
                name: "AliasExistsException",
            });
            await cloud.call("DeleteUser", { AccessToken: access });
            await assert.rejects(cloud.signIn(), { name: "UserNotFoundException" });
        });
    });
});
