import { GatewayError } from "../gateway-error";
import type { Invocation } from "../invocation";
import type { Entitlement, UsagePlans } from "../usage-plans";

/**
 * Finds what the request's API key entitles to.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-api-key-source.html
 * @throws GatewayError `INVALID_API_KEY` when there is no key, or it is in no usage plan of this stage.
 */
export function requireApiKey(plans: UsagePlans, invocation: Invocation): Entitlement {
    const { api, stage, request, identity } = invocation;
    const fromHeader = api.definition.apiKeySource === "HEADER";
    const value = fromHeader ? request.headers["x-api-key"] : invocation.usageIdentifierKey;
    const entitlement = value === undefined ? undefined : plans.entitlement(value, api.id, stage.name);
    if (entitlement === undefined) throw new GatewayError("INVALID_API_KEY", "Forbidden");
    identity.apiKey = entitlement.key.value;
    identity.apiKeyId = entitlement.key.id;
    return entitlement;
}
