import assert from "node:assert/strict";

import type { Properties } from "../../../graph/model";
import type { FunctionInvoker } from "../../../local/cognito";
import { ServiceError } from "../../../local/errors";
import type { JsonObject } from "../../../local/service";
import { CLIENT_ID, claimsOf, Fixture, PASSWORD, POOL_ARN, POOL_ID, REGION, signUp } from "./fixture";

const EMAIL = "ann@example.com";
const ARN = "arn:aws:lambda:eu-central-1:123456789012:function:trigger:live";

interface TriggerEvent extends JsonObject {
    triggerSource: string;
    request: JsonObject;
    response: JsonObject;
}

/** Answers each trigger as the test says, and remembers what it was asked. */
class Functions implements FunctionInvoker {
    readonly events: TriggerEvent[] = [];
    answer: (event: TriggerEvent) => unknown = (event) => event;

    async invoke(functionArn: string, payload: unknown, sourceArn: string): Promise<unknown> {
        assert.equal(functionArn, ARN);
        assert.equal(sourceArn, POOL_ARN);
        const event = payload as TriggerEvent;
        this.events.push(structuredClone(event));
        return this.answer(event);
    }

    get sources(): string[] {
        return this.events.map((event) => event.triggerSource);
    }
}

async function withTriggers(lambdaConfig: Properties): Promise<{ cloud: Fixture; functions: Functions }> {
    const functions = new Functions();
    return { cloud: await Fixture.withPool({ lambdaConfig }, {}, functions), functions };
}

function responding(response: JsonObject): (event: TriggerEvent) => unknown {
    return (event) => ({ ...event, response });
}

