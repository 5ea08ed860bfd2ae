import { ServiceError } from "../../errors";
import type { Caller } from "../../service";
import { GatewayError, type ResponseType } from "../gateway-error";
import { type Invocation, methodArn } from "../invocation";
import type { Authorize, AuthorizerTools } from "./authorizer";
import { notAuthorized } from "./policy-check";

/**
 * Admits callers that signed with SigV4 and whose policies, or the API's resource policy, allow `execute-api:Invoke`.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/permissions.html
 */
export function iamAuthorizer({ iam, resourcePolicy }: AuthorizerTools): Authorize {
    return (invocation) => {
        const caller = authenticated(() => iam.authenticate(invocation.request));
        if (caller.kind === "anonymous") {
            throw new GatewayError("MISSING_AUTHENTICATION_TOKEN", "Missing Authentication Token");
        }
        const access = {
            action: "execute-api:Invoke",
            resource: methodArn(invocation),
            conditions: { "aws:SourceIp": [invocation.identity.sourceIp] },
        };
        if (!iam.decide(caller, access, resourcePolicy?.document).allowed) {
            throw notAuthorized(caller.arn, invocation, "");
        }
        identify(invocation, caller);
    };
}

function authenticated(authenticate: () => Caller): Caller {
    try {
        return authenticate();
    } catch (error) {
        if (!(error instanceof ServiceError)) throw error;
        const refusal = new GatewayError(refusalType(error.name), error.message, { status: 403 });
        // Clients tell the reasons apart by AWS's own name in x-amzn-ErrorType.
        refusal.name = error.name.endsWith("Exception") ? error.name : `${error.name}Exception`;
        throw refusal;
    }
}

function refusalType(name: string): ResponseType {
    if (name.startsWith("SignatureDoesNotMatch") || name.startsWith("InvalidSignature")) return "INVALID_SIGNATURE";
    if (name.startsWith("ExpiredToken")) return "EXPIRED_TOKEN";
    if (name.startsWith("MissingAuthenticationToken")) return "MISSING_AUTHENTICATION_TOKEN";
    return "ACCESS_DENIED";
}

function identify({ identity, account }: Invocation, caller: Caller): void {
    identity.accountId = account;
    identity.accessKey = caller.accessKeyId;
    identity.caller = caller.userId;
    identity.user = caller.userId;
    identity.userArn = caller.arn;
}
