import assert from "node:assert/strict";

import {
    AdminCreateUserCommand,
    AdminGetUserCommand,
    CodeMismatchException,
    CognitoIdentityProviderClient,
    ConfirmSignUpCommand,
    DescribeUserPoolCommand,
    InitiateAuthCommand,
    ListUsersCommand,
    SignUpCommand,
    UserNotConfirmedException,
} from "@aws-sdk/client-cognito-identity-provider";

import { developerOnly, type Endpoint, startEndpoint } from "../../../local/endpoint/server";
import { ACCOUNT, CLIENT_ID, Fixture, PASSWORD, POOL_ID, REGION } from "./fixture";

describe("Cognito by the AWS SDK", () => {
    let cloud: Fixture;
    let endpoint: Endpoint;
    let client: CognitoIdentityProviderClient;

    beforeEach(async () => {
        cloud = await Fixture.withPool();
        endpoint = await startEndpoint({
            port: 0,
            region: REGION,
            account: ACCOUNT,
            iam: developerOnly,
            services: [cloud.cognito.service],
            routes: [cloud.cognito.route],
        });
        client = new CognitoIdentityProviderClient({
            region: REGION,
            endpoint: endpoint.url,
            credentials: { accessKeyId: "local", secretAccessKey: "local" },
        });
    });

    afterEach(async () => {
        client.destroy();
        await endpoint.close();
    });

    it("signs up, confirms and signs in, with typed errors", async () => {
        const Username = "ann@example.com";
        const who = { ClientId: CLIENT_ID, Username };
        const signedUp = await client.send(new SignUpCommand({ ...who, Password: PASSWORD }));
        assert.equal(signedUp.CodeDeliveryDetails?.DeliveryMedium, "EMAIL");
        const signIn = new InitiateAuthCommand({
            ClientId: CLIENT_ID,
            AuthFlow: "USER_PASSWORD_AUTH",
            AuthParameters: { USERNAME: Username, PASSWORD },
        });
        await assert.rejects(client.send(signIn), UserNotConfirmedException);
        const wrong = new ConfirmSignUpCommand({ ...who, ConfirmationCode: "wrong" });
        await assert.rejects(client.send(wrong), CodeMismatchException);
        await client.send(new ConfirmSignUpCommand({ ...who, ConfirmationCode: cloud.lastCode }));
        const { AuthenticationResult } = await client.send(signIn);
        assert.equal(AuthenticationResult?.TokenType, "Bearer");
        const jwks = await fetch(`${endpoint.url}/${POOL_ID}/.well-known/jwks.json`);
        assert.equal(jwks.status, 200);
    });

    it("administers users, with dates as dates", async () => {
        const who = { UserPoolId: POOL_ID, Username: "ann@example.com" };
        await client.send(new AdminCreateUserCommand(who));
        const user = await client.send(new AdminGetUserCommand(who));
        assert.equal(user.UserCreateDate?.getTime(), cloud.clock.now());
        const { Users } = await client.send(new ListUsersCommand({ UserPoolId: POOL_ID }));
        assert.equal(Users?.length, 1);
        const { UserPool } = await client.send(new DescribeUserPoolCommand({ UserPoolId: POOL_ID }));
        assert.equal(UserPool?.EstimatedNumberOfUsers, 1);
    });
});
