import { randomBytes } from "node:crypto";

import {
    AdminAddUserToGroupCommand,
    CognitoIdentityProviderClient,
    ConfirmSignUpCommand,
    InitiateAuthCommand,
    SignUpCommand,
} from "@aws-sdk/client-cognito-identity-provider";

import { DemoError } from "./step";

export interface UserPoolAddress {
    endpoint: string;
    region: string;
    userPoolId: string;
    clientId: string;
}

/** Signs users up and in with the AWS SDK, as a web shop would. */
export class SignIn {
    readonly #client: CognitoIdentityProviderClient;

    constructor(private readonly pool: UserPoolAddress) {
        this.#client = new CognitoIdentityProviderClient({
            endpoint: pool.endpoint,
            region: pool.region,
            credentials: { accessKeyId: "local", secretAccessKey: "local" },
        });
    }

    /** @returns an access token. */
    async newUser(email: string, group?: string): Promise<string> {
        const password = `Demo-${randomBytes(8).toString("hex")}-7`;
        const client = { ClientId: this.pool.clientId, Username: email };
        await this.#client.send(
            new SignUpCommand({ ...client, Password: password, UserAttributes: [{ Name: "email", Value: email }] }),
        );
        await this.#client.send(new ConfirmSignUpCommand({ ...client, ConfirmationCode: await this.#codeFor(email) }));
        if (group !== undefined) {
            const member = { UserPoolId: this.pool.userPoolId, Username: email, GroupName: group };
            await this.#client.send(new AdminAddUserToGroupCommand(member));
        }
        const signedIn = await this.#client.send(
            new InitiateAuthCommand({
                AuthFlow: "USER_PASSWORD_AUTH",
                ClientId: this.pool.clientId,
                AuthParameters: { USERNAME: email, PASSWORD: password },
            }),
        );
        const token = signedIn.AuthenticationResult?.AccessToken;
        if (token === undefined) throw new DemoError(`Cognito gave ${email} no access token.`);
        return token;
    }

    /** Nobody gets e-mail here; the endpoint keeps what would have been sent. */
    async #codeFor(email: string): Promise<string> {
        const response = await fetch(`${this.pool.endpoint}/_cognito/${this.pool.userPoolId}/messages`);
        const { messages } = (await response.json()) as { messages: { destination: string; code: string }[] };
        const message = messages.filter((each) => each.destination === email).at(-1);
        if (message === undefined) throw new DemoError(`Cognito sent no code to ${email}.`);
        return message.code;
    }
}
