import type { PreTokenGenerationV2TriggerEvent } from "aws-lambda";

/** Members of this group of the user pool see and list everybody's orders. */
export const STAFF_GROUP = "staff";

const CUSTOMER_SCOPES = ["orders/read", "orders/write"];
const STAFF_SCOPES = [...CUSTOMER_SCOPES, "orders/admin"];

/**
 * The scopes of the Orders API that a user's access token gets. Tokens from Cognito's own API, unlike those from its
 * hosted pages, carry no scopes of a resource server unless this trigger adds them:
 * https://docs.aws.amazon.com/cognito/latest/developerguide/user-pool-lambda-pre-token-generation.html
 */
export function withScopes(event: PreTokenGenerationV2TriggerEvent): PreTokenGenerationV2TriggerEvent {
    const groups = event.request.groupConfiguration.groupsToOverride ?? [];
    const scopesToAdd = groups.includes(STAFF_GROUP) ? STAFF_SCOPES : CUSTOMER_SCOPES;
    return { ...event, response: { claimsAndScopeOverrideDetails: { accessTokenGeneration: { scopesToAdd } } } };
}

/** Made once per execution environment. */
export function handler(): (event: PreTokenGenerationV2TriggerEvent) => Promise<PreTokenGenerationV2TriggerEvent> {
    return async (event) => withScopes(event);
}
