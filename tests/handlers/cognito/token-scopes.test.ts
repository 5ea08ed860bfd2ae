import assert from "node:assert/strict";

import type { PreTokenGenerationV2TriggerEvent } from "aws-lambda";

import { handler } from "../../../handlers/cognito/token-scopes";

async function scopesFor(groups: string[] | undefined): Promise<string[] | undefined> {
    const event = { request: { userAttributes: {}, groupConfiguration: { groupsToOverride: groups } }, response: {} };
    const { response } = await handler()(event as unknown as PreTokenGenerationV2TriggerEvent);
    return response.claimsAndScopeOverrideDetails.accessTokenGeneration?.scopesToAdd;
}

describe("the scopes in a user's token", () => {
    it("let customers read and write their orders", async () => {
        assert.deepEqual(await scopesFor([]), ["orders/read", "orders/write"]);
        assert.deepEqual(await scopesFor(undefined), ["orders/read", "orders/write"]);
        assert.deepEqual(await scopesFor(["customers"]), ["orders/read", "orders/write"]);
    });

    it("let staff see all orders", async () => {
        assert.deepEqual(await scopesFor(["x", "staff"]), ["orders/read", "orders/write", "orders/admin"]);
    });
});
