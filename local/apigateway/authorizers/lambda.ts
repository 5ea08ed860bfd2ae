import type { AuthorizerDefinition } from "../definition";
import { GatewayError } from "../gateway-error";
import { functionArnOf } from "../integrations/function-uri";
import { proxyRequest } from "../integrations/lambda-proxy-event";
import { type Invocation, methodArn } from "../invocation";
import type { Guard } from "../ports";
import type { ResourcePolicy } from "../resource-policy";
import { asRecord, asText } from "../values";
import type { Authorize, AuthorizerTools } from "./authorizer";
import { unauthorized } from "./cognito";
import { compileIdentitySource, headerSource } from "./identity-source";
import { allows, requireNoExplicitDeny } from "./policy-check";

/** What an authorizer function decided. */
interface Verdict {
    principalId: string;
    /** JSON text. */
    policy: string;
    context: Record<string, string>;
    usageIdentifierKey?: string;
}

/**
 * Admits whom a function of the user's admits. Its answer is remembered by the caller's identity.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-use-lambda-authorizer.html
 */
export function lambdaAuthorizer(authorizer: AuthorizerDefinition, apiId: string, tools: AuthorizerTools): Authorize {
    const { clock, iam, resourcePolicy } = tools;
    const ask = asker(authorizer, apiId, tools);
    const identify = identifier(authorizer);
    // Without an identity source there is nothing to remember callers by: one's answer would be everybody's.
    const ttl = authorizer.identitySource.length === 0 ? 0 : authorizer.authorizerResultTtlInSeconds * 1000;
    const remembered = new Map<string, { verdict: Verdict; until: number }>();

    return async (invocation) => {
        if (resourcePolicy !== undefined) requireNoExplicitDeny(iam, resourcePolicy, invocation);
        const identity = identify(invocation);
        if (identity === undefined) throw unauthorized();
        const key = JSON.stringify([invocation.stage.name, identity]);
        const now = clock.now();
        const known = remembered.get(key);
        let verdict = known !== undefined && known.until > now ? known.verdict : undefined;
        if (verdict === undefined) {
            verdict = await ask(invocation, identity[0] ?? "");
            if (ttl > 0) remember(remembered, key, { verdict, until: clock.now() + ttl }, now);
        }
        requireAllowed(iam, verdict, resourcePolicy, invocation);
        invocation.usageIdentifierKey = verdict.usageIdentifierKey;
        const integrationLatency = Math.max(0, clock.now() - now);
        invocation.authorizer = { ...verdict.context, principalId: verdict.principalId, integrationLatency };
    };
}

/** Answers the values that identify the caller; undefined when one is missing or malformed, which is a 401. */
function identifier(authorizer: AuthorizerDefinition): (invocation: Invocation) => string[] | undefined {
    const validation = authorizer.identityValidationExpression;
    const pattern = validation === undefined ? undefined : new RegExp(`^(?:${validation})$`);
    if (authorizer.type === "TOKEN") {
        const read = headerSource(authorizer);
        return (invocation) => {
            const token = read(invocation);
            return token === undefined || pattern?.test(token) === false ? undefined : [token];
        };
    }
    const sources = authorizer.identitySource.map(compileIdentitySource);
    return (invocation) => {
        const values = sources.flatMap((source) => source(invocation) ?? []);
        return values.length === sources.length ? values : undefined;
    };
}

function asker(
    authorizer: AuthorizerDefinition,
    apiId: string,
    { functions, region, account }: AuthorizerTools,
): (invocation: Invocation, token: string) => Promise<Verdict> {
    const functionArn = functionArnOf(authorizer.authorizerUri ?? "");
    const sourceArn = `arn:aws:execute-api:${region}:${account}:${apiId}/authorizers/${authorizer.id}`;
    return async (invocation, token) => {
        if (functionArn === undefined) throw misconfigured();
        const event =
            authorizer.type === "TOKEN"
                ? { type: "TOKEN", methodArn: methodArn(invocation), authorizationToken: token }
                : { type: "REQUEST", methodArn: methodArn(invocation), ...proxyRequest(invocation) };
        const answer = await functions
            .invoke({
                functionArn: functionArn(invocation.stage.variables),
                payload: JSON.stringify(event),
                principal: "apigateway.amazonaws.com",
                sourceArn,
                credentials: authorizer.authorizerCredentials,
            })
            .catch(() => Promise.reject(misconfigured()));
        if (answer.functionError !== undefined) throw failed(answer.payload);
        return readVerdict(answer.payload);
    };
}

/** A function that fails by the very message `Unauthorized` asks for a 401. */
function failed(payload: string): GatewayError {
    const message = asText(asRecord(parse(payload))["errorMessage"]);
    return message === "Unauthorized" ? unauthorized() : new GatewayError("AUTHORIZER_FAILURE", null);
}

function misconfigured(): GatewayError {
    return new GatewayError("AUTHORIZER_CONFIGURATION_ERROR", null);
}

function parse(payload: string): unknown {
    try {
        return JSON.parse(payload);
    } catch {
        return undefined;
    }
}

/** https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-lambda-authorizer-output.html */
function readVerdict(payload: string): Verdict {
    const answer = asRecord(parse(payload));
    const principalId = asText(answer["principalId"]);
    const statement = asRecord(answer["policyDocument"])["Statement"];
    if (principalId === undefined || typeof statement !== "object" || statement === null) throw misconfigured();
    const context: Record<string, string> = {};
    for (const [name, value] of Object.entries(asRecord(answer["context"]))) {
        // Lists and objects are no valid context.
        if (typeof value === "object" && value !== null) throw misconfigured();
        context[name] = String(value);
    }
    return {
        principalId,
        policy: JSON.stringify(answer["policyDocument"]),
        context,
        usageIdentifierKey: asText(answer["usageIdentifierKey"]),
    };
}

/** Identities come from outside, so that forgotten ones must not pile up. */
const REMEMBERED_AT_MOST = 10_000;

function remember<T extends { until: number }>(remembered: Map<string, T>, key: string, entry: T, now: number): void {
    if (remembered.size >= REMEMBERED_AT_MOST) {
        for (const [old, { until }] of remembered) if (until <= now) remembered.delete(old);
        if (remembered.size >= REMEMBERED_AT_MOST) remembered.clear();
    }
    remembered.set(key, entry);
}

/** Table A of https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-authorization-flow.html */
function requireAllowed(
    iam: Guard,
    { policy }: Verdict,
    resourcePolicy: ResourcePolicy | undefined,
    invocation: Invocation,
): void {
    let allowed: boolean;
    try {
        allowed = allows(iam, policy, invocation);
    } catch {
        throw misconfigured();
    }
    if (allowed) return;
    // The function's silence leaves the decision to the resource policy; its denial does not.
    const silent = !deniesExplicitly(iam, policy, invocation);
    if (silent && resourcePolicy !== undefined && allows(iam, resourcePolicy.everybody, invocation)) return;
    const suffix = silent ? "" : " with an explicit deny";
    throw new GatewayError("ACCESS_DENIED", `User is not authorized to access this resource${suffix}`);
}

function deniesExplicitly(iam: Guard, policy: string, invocation: Invocation): boolean {
    const statements = [asRecord(parse(policy))["Statement"]].flat();
    const denials = statements.filter((statement) => asRecord(statement)["Effect"] === "Deny");
    if (denials.length === 0) return false;
    const allowAll = { Effect: "Allow", Action: "execute-api:*", Resource: "*" };
    const exceptDenied = JSON.stringify({ Version: "2012-10-17", Statement: [allowAll, ...denials] });
    return !allows(iam, exceptDenied, invocation);
}