describe("Cognito triggers", () => {
    it("run in order through sign-up and sign-in", async () => {
        const { cloud, functions } = await withTriggers({
            preSignUp: ARN,
            postConfirmation: ARN,
            preAuthentication: ARN,
            postAuthentication: ARN,
            preTokenGeneration: ARN,
            customMessage: ARN,
        });
        const sub = await cloud.user();
        await cloud.signIn();
        assert.deepEqual(functions.sources, [
            "PreSignUp_SignUp",
            "CustomMessage_SignUp",
            "PostConfirmation_ConfirmSignUp",
            "PreAuthentication_Authentication",
            "PostAuthentication_Authentication",
            "TokenGeneration_Authentication",
        ]);
        assert.deepEqual(functions.events[0], {
            version: "1",
            region: REGION,
            userPoolId: POOL_ID,
            userName: sub,
            callerContext: { awsSdkVersion: "aws-sdk-unknown-unknown", clientId: CLIENT_ID },
            triggerSource: "PreSignUp_SignUp",
            request: { userAttributes: { email: EMAIL }, validationData: null, clientMetadata: undefined },
            response: { autoConfirmUser: false, autoVerifyEmail: false, autoVerifyPhone: false },
        });
        assert.deepEqual(functions.events[2]?.request["userAttributes"], {
            email: EMAIL,
            email_verified: "true",
            sub,
            "cognito:user_status": "CONFIRMED",
        });
    });

    it("may confirm and verify users before sign-up", async () => {
        const { cloud, functions } = await withTriggers({ preSignUp: ARN });
        functions.answer = responding({ autoConfirmUser: true, autoVerifyEmail: true });
        const answer = await cloud.client("SignUp", signUp(EMAIL));
        assert.equal(answer["UserConfirmed"], true);
        assert.equal(cloud.cognito.messages.length, 0);
        const { id } = await cloud.tokens();
        assert.equal(claimsOf(id)["email_verified"], true);
    });

    it("may refuse with a message of their own, and then nothing has happened", async () => {
        const { cloud, functions } = await withTriggers({ preSignUp: ARN });
        functions.answer = () => {
            throw new Error("Only colleagues");
        };
        await assert.rejects(cloud.client("SignUp", signUp(EMAIL)), {
            name: "UserLambdaValidationException",
            message: "PreSignUp failed with error Only colleagues.",
        });
        await assert.rejects(cloud.admin("AdminGetUser", { Username: EMAIL }), { name: "UserNotFoundException" });
    });

    it("fail as AWS fails when Lambda refuses the call, the answer is no event, or none comes", async () => {
        const { cloud, functions } = await withTriggers({ preSignUp: ARN });
        functions.answer = () => {
            throw new ServiceError("AccessDeniedException", "no permission", 403);
        };
        await assert.rejects(cloud.client("SignUp", signUp(EMAIL)), {
            name: "UnexpectedLambdaException",
            message: "PreSignUp invocation failed due to error AccessDeniedException.",
        });
        functions.answer = () => null;
        await assert.rejects(cloud.client("SignUp", signUp(EMAIL)), {
            name: "InvalidLambdaResponseException",
            message: "Unrecognizable lambda output",
        });
        let asked = (): void => undefined;
        const called = new Promise<void>((resolve) => (asked = resolve));
        functions.answer = () => {
            asked();
            return new Promise(() => undefined);
        };
        const refused = assert.rejects(cloud.client("SignUp", signUp(EMAIL)), { name: "UnexpectedLambdaException" });
        await called;
        await cloud.clock.advance(5000);
        await refused;
    });

    it("do not let two requests sign the same user up while one of them waits", async () => {
        const { cloud } = await withTriggers({ preSignUp: ARN });
        const both = await Promise.allSettled([
            cloud.client("SignUp", signUp(EMAIL)),
            cloud.client("SignUp", signUp(EMAIL)),
        ]);
        assert.deepEqual(both.map(({ status }) => status).sort(), ["fulfilled", "rejected"]);
    });

    it("write the messages to users", async () => {
        const { cloud, functions } = await withTriggers({ customMessage: ARN });
        functions.answer = responding({ emailSubject: "Welcome", emailMessage: "Type {####} please" });
        await cloud.client("SignUp", signUp(EMAIL));
        const [message] = cloud.cognito.messages;
        assert.equal(message?.subject, "Welcome");
        assert.equal(message.text, `Type ${cloud.lastCode} please`);
    });

    describe("before tokens are generated", () => {
        it("change the ID token alone in version V1_0", async () => {
            const { cloud, functions } = await withTriggers({ preTokenGeneration: ARN });
            functions.answer = responding({
                claimsOverrideDetails: {
                    claimsToAddOrOverride: { tenant: "t1", sub: "root", email: "other@example.com" },
                    claimsToSuppress: ["email_verified", "iss"],
                    groupOverrideDetails: { groupsToOverride: ["lent"] },
                },
            });
            const sub = await cloud.user();
            const { id, access } = await cloud.tokens();
            const claims = claimsOf(id);
            assert.equal(functions.events[0]?.["version"], "1");
            assert.equal(claims["tenant"], "t1");
            assert.equal(claims["sub"], sub);
            assert.equal(claims["email"], "other@example.com");
            assert.equal(claims["email_verified"], undefined);
            assert.ok(claims["iss"]);
            assert.deepEqual(claims["cognito:groups"], ["lent"]);
            assert.equal(claimsOf(access)["tenant"], undefined);
        });

        it("change both tokens and the scopes in version V2_0", async () => {
            const { cloud, functions } = await withTriggers({
                preTokenGenerationConfig: { lambdaArn: ARN, lambdaVersion: "V2_0" },
            });
            functions.answer = responding({
                claimsAndScopeOverrideDetails: {
                    idTokenGeneration: { claimsToAddOrOverride: { plan: { name: "free" } } },
                    accessTokenGeneration: {
                        claimsToAddOrOverride: { tenant: "t1" },
                        scopesToAdd: ["orders/read", "orders/write"],
                        scopesToSuppress: ["orders/write"],
                    },
                },
            });
            await cloud.user();
            await cloud.admin("CreateGroup", { GroupName: "staff" });
            await cloud.admin("AdminAddUserToGroup", { Username: EMAIL, GroupName: "staff" });
            const { id, access, refresh } = await cloud.tokens();
            const [event] = functions.events;
            assert.equal(event?.["version"], "2");
            assert.deepEqual(event.request["scopes"], ["aws.cognito.signin.user.admin"]);
            assert.deepEqual(event.request["groupConfiguration"], {
                groupsToOverride: ["staff"],
                iamRolesToOverride: [],
                preferredRole: null,
            });
            assert.deepEqual(claimsOf(id)["plan"], { name: "free" });
            assert.equal(claimsOf(access)["tenant"], "t1");
            assert.equal(claimsOf(access)["scope"], "aws.cognito.signin.user.admin orders/read");
            assert.deepEqual(claimsOf(access)["cognito:groups"], ["staff"]);
            await cloud.client("GetTokensFromRefreshToken", { RefreshToken: refresh });
            assert.equal(functions.sources.at(-1), "TokenGeneration_RefreshTokens");
        });
    });

    it("tell administrators' sign-ups and new passwords apart", async () => {
        const { cloud, functions } = await withTriggers({ preSignUp: ARN, preTokenGeneration: ARN });
        await cloud.admin("AdminCreateUser", { Username: EMAIL, TemporaryPassword: "Temporary-1" });
        const { Session } = await cloud.signIn(EMAIL, "Temporary-1");
        await cloud.client("RespondToAuthChallenge", {
            ChallengeName: "NEW_PASSWORD_REQUIRED",
            Session,
            ChallengeResponses: { USERNAME: EMAIL, NEW_PASSWORD: PASSWORD },
        });
        assert.deepEqual(functions.sources, ["PreSignUp_AdminCreateUser", "TokenGeneration_NewPasswordChallenge"]);
    });
});
