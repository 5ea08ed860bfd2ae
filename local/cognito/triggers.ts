import type { Clock } from "../clock";
import { ServiceError } from "../errors";
import type { Client, User, UserPool } from "./user-pool";
import { asRecord } from "./values";

/** Runs Lambda functions for user pools. */
export interface FunctionInvoker {
    /**
     * Rejects with a ServiceError when Lambda refuses the call, with another Error carrying the function's error
     * message when the function fails.
     * @param sourceArn ARN of the user pool.
     */
    invoke(functionArn: string, payload: unknown, sourceArn: string): Promise<unknown>;
}

/** What a trigger is told besides its request. */
export interface Occasion {
    pool: UserPool;
    userName: string;
    clientId: string;
}

/** Cognito waits this long: https://docs.aws.amazon.com/cognito/latest/developerguide/cognito-user-pools-working-with-lambda-triggers.html */
const PATIENCE = 5000;

const CLIENT_NOT_APPLICABLE = "CLIENT_ID_NOT_APPLICABLE";

export function clientOccasion(client: Client, user: User): Occasion {
    return { pool: client.pool, userName: user.username, clientId: client.id };
}

/** The occasion of an administrator's call, in which no app client takes part. */
export function adminOccasion(pool: UserPool, user: User): Occasion {
    return { pool, userName: user.username, clientId: CLIENT_NOT_APPLICABLE };
}

/** Attributes as triggers see them. */
export function triggerAttributes(user: User): Record<string, string> {
    return { ...user.attributes, "cognito:user_status": user.status };
}

export class Triggers {
    readonly #clock: Clock;
    readonly #functions: FunctionInvoker;

    constructor(clock: Clock, functions: FunctionInvoker) {
        this.#clock = clock;
        this.#functions = functions;
    }

    /**
     * @param source `PreSignUp_SignUp`, `TokenGeneration_Authentication` …
     * @returns The `response` member of what the function answers; undefined where the pool has no such trigger.
     * @throws ServiceError `UserLambdaValidationException`, `UnexpectedLambdaException`, `InvalidLambdaResponseException`
     */
    async run(
        trigger: string,
        source: string,
        occasion: Occasion,
        request: Record<string, unknown>,
        response: Record<string, unknown> = {},
        version = "1",
    ): Promise<Record<string, unknown> | undefined> {
        const { settings } = occasion.pool;
        const functionArn = settings.triggers[trigger];
        if (functionArn === undefined) return undefined;
        const event = {
            version,
            region: occasion.pool.region,
            userPoolId: settings.id,
            userName: occasion.userName,
            callerContext: { awsSdkVersion: "aws-sdk-unknown-unknown", clientId: occasion.clientId },
            triggerSource: source,
            request,
            response,
        };
        const name = `${trigger.charAt(0).toUpperCase()}${trigger.slice(1)}`;
        const answer = await this.#invoke(name, functionArn, event, settings.arn);
        if (typeof answer !== "object" || answer === null || !("response" in answer)) {
            throw new ServiceError("InvalidLambdaResponseException", "Unrecognizable lambda output");
        }
        return asRecord(answer.response);
    }

    async #invoke(name: string, functionArn: string, event: unknown, poolArn: string): Promise<unknown> {
        let cancel = (): void => undefined;
        const timeout = new Promise<never>((_, reject) => {
            const message = `${name} failed with error Socket timeout while invoking Lambda function.`;
            const refusal = new ServiceError("UnexpectedLambdaException", message);
            const timer = this.#clock.after(PATIENCE, () => reject(refusal));
            cancel = () => timer.cancel();
        });
        try {
            return await Promise.race([
                this.#functions.invoke(functionArn, event, poolArn).catch(asRefusal(name)),
                timeout,
            ]);
        } finally {
            cancel();
        }
    }
}

function asRefusal(trigger: string): (error: unknown) => never {
    return (error) => {
        if (error instanceof ServiceError) {
            const message = `${trigger} invocation failed due to error ${error.name}.`;
            throw new ServiceError("UnexpectedLambdaException", message);
        }
        const why = error instanceof Error ? error.message : String(error);
        throw new ServiceError("UserLambdaValidationException", `${trigger} failed with error ${why}.`);
    };
}
