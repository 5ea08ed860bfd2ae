import { VirtualClock } from "../../../local/clock";
import { Cognito, type FunctionInvoker } from "../../../local/cognito";
import type { Properties, Resource } from "../../../graph/model";
import type { HttpResponse, JsonObject, RequestContext } from "../../../local/service";

export const REGION = "eu-central-1";
export const ACCOUNT = "123456789012";
export const POOL_ID = `${REGION}_Abc123Def`;
export const POOL_ARN = `arn:aws:cognito-idp:${REGION}:${ACCOUNT}:userpool/${POOL_ID}`;
export const CLIENT_ID = "2q7m1nc4example0client0id0";
export const PASSWORD = "Correct-Horse-1";

const ALL_FLOWS = [
    "ALLOW_USER_SRP_AUTH",
    "ALLOW_REFRESH_TOKEN_AUTH",
    "ALLOW_ADMIN_USER_PASSWORD_AUTH",
    "ALLOW_USER_PASSWORD_AUTH",
];

export function resource(type: string, id: string, inputs: Properties, outputs: Properties = {}): Resource {
    return {
        urn: `urn:pulumi:test::test::${type}::${id}`,
        type,
        name: id,
        custom: true,
        inputs,
        outputs: { ...inputs, ...outputs, id },
        id,
        dependencies: [],
        propertyDependencies: {},
        protect: false,
        retainOnDelete: false,
        aliases: [],
        ignoreChanges: [],
        expanded: false,
    };
}

const context: RequestContext = {
    caller: { kind: "anonymous", arn: "", userId: "", accessKeyId: "" },
    requestId: "00000000-0000-0000-0000-000000000000",
    region: REGION,
    account: ACCOUNT,
    headers: {},
    sourceIp: "127.0.0.1",
    waitForClock: (promise) => promise,
};

/** A cloud of Cognito alone, with what a test asks of it. */
export class Fixture {
    readonly clock = new VirtualClock();
    readonly cognito: Cognito;

    constructor(functions: FunctionInvoker = { invoke: () => Promise.reject(new Error("no function here")) }) {
        this.cognito = new Cognito({ clock: this.clock, functions });
    }

    /** A pool and a client of it, with the given inputs on top of usual ones. */
    static async withPool(
        pool: Properties = {},
        client: Properties = {},
        functions?: FunctionInvoker,
        clientOutputs: Properties = {},
    ): Promise<Fixture> {
        const fixture = new Fixture(functions);
        const usual = { usernameAttributes: ["email"], autoVerifiedAttributes: ["email"] };
        await fixture.create("userPool:UserPool", POOL_ID, { ...usual, ...pool }, { arn: POOL_ARN, name: "users" });
        const inputs = { userPoolId: POOL_ID, explicitAuthFlows: ALL_FLOWS, ...client };
        await fixture.create("userPoolClient:UserPoolClient", CLIENT_ID, inputs, { name: "web", ...clientOutputs });
        return fixture;
    }

    async create(type: string, id: string, inputs: Properties, outputs: Properties = {}): Promise<void> {
        const token = `aws:cognito/${type.charAt(0).toLowerCase()}${type.slice(1)}`;
        const materialiser = this.cognito.materialisers[token];
        if (materialiser === undefined) throw new Error(`no materialiser of ${token}`);
        await materialiser.create(resource(token, id, inputs, outputs));
    }

    async call(operation: string, input: JsonObject): Promise<JsonObject> {
        const found = this.cognito.service.operations[operation];
        if (found === undefined) throw new Error(`no operation ${operation}`);
        return found.run(input, context);
    }

    /** As the pool's administrator. */
    admin(operation: string, input: JsonObject = {}): Promise<JsonObject> {
        return this.call(operation, { UserPoolId: POOL_ID, ...input });
    }

    /** As the pool's app client. */
    client(operation: string, input: JsonObject = {}): Promise<JsonObject> {
        return this.call(operation, { ClientId: CLIENT_ID, ...input });
    }

    /** The code or temporary password that was sent last. */
    get lastCode(): string {
        return this.cognito.messages.at(-1)?.code ?? "";
    }

    /** A user who has confirmed the address; returns the `sub`. */
    async user(email = "ann@example.com", password = PASSWORD): Promise<string> {
        const { UserSub } = await this.client("SignUp", signUp(email, password));
        await this.client("ConfirmSignUp", { Username: email, ConfirmationCode: this.lastCode });
        return String(UserSub);
    }

    signIn(email = "ann@example.com", password = PASSWORD): Promise<JsonObject> {
        return this.client("InitiateAuth", {
            AuthFlow: "USER_PASSWORD_AUTH",
            AuthParameters: { USERNAME: email, PASSWORD: password },
        });
    }

    async tokens(email?: string, password?: string): Promise<{ access: string; id: string; refresh: string }> {
        const { AuthenticationResult } = await this.signIn(email, password);
        return tokensOf(AuthenticationResult);
    }

    get(path: string): Promise<HttpResponse> {
        return this.http("GET", path);
    }

    http(method: string, path: string, headers: Record<string, string> = {}, body = ""): Promise<HttpResponse> {
        const answer = this.cognito.route({
            method,
            path,
            query: "",
            rawHeaders: [],
            headers,
            body: Buffer.from(body),
            sourceIp: "127.0.0.1",
        });
        if (answer === undefined) throw new Error(`nothing served at ${path}`);
        return answer;
    }
}

export function signUp(email: string, password = PASSWORD): JsonObject {
    return { Username: email, Password: password, UserAttributes: [{ Name: "email", Value: email }] };
}

export function tokensOf(result: unknown): { access: string; id: string; refresh: string } {
    const { AccessToken, IdToken, RefreshToken } = { ...(result as JsonObject) };
    return { access: String(AccessToken), id: String(IdToken), refresh: String(RefreshToken) };
}

export function claimsOf(token: string): JsonObject {
    const payload = token.split(".")[1] ?? "";
    return { ...(JSON.parse(Buffer.from(payload, "base64url").toString()) as JsonObject) };
}
