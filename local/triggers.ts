import type { Lambda } from "./lambda";

/** Calls functions for a service that hands them an object and waits for one. */
export interface Triggers {
    /**
     * @param sourceArn What the service acts for: a user pool's ARN.
     * @throws Error with the function's error message when it fails; ServiceError when it cannot be invoked.
     */
    invoke(functionArn: string, payload: unknown, sourceArn: string): Promise<unknown>;
}

/** @param principal The service: `cognito-idp.amazonaws.com`. */
export function triggersOf(principal: string, lambda: Lambda): Triggers {
    return {
        async invoke(functionArn, payload, sourceArn) {
            const answer = await lambda.invoke({ functionArn, payload: JSON.stringify(payload), principal, sourceArn });
            const result: unknown = JSON.parse(answer.payload);
            if (answer.functionError === undefined) return result;
            throw new Error(String(Reflect.get(Object(result), "errorMessage")));
        },
    };
}
